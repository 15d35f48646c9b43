"""Reads the commands that start, stop or steer backfills. Options stand in any order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.commands.models import Cancel, Pause, Resume, Retry, Run, Split, Terminate
from bot.commands.names import one
from bot.commands.options import take_which, take_whole, take_windows
from bot.commands.ranges import take_range
from bot.commands.request import SLASH, Which
from bot.commands.words import shown, typed
from bot.errors import UsageError

Control = Run | Split | Pause | Resume | Retry | Cancel | Terminate

_CUSTOMER = "a customer"
_EITHER = "a customer or a cluster"


def _run(words: Sequence[str], today: date) -> Run:
    names, window = take_range(words, today)
    names, days = take_windows(names)
    names, whole = take_whole(names)
    names, which = take_which(names)
    target = one(Run, names, _CUSTOMER, words)
    if whole:
        _check_whole(target, days, which)
    return Run(target=target, range=window, days=days, whole=whole, which=which or Which.MISSING)


def _check_whole(target: str, days: int | None, which: Which | None) -> None:
    other = f"windows {days}d" if days else which
    if other:
        run = f"{SLASH} run {typed(target)}"
        raise UsageError(
            f"whole is one workflow over all days of the range: it does not go with {shown(other)}.",
            f"Type {run} whole, or {run} {other}.",
        )


def _split(words: Sequence[str], _today: date) -> Split:
    names, days = take_windows(words)
    return Split(target=one(Split, names, _CUSTOMER, words), days=days)


def _retry(words: Sequence[str], today: date) -> Retry:
    names, window = take_range(words, today)
    names, which = take_which(names)
    return Retry(target=one(Retry, names, _EITHER, words), range=window, which=which or Which.MISSING)


def _cancel(words: Sequence[str], today: date) -> Cancel:
    names, window = take_range(words, today)
    return Cancel(target=one(Cancel, names, _EITHER, words), range=window)


def _pause(words: Sequence[str], _today: date) -> Pause:
    return Pause(target=one(Pause, words, _EITHER, words))


def _resume(words: Sequence[str], _today: date) -> Resume:
    return Resume(target=one(Resume, words, _EITHER, words))


def _terminate(words: Sequence[str], _today: date) -> Terminate:
    return Terminate(target=one(Terminate, words, _EITHER, words))


READERS: Mapping[str, Callable[[Sequence[str], date], Control]] = MappingProxyType(
    {
        Run.word(): _run,
        Split.word(): _split,
        Pause.word(): _pause,
        Resume.word(): _resume,
        Retry.word(): _retry,
        Cancel.word(): _cancel,
        Terminate.word(): _terminate,
    }
)

"""Reads one command from typed text. What cannot be read is a UsageError with the nearest right form."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from bot.commands import control
from bot.commands.models import (
    COMMANDS,
    LONGEST_SNOOZE,
    Ack,
    Audit,
    Command,
    Digest,
    Help,
    Plan,
    Snooze,
    Status,
    Struggling,
    Verify,
)
from bot.commands.names import at_most_one, nothing_more, one, usage_hint
from bot.commands.options import take_by, take_windows
from bot.commands.ranges import take_range
from bot.commands.request import SLASH
from bot.commands.words import shown, typed, words_of
from bot.errors import UsageError
from bot.model import parse_duration

_Reader = Callable[[Sequence[str], date], Command]


def parse(text: str, today: date) -> Command:
    """The command in ``text``; ``today`` is today's date in the campaign's time zone. Raises UsageError.

    Errors carry what was typed as plain text: whoever shows them escapes it.
    """
    words = words_of(text)
    if not words:
        return Help()
    read = _READERS.get(words[0].lower())
    if read is None:
        raise _unknown(words)
    return read(words[1:], today)


def _help(words: Sequence[str], _today: date) -> Help:
    topic = at_most_one(Help, words).lower()
    known = [command.word() for command in COMMANDS]
    if topic and topic not in known:
        raise UsageError(f"There is no command {shown(topic)}.", _did_you_mean(topic, known, "help "))
    return Help(topic=topic)


def _status(words: Sequence[str], today: date) -> Status:
    names, window = take_range(words, today)
    return Status(target=at_most_one(Status, names), range=window)


def _struggling(words: Sequence[str], _today: date) -> Struggling:
    nothing_more(Struggling, words)
    return Struggling()


def _verify(words: Sequence[str], today: date) -> Verify:
    names, window = take_range(words, today)
    names, by = take_by(names)
    return Verify(target=one(Verify, names, "a customer, a cluster, or all", words), range=window, by=by)


def _plan(words: Sequence[str], today: date) -> Plan:
    names, window = take_range(words, today)
    names, days = take_windows(names)
    return Plan(target=one(Plan, names, "a customer", words), range=window, days=days)


def _ack(words: Sequence[str], _today: date) -> Ack:
    return Ack(target=one(Ack, words, "the customer whose alert it is", words))


def _snooze(words: Sequence[str], _today: date) -> Snooze:
    target = one(Snooze, words[:1], "the customer whose alert it is", words)
    if len(words) == 1:
        return Snooze(target=target)
    try:
        span = parse_duration(" ".join(words[1:]))
    except (ValueError, OverflowError):
        raise UsageError(f"{shown(' '.join(words[1:]))} is not a duration.", usage_hint(Snooze)) from None
    if span > LONGEST_SNOOZE:
        raise UsageError(
            f"A snooze lasts at most {LONGEST_SNOOZE.days} days.",
            f"{SLASH} snooze {typed(target)}, without a duration, lasts until the alert changes.",
        )
    return Snooze(target=target, span=span)


def _digest(words: Sequence[str], _today: date) -> Digest:
    nothing_more(Digest, words)
    return Digest()


def _audit(words: Sequence[str], _today: date) -> Audit:
    return Audit(target=at_most_one(Audit, words))


_READERS: Mapping[str, _Reader] = {
    Help.word(): _help,
    Status.word(): _status,
    Struggling.word(): _struggling,
    Verify.word(): _verify,
    Plan.word(): _plan,
    **control.READERS,
    Ack.word(): _ack,
    Snooze.word(): _snooze,
    Digest.word(): _digest,
    Audit.word(): _audit,
}


def _unknown(words: Sequence[str]) -> UsageError:
    known = [command.word() for command in COMMANDS]
    return UsageError(f"There is no command {shown(words[0])}.", _did_you_mean(words[0].lower(), known, ""))


def _did_you_mean(word: str, known: Sequence[str], before: str) -> str:
    near = get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean {SLASH} {before}{near[0]}?"
    return f"There are {', '.join(known)}; {SLASH} help tells more."

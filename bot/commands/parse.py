"""Reads one command from typed text. What cannot be read is a UsageError with the nearest right form."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from bot.commands.models import (
    COMMANDS,
    LONGEST_SNOOZE,
    SLASH,
    Ack,
    Audit,
    By,
    Command,
    Digest,
    Help,
    Plan,
    Request,
    Snooze,
    Status,
    Struggling,
    Verify,
)
from bot.commands.ranges import take_range
from bot.commands.words import shown, typed, words_of
from bot.errors import UsageError
from bot.model import parse_duration

# Longer numbers are no days that anybody means; which are too many, the campaign decides.
_DAYS = re.compile(r"([0-9]{1,6})d?", re.IGNORECASE)

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


def usage_hint(command: type[Request]) -> str:
    """The right form of a command, with an example where that says more."""
    form, example = command.forms[0], command.examples[-1]
    return f"Type {SLASH} {form}." if form == example else f"Type {SLASH} {form}, for example {SLASH} {example}."


def _help(words: Sequence[str], _today: date) -> Help:
    topic = _at_most_one(Help, words).lower()
    known = [command.word() for command in COMMANDS]
    if topic and topic not in known:
        raise UsageError(f"There is no command {shown(topic)}.", _did_you_mean(topic, known, "help "))
    return Help(topic=topic)


def _status(words: Sequence[str], today: date) -> Status:
    names, window = take_range(words, today)
    return Status(target=_at_most_one(Status, names), range=window)


def _struggling(words: Sequence[str], _today: date) -> Struggling:
    _nothing_more(Struggling, words)
    return Struggling()


def _verify(words: Sequence[str], today: date) -> Verify:
    names, window = take_range(words, today)
    names, by = _take_by(names)
    return Verify(target=_one(Verify, names, "a customer, a cluster, or all"), range=window, by=by)


def _plan(words: Sequence[str], today: date) -> Plan:
    names, window = take_range(words, today)
    names, days = _take_windows(names)
    return Plan(target=_one(Plan, names, "a customer"), range=window, days=days)


def _ack(words: Sequence[str], _today: date) -> Ack:
    return Ack(target=_one(Ack, words, "the customer whose alert it is"))


def _snooze(words: Sequence[str], _today: date) -> Snooze:
    target = _one(Snooze, words[:1], "the customer whose alert it is")
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
    _nothing_more(Digest, words)
    return Digest()


def _audit(words: Sequence[str], _today: date) -> Audit:
    return Audit(target=_at_most_one(Audit, words))


_READERS: Mapping[str, _Reader] = {
    Help.word(): _help,
    Status.word(): _status,
    Struggling.word(): _struggling,
    Verify.word(): _verify,
    Plan.word(): _plan,
    Ack.word(): _ack,
    Snooze.word(): _snooze,
    Digest.word(): _digest,
    Audit.word(): _audit,
}


def _take_by(names: Sequence[str]) -> tuple[list[str], By]:
    """Reads ``by day`` or ``by window`` after the first word, which is always a name."""
    lowered = [name.lower() for name in names]
    at = next((i for i, word in enumerate(lowered) if i > 0 and word == "by"), None)
    if at is None:
        return list(names), By.SUMMARY
    choice = lowered[at + 1] if at + 1 < len(names) else ""
    if choice not in (By.DAY, By.WINDOW):
        problem = f"verify cannot break down by {shown(choice)}." if choice else "verify by what?"
        raise UsageError(problem, "Type by day or by window.")
    return [*names[:at], *names[at + 2 :]], By(choice)


def _take_windows(names: Sequence[str]) -> tuple[list[str], int | None]:
    """Reads ``windows 5d`` after the first word, which is always a name."""
    at = next((i for i, word in enumerate(names) if i > 0 and word.lower() == "windows"), None)
    if at is None:
        return list(names), None
    typed = names[at + 1] if at + 1 < len(names) else ""
    size = _DAYS.fullmatch(typed)
    if size is None:
        problem = f"{shown(typed)} is not a number of days." if typed else "windows of how many days?"
        raise UsageError(problem, "A window has whole days: type windows 5d.")
    if not int(size[1]):
        raise UsageError("A window has at least 1 day.", "Type windows 1d for the smallest ones.")
    return [*names[:at], *names[at + 2 :]], int(size[1])


def _at_most_one(command: type[Request], words: Sequence[str]) -> str:
    if len(words) > 1 and "customer" in command.forms[0]:
        raise UsageError(
            _surplus(command, words[1:]), f"{usage_hint(command)} A name with spaces goes in double quotes."
        )
    _nothing_more(command, words[1:])
    return words[0] if words else ""


def _one(command: type[Request], words: Sequence[str], what: str) -> str:
    if not words:
        raise UsageError(f"{command.word()} needs {what}.", usage_hint(command))
    return _at_most_one(command, words)


def _nothing_more(command: type[Request], words: Sequence[str]) -> None:
    if words:
        raise UsageError(_surplus(command, words), usage_hint(command))


def _surplus(command: type[Request], words: Sequence[str]) -> str:
    return f"{command.word()} does not know what to do with {shown(' '.join(words))}."


def _unknown(words: Sequence[str]) -> UsageError:
    known = [command.word() for command in COMMANDS]
    return UsageError(f"There is no command {shown(words[0])}.", _did_you_mean(words[0].lower(), known, ""))


def _did_you_mean(word: str, known: Sequence[str], before: str) -> str:
    near = get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean {SLASH} {before}{near[0]}?"
    return f"There are {', '.join(known)}; {SLASH} help tells more."

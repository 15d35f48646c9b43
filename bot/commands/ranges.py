"""Reads the range of days among the words of a command, and says exactly what is wrong with a bad one."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum, auto
from itertools import takewhile

from bot.commands.words import Quoted, shown
from bot.errors import UsageError
from bot.model import Window

# The first day that the date types of the systems behind the bot can hold.
FIRST_DAY = date(1970, 1, 1)
# The last day that has a day after it.
LAST_DAY = date.max - timedelta(days=1)
RANGE_HINT = "Type a range as 2026-01-01..2026-02-21: the first day, and the day after the last."

_SEPARATOR = re.compile(r"(\.{2,}|…|–|—|→|->)")
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:T.*)?")
_DAY_START = re.compile(r"[0-9]{1,4}(?:[-/.][0-9]|$)")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOOSE_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")


class _Role(Enum):
    NAME = auto()
    DAY = auto()
    SEPARATOR = auto()


_Piece = tuple[str, _Role]


def take_range(words: Sequence[str], today: date) -> tuple[list[str], Window | None]:
    """The words without the range, and the range or None; a single date means that day.

    Raises UsageError for words that look like a date or a range but are not a valid one, for an empty or reversed
    range, and for days before ``FIRST_DAY`` or after ``today`` or ``LAST_DAY``.
    """
    pieces = [piece for word in words for piece in _pieces(word)]
    first = next((i for i, (_, role) in enumerate(pieces) if role is not _Role.NAME), len(pieces))
    range_pieces = list(takewhile(_is_part_of_range, pieces[first:]))
    names = [text for text, _ in pieces[:first] + pieces[first + len(range_pieces) :]]
    return names, _window(range_pieces, today) if range_pieces else None


def _pieces(word: str) -> list[_Piece]:
    if isinstance(word, Quoted):
        return [(word, _Role.NAME)]
    parts = [part for part in _SEPARATOR.split(word) if part]
    if len(parts) == 1 and not _SEPARATOR.fullmatch(word):
        return [(word, _Role.DAY if _DAY.fullmatch(word) else _Role.NAME)]
    if len(parts) > 1 and not any(_DAY_START.match(part) for part in parts):
        return [(word, _Role.NAME)]
    return [(part, _Role.SEPARATOR if _SEPARATOR.fullmatch(part) else _Role.DAY) for part in parts]


def _is_part_of_range(piece: _Piece) -> bool:
    text, role = piece
    return role is not _Role.NAME or (text.lower() == "to" and not isinstance(text, Quoted))


def _window(pieces: Sequence[_Piece], today: date) -> Window:
    days = [text for text, role in pieces if role is _Role.DAY]
    shape = [role is _Role.DAY for _, role in pieces]
    if shape == [True]:
        day = _day(days[0])
        _check_bounds(day, day, today)
        return Window.of_days(day, 1)
    if shape not in ([True, True], [True, False, True]):
        raise UsageError(
            f"{shown(' '.join(text for text, _ in pieces))} does not say a first day and an end.", RANGE_HINT
        )
    return _between(_day(days[0]), _day(days[1]), today)


def _between(start: date, end: date, today: date) -> Window:
    if end < start:
        raise UsageError(f"The range {start}..{end} ends before it starts.", f"Did you mean {end}..{start}?")
    if end == start:
        raise UsageError(
            f"The range {start}..{end} is empty: in a typed range, the end is not included.",
            "2026-01-02..2026-01-03 is one day. A single date such as 2026-01-02 means that day.",
        )
    _check_bounds(start, end - timedelta(days=1), today)
    return Window(start, end)


def _check_bounds(first: date, last: date, today: date) -> None:
    if last > today:
        raise UsageError(
            f"{last} is in the future; today is {today}.",
            f"Today is the last day that you can ask for: end the range with {today + timedelta(days=1)}.",
        )
    if last > LAST_DAY:
        raise UsageError(f"{last} is too far ahead.", f"The last day that can be asked for is {LAST_DAY}.")
    if first < FIRST_DAY:
        raise UsageError(f"{first} is too long ago.", f"The first day that can be asked for is {FIRST_DAY}.")


def _day(text: str) -> date:
    parts = _ISO_DAY.fullmatch(text)
    if not parts:
        raise UsageError(f"{shown(text)} is not a date such as 2026-01-31.", _suggestion(text))
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        raise UsageError(f"There is no such day as {text}.", RANGE_HINT) from None


def _suggestion(text: str) -> str:
    """A question about the date that was probably meant, else how to type a range."""
    parts = _LOOSE_DAY.match(text)
    if not parts:
        return RANGE_HINT
    year, month, day = parts.groups()
    return f"Did you mean {year}-{month:0>2}-{day:0>2}?"

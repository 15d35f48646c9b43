"""Finds the range of days among the words of a command, and says exactly what is wrong with a bad one."""

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
RANGE_HINT = "Type a range as 2026-01-01..2026-02-21: the first day, and the day after the last."

_BETWEEN = re.compile(r"(\.{2,}|…|–|—|→|->)")
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:T.*)?")
_DAY_BEGINS = re.compile(r"[0-9]{1,4}(?:[-/.][0-9]|$)")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOOSE_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")


class _Role(Enum):
    NAME = auto()
    DAY = auto()
    BETWEEN = auto()


_Piece = tuple[str, _Role]


def take_range(words: Sequence[str], today: date) -> tuple[list[str], Window | None]:
    """The words without the range, and the range, if one was typed; a single date means that day.

    Raises UsageError for a date or range that cannot be meant, or that ends after ``today`` has passed.
    """
    pieces = [piece for word in words for piece in _pieces(word)]
    first = next((i for i, (_, role) in enumerate(pieces) if role is not _Role.NAME), len(pieces))
    run = list(takewhile(_may_go_on, pieces[first:]))
    names = [text for text, _ in pieces[:first] + pieces[first + len(run) :]]
    return names, _window(run, today) if run else None


def _pieces(word: str) -> list[_Piece]:
    if isinstance(word, Quoted):
        return [(word, _Role.NAME)]
    parts = [part for part in _BETWEEN.split(word) if part]
    if len(parts) == 1 and not _BETWEEN.fullmatch(word):
        return [(word, _Role.DAY if _DAY.fullmatch(word) else _Role.NAME)]
    if len(parts) > 1 and not any(_DAY_BEGINS.match(part) for part in parts):
        return [(word, _Role.NAME)]
    return [(part, _Role.BETWEEN if _BETWEEN.fullmatch(part) else _Role.DAY) for part in parts]


def _may_go_on(piece: _Piece) -> bool:
    text, role = piece
    return role is not _Role.NAME or (text.lower() == "to" and not isinstance(text, Quoted))


def _window(run: Sequence[_Piece], today: date) -> Window:
    days = [text for text, role in run if role is _Role.DAY]
    shape = [role is _Role.DAY for _, role in run]
    if shape == [True]:
        day = _day(days[0])
        _check_known(day, day, today)
        return Window.of_days(day, 1)
    if shape not in ([True, True], [True, False, True]):
        raise UsageError(
            f"{shown(' '.join(text for text, _ in run))} does not say a first day and an end.", RANGE_HINT
        )
    return _between(_day(days[0]), _day(days[1]), today)


def _between(start: date, end: date, today: date) -> Window:
    if end < start:
        raise UsageError(f"The range {start}..{end} ends before it starts.", f"Did you mean {end}..{start}?")
    if end == start:
        raise UsageError(
            f"The range {start}..{end} is empty: typed ranges are half-open, their end is excluded.",
            "2026-01-02..2026-01-03 is one day. A single date such as 2026-01-02 means that day.",
        )
    _check_known(start, end - timedelta(days=1), today)
    return Window(start, end)


def _check_known(first: date, last: date, today: date) -> None:
    if last > today:
        raise UsageError(
            f"{last} is in the future; today is {today}.",
            f"The latest range that can be asked for ends with {today + timedelta(days=1)}, excluded.",
        )
    if first < FIRST_DAY:
        raise UsageError(f"{first} is too long ago.", f"The first day that can be asked for is {FIRST_DAY}.")


def _day(text: str) -> date:
    parts = _ISO_DAY.fullmatch(text)
    if not parts:
        raise UsageError(f"{shown(text)} is not a date such as 2026-01-31.", _nearest(text))
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        raise UsageError(f"There is no such day as {text}.", RANGE_HINT) from None


def _nearest(text: str) -> str:
    """The date that was probably meant, or how a range is typed."""
    loose = _LOOSE_DAY.match(text)
    if not loose:
        return RANGE_HINT
    year, month, day = loose.groups()
    return f"Did you mean {year}-{month:0>2}-{day:0>2}?"

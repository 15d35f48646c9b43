"""Takes the options of a command out of its words: what is left are names.

A word in double quotes is a name, whatever it reads like.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.commands.request import By, Which
from bot.commands.words import QUOTES, Quoted, shown
from bot.errors import UsageError

# Longer numbers are no days that anybody means; which are too many, the campaign decides.
_DAYS = re.compile(r"([0-9]{1,6})d?", re.IGNORECASE)
_CHOICES = frozenset(which.value for which in Which)
_T = TypeVar("_T")


def take_by(words: Sequence[str]) -> tuple[list[str], By]:
    """Reads ``by day`` or ``by window``."""
    rest, found = _take(words, "by", _breakdown)
    return rest, found or By.SUMMARY


def take_windows(words: Sequence[str]) -> tuple[list[str], int | None]:
    """Reads ``windows 5d``: how many days a window has."""
    return _take(words, "windows", _size)


def take_whole(words: Sequence[str]) -> tuple[list[str], bool]:
    """Reads ``whole``."""
    rest = [word for word in words if _option(word) != "whole"]
    return rest, len(rest) < len(words)


def take_which(words: Sequence[str]) -> tuple[list[str], Which | None]:
    """Reads ``missing``, ``failed`` or ``all``; None when none of them is there."""
    found = list(dict.fromkeys(word for word in map(_option, words) if word in _CHOICES))
    if len(found) > 1:
        raise UsageError(
            f"{' and '.join(map(shown, found))} are two choices.",
            "Type missing (what is not complete), failed (whose latest run failed) or all (everything again).",
        )
    return [word for word in words if _option(word) not in found], Which(found[0]) if found else None


def days_of(word: str) -> int | None:
    """The number in ``5d`` or ``5``."""
    size = _DAYS.fullmatch(word)
    return int(size[1]) if size else None


def _take(words: Sequence[str], option: str, read: Callable[[str], _T]) -> tuple[list[str], _T | None]:
    """The words without ``option`` and the word after it, and what that one is read as."""
    places = [i for i, word in enumerate(words) if _option(word) == option]
    if not places:
        return list(words), None
    if len(places) > 1:
        raise UsageError(f"{shown(option)} is there {len(places)} times.", f"Type it once. {QUOTES}")
    at = places[0]
    found = read(words[at + 1] if at + 1 < len(words) else "")
    return [*words[:at], *words[at + 2 :]], found


def _option(word: str) -> str:
    return "" if isinstance(word, Quoted) else word.lower()


def _breakdown(choice: str) -> By:
    if choice.lower() not in (By.DAY, By.WINDOW):
        problem = f"verify cannot break down by {shown(choice)}." if choice else "verify by what?"
        raise UsageError(problem, "Type by day or by window.")
    return By(choice.lower())


def _size(typed: str) -> int:
    days = days_of(typed)
    if days is None:
        problem = f"{shown(typed)} is not a number of days." if typed else "windows of how many days?"
        raise UsageError(problem, "A window has whole days: type windows 5d.")
    if not days:
        raise UsageError("A window has at least 1 day.", "Type windows 1d for the smallest ones.")
    return days

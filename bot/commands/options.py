"""Takes the options out of the words of a command, which leaves the names.

A word in double quotes is always a name.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from bot.commands.request import SLASH, Breakdown, Selection
from bot.commands.words import QUOTES_HINT, Quoted, shown
from bot.errors import UsageError
from bot.model.queue import QueueOrder

# A number of days with more digits is a typing mistake. Which smaller numbers are too large depends on the campaign.
_DAYS = re.compile(r"([0-9]{1,6})d?", re.IGNORECASE)
_SELECTIONS = frozenset(selection.value for selection in Selection)
_T = TypeVar("_T")


def take_by(words: Sequence[str]) -> tuple[list[str], Breakdown]:
    """Reads ``by day`` or ``by window``. Returns the other words and the breakdown, which is ``SUMMARY`` when the
    option is absent."""
    rest, breakdown = _take_with_value(words, "by", _read_breakdown)
    return rest, breakdown or Breakdown.SUMMARY


def take_windows(words: Sequence[str]) -> tuple[list[str], int | None]:
    """Reads ``windows 5d``, the days of a window; None when the option is absent."""
    return _take_with_value(words, "windows", _read_window_size)


def take_whole(words: Sequence[str]) -> tuple[list[str], bool]:
    """Reads ``whole``. Returns the other words, and whether it was among them."""
    rest = [word for word in words if _as_option(word) != "whole"]
    return rest, len(rest) < len(words)


def check_whole_with(as_typed: str, days: int | None, which: Selection | None) -> None:
    """Raises UsageError if a window size or a choice such as ``failed`` was typed beside ``whole``."""
    other = f"windows {days}d" if days else which
    if other:
        run = f"{SLASH} run {as_typed}"
        raise UsageError(
            f"whole is one workflow over all days of the range: it does not go with {shown(other)}.",
            f"Type {run} whole, or {run} {other}.",
        )


def take_which(words: Sequence[str]) -> tuple[list[str], Selection | None]:
    """Reads ``missing``, ``failed`` or ``all``; None when all three are absent."""
    choices = list(dict.fromkeys(word for word in map(_as_option, words) if word in _SELECTIONS))
    if len(choices) > 1:
        raise UsageError(
            f"{' and '.join(map(shown, choices))} are two choices.",
            "Type missing (what is not complete), failed (whose latest run failed) or all (everything again).",
        )
    return [word for word in words if _as_option(word) not in choices], Selection(choices[0]) if choices else None


def take_order(words: Sequence[str]) -> tuple[list[str], QueueOrder | None]:
    """Reads ``smallest``, ``largest`` or ``by name``; None when all are absent."""
    options = [_as_option(word) for word in words]
    for order in (QueueOrder.SMALLEST, QueueOrder.LARGEST):
        if order.value in options:
            return [word for word in words if _as_option(word) != order.value], order
    for index, pair in enumerate(pairwise(options)):
        if pair == ("by", QueueOrder.NAME.value):
            return [*words[:index], *words[index + 2 :]], QueueOrder.NAME
    return list(words), None


def take_campaign(words: Sequence[str]) -> tuple[list[str], str]:
    """Reads ``in NAME``, the campaign; "" when the option is absent."""
    rest, campaign = _take_with_value(words, "in", _read_campaign)
    return rest, campaign or ""


def take_like(words: Sequence[str]) -> tuple[list[str], str]:
    """Reads ``like NAME``; "" when the option is absent."""
    rest, other = _take_with_value(words, "like", _read_like)
    return rest, other or ""


def take_stop(words: Sequence[str]) -> tuple[list[str], bool]:
    """Reads ``stop``. Returns the other words, and whether it was among them."""
    rest = [word for word in words if _as_option(word) != "stop"]
    return rest, len(rest) < len(words)


def days_of(word: str) -> int | None:
    """The number in ``5d`` or ``5``; None for other text."""
    number = _DAYS.fullmatch(word)
    return int(number[1]) if number else None


def _take_with_value(words: Sequence[str], option: str, read: Callable[[str], _T]) -> tuple[list[str], _T | None]:
    """The words without ``option`` and its value, and what ``read`` returns for the value. If no word follows the
    option, ``read`` is called with "". If the option is absent, all words and None. Raises UsageError if the option
    is typed twice."""
    indexes = [i for i, word in enumerate(words) if _as_option(word) == option]
    if not indexes:
        return list(words), None
    if len(indexes) > 1:
        raise UsageError(f"{shown(option)} is there {len(indexes)} times.", f"Type it once. {QUOTES_HINT}")
    index = indexes[0]
    value = read(words[index + 1] if index + 1 < len(words) else "")
    return [*words[:index], *words[index + 2 :]], value


def _as_option(word: str) -> str:
    """The word in lower case; "" for a quoted one, which is never an option."""
    return "" if isinstance(word, Quoted) else word.lower()


def _read_breakdown(choice: str) -> Breakdown:
    if choice.lower() not in (Breakdown.DAY, Breakdown.WINDOW):
        problem = f"verify cannot break down by {shown(choice)}." if choice else "verify by what?"
        raise UsageError(problem, "Type by day or by window.")
    return Breakdown(choice.lower())


def _read_campaign(name: str) -> str:
    if not name:
        raise UsageError("in which campaign?", "Type its name after in, as in march.")
    return name


def _read_like(name: str) -> str:
    if not name:
        raise UsageError("like which campaign?", "Type its name after like.")
    return name


def _read_window_size(typed: str) -> int:
    days = days_of(typed)
    if days is None:
        problem = f"{shown(typed)} is not a number of days." if typed else "windows of how many days?"
        raise UsageError(problem, "A window has whole days: type windows 5d.")
    if not days:
        raise UsageError("A window has at least 1 day.", "Type windows 1d for the smallest ones.")
    return days

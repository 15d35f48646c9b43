"""Leaves out the elements of lists from the arguments of runs, because a list may be longer in another run. Pure.

The first element of a list of customers is not the customer of the run. A list of two days does not mean the days
between them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from bot.fleet.diagnostics.field_values import FORMS, is_day

# An index in a path. The one at its beginning is the number of an argument.
_INDEX = re.compile(r"\[\d+\]")
# Names of lists that hold a first day and an end.
_PAIR = re.compile(r"range|period|window|interval|between|span", re.IGNORECASE)


def without_elements(inputs: Mapping[str, str], zone: tzinfo) -> dict[str, str]:
    """The values by their paths, without the values in lists. A list is kept only if each element of it has a meaning
    of its own. This is so in two cases: the list holds days and also other values; or the list has the name of a
    range and holds two days. A value in nested lists stays only if all these lists are kept."""
    direct: dict[str, list[str]] = {}
    for path, text in inputs.items():
        for place in _lists_above(path):
            if _INDEX.fullmatch(path, len(place)):
                direct.setdefault(place, []).append(text)
    kept = {place for place, texts in direct.items() if _is_tuple(place, texts, zone)}
    return {path: text for path, text in inputs.items() if kept.issuperset(_lists_above(path))}


def _lists_above(path: str) -> Iterator[str]:
    """The paths of the lists that the value is in."""
    return (path[: index.start()] for index in _INDEX.finditer(path) if index.start())


def _is_tuple(place: str, texts: list[str], zone: tzinfo) -> bool:
    days = sum(any(is_day(text, form, zone) for form in FORMS) for text in texts)
    return 0 < days < len(texts) or (days == 2 and _PAIR.search(place.rpartition(".")[2]) is not None)

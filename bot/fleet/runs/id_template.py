"""Builds and reads workflow ids by a template such as ``bf:{customer}:{start:%Y%m%d}-{last:%Y%m%d}{*}``. Ids of other
forms are only read, by a regular expression.

A template or expression may have the customer alone or the days alone, for ids that hold no more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import pairwise
from typing import Self

from bot.fleet.runs.days import Fields, read_day
from bot.fleet.runs.placeholder_values import PlaceholderValues
from bot.model.id_regex import group_names, groups_of
from bot.model.placeholders import DAY_NAMES, ISO, NUMERIC_FORMS, WILDCARD, Placeholder, date_pattern, split_template

# Temporal's own limit for workflow ids. A longer text is no workflow id.
LONGEST_ID = 1_000
# Stands for days that are present but cannot be read.
_UNREADABLE = "?"


@dataclass(frozen=True, slots=True)
class IdTemplate:
    """One template. ``{end}`` is the day after the last day, or the last day itself with ``end_included``.

    The first of the ``patterns`` matches placeholders as long as possible, the second as short as possible. If the
    two results differ, the id is ambiguous, and its fields count as unreadable.
    """

    parts: tuple[str | Placeholder, ...]
    patterns: tuple[re.Pattern[str], re.Pattern[str]]
    end_included: bool = False
    is_unambiguous: bool = False

    @classmethod
    def of(cls, template: str, *, end_included: bool = False, cluster: str = "", campaign: str = "") -> Self:
        """The template for one ``cluster`` and ``campaign``, whose names replace ``{cluster}`` and ``{campaign}``.
        Raises ValueError if the template is wrong."""
        fixed = {"cluster": cluster, "campaign": campaign}
        split = split_template(template)
        parts = tuple(part if isinstance(part, str) else fixed.get(part.name, part) for part in split)
        _check(template, parts)
        long, short = (re.compile(_pattern(parts, lazy), re.DOTALL | re.ASCII) for lazy in ("", "?"))
        # An id can be read in only one way if at most one placeholder has a variable width.
        is_unambiguous = sum(map(_is_of_any_width, parts)) <= 1
        return cls(parts, (long, short), end_included, is_unambiguous)

    @property
    def names(self) -> frozenset[str]:
        """The names of the placeholders that hold the customer and the days."""
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder)) - {WILDCARD}

    def build(self, values: PlaceholderValues) -> str:
        """The workflow id for these values."""
        return "".join(part if isinstance(part, str) else self._written(part, values) for part in self.parts)

    def read(self, workflow_id: str, zone: tzinfo) -> Fields | None:
        """The fields that the id holds, with days as ISO dates and the last day as ``last``; None if the id has
        another form. Days that make no sense, or that can be read in several ways, count as unreadable."""
        if len(workflow_id) > LONGEST_ID:
            return None
        long = self.patterns[0].fullmatch(workflow_id)
        if long is None:
            return None
        fields = self._fields(long, zone)
        if self.is_unambiguous:
            return fields
        short = self.patterns[1].fullmatch(workflow_id)
        if short is None:
            return None
        return fields if fields == self._fields(short, zone) else Fields(start=_UNREADABLE)

    def fits(self, workflow_id: str) -> bool:
        """Whether the id has this form."""
        return len(workflow_id) <= LONGEST_ID and self.patterns[0].fullmatch(workflow_id) is not None

    def _fields(self, match: re.Match[str], zone: tzinfo) -> Fields:
        found = match.groupdict()
        days = {}
        for part in self.parts:
            if isinstance(part, Placeholder) and part.name in DAY_NAMES:
                day = read_day(found[part.name], part.form or ISO, zone, is_last=self._is_last(part))
                days["last" if self._is_last(part) else part.name] = day.isoformat() if day else _UNREADABLE
        return Fields(found.get("customer", ""), days=found.get("days", ""), **days)

    def _is_last(self, part: Placeholder) -> bool:
        return part.name == "last" or (part.name == "end" and self.end_included)

    def _written(self, part: Placeholder, values: PlaceholderValues) -> str:
        if part.name == WILDCARD:
            return ""
        return values.text(replace(part, name="last") if self._is_last(part) else part)

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class IdRegex:
    """A regular expression that reads ids. Its named groups are those of ``bot.model.id_regex``."""

    expression: str

    def read(self, workflow_id: str, _zone: tzinfo) -> Fields | None:
        """The fields that the id holds; None if it has another form."""
        groups = groups_of(self.expression, workflow_id)
        return Fields(**groups) if groups else None

    @property
    def names(self) -> frozenset[str]:
        """The names of the groups in the expression."""
        return group_names(self.expression)

    def __str__(self) -> str:
        return self.expression


def _check(template: str, parts: Sequence[str | Placeholder]) -> None:
    names = [part.name for part in parts if isinstance(part, Placeholder) and part.name != WILDCARD]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"{template!r} does not hold {{{twice}}} once")
    if not {"customer", "start"} & {*names}:
        raise ValueError(f"{template!r} holds neither {{customer}} nor {{start}}")
    if len({"end", "last", "days"} & {*names}) > 1:
        raise ValueError(f"{template!r} tells the end twice: use one of {{end}}, {{last}} and {{days}}")
    if bool({"end", "last", "days"} & {*names}) > ("start" in names):
        raise ValueError(f"{template!r} does not hold {{start}}")
    if any(_is_of_any_width(left) and _is_of_any_width(right) for left, right in pairwise(parts)):
        raise ValueError(f"{template!r} has two placeholders side by side that cannot be told apart")


def _is_of_any_width(part: str | Placeholder) -> bool:
    if isinstance(part, str):
        return False
    return part.name not in DAY_NAMES or part.form in NUMERIC_FORMS


def _pattern(parts: Iterable[str | Placeholder], lazy: str) -> str:
    return "".join(_part_pattern(part, lazy) for part in parts)


def _part_pattern(part: str | Placeholder, lazy: str) -> str:
    if isinstance(part, str):
        return re.escape(part)
    match part.name:
        case "customer":
            return f"(?P<customer>.+{lazy})"
        case "days":
            return rf"(?P<days>\d+{lazy})"
        case "*":
            return f".*{lazy}"
    return f"(?P<{part.name}>{date_pattern(part.form)})"

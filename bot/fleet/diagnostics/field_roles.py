"""Finds the fields of runs that have the customer, the first day and the end of the days. Pure.

If the customers are known, the values of the fields decide; otherwise the names of the fields decide. If two fields
are possible, neither is chosen.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import permutations

from bot.fleet.runs.mapping import Keys

_NOUN = r"(?:customer|tenant|client|account|org|organi[sz]ation|company)"
# A name that matches the first pattern clearly means the customer. A name that matches only the second may mean
# something else, such as client_version.
_CUSTOMER = (
    re.compile(rf"^{_NOUN}(?:[_-]?(?:id|name|key|slug|code))?$|^slug$", re.IGNORECASE),
    re.compile(rf"{_NOUN}|slug", re.IGNORECASE),
)
_START = re.compile(r"start|from|since|begin|first|lower", re.IGNORECASE)
_END = re.compile(
    r"end|(?:^|[_-])(?:up)?to(?:$|[_-])|until|till|last|through|upper|before|stop|(?-i:To$|^to[A-Z])", re.IGNORECASE
)
# Names of dates that are not days to fill: when something happened to the run itself, or from when it looks back.
_OTHER_DATE = re.compile(
    r"request|creat|updat|modif|insert|submit|schedul|trigger|deploy|issued|expir|as_?of|today|^now$", re.IGNORECASE
)
# Names such as retention_days or requestedDays count other days than those that a run fills.
_COUNT_OF_DAYS = re.compile(
    r"^(?:(?:n|nr|num|number|count|total|window|range|period|span|length|duration|backfill|fill)[_-]?(?:(?:of|in)[_-]?)?)?"
    r"days$|^days?[_-]?(?:count|number|total)$",
    re.IGNORECASE,
)
# Names that mean nothing without the name of the table that they are in.
_GENERAL = re.compile(r"^(?:id|name|key|code|value)$", re.IGNORECASE)

Values = Mapping[str, Sequence[str]]


def customer_field(texts: Values, customers: Collection[str]) -> str:
    """The name of the field that holds customers; "" if that is not clear."""
    known = [name for name, values in texts.items() if {*values} <= {*customers}]
    by_name = [[name for name in texts if form.search(_noun(name))] for form in _CUSTOMER]
    for candidates in ([name for name in known if name in by_name[-1]], known, *by_name):
        if candidates:
            return candidates[0] if len(candidates) == 1 else ""
    return ""


def is_clearly_customer(name: str) -> bool:
    """Whether the name alone shows that the field holds the customer. A name such as client_version does not."""
    return _CUSTOMER[0].search(_noun(name)) is not None


def day_fields(customer: str, days: Values, others: Values) -> Keys | None:
    """The fields of the customer and the days; None if the days are not clear. ``days`` has the fields whose values
    are days, all in one form, and ``others`` has the other fields. ``customer`` is "" if another source has it."""
    if not days:
        return None
    starts = [name for name in days if _START.search(_last_step(name))]
    ends = [name for name in days if _END.search(_last_step(name)) and name not in starts]
    if len(starts) == len(ends) == 1:
        return Keys(customer, starts[0], ends[0])
    counts = count_fields(others)
    if len(starts) == len(counts) == 1 and not ends:
        return Keys(customer, starts[0], days=counts[0])
    if len(days) == 2 and not starts and not ends and not counts:
        ordered = [pair for pair in permutations(days) if _is_ordered(days[pair[0]], days[pair[1]])]
        return Keys(customer, *ordered[0]) if len(ordered) == 1 else None
    if len(days) == len(counts) == 1:
        return Keys(customer, next(iter(days)), days=counts[0])
    return None


def is_other_date(name: str) -> bool:
    """Whether the name of a field says that the field holds a date other than the days that the run fills."""
    return _OTHER_DATE.search(_last_step(name)) is not None


def is_named_as_start(name: str) -> bool:
    """Whether the name of a field says that the field holds the first day."""
    return _START.search(_last_step(name)) is not None


def are_named_as_days(keys: Keys) -> bool:
    """Whether the names of the two fields say that one holds the first day and the other the end."""
    return is_named_as_start(keys.start) and _END.search(_last_step(keys.end)) is not None


def possible_counts(customer: str, days: Values, others: Values) -> list[Keys]:
    """One result for each field that may be a count of days, whatever its name is. Empty unless the runs have exactly
    one field with days."""
    if len(days) != 1:
        return []
    return [Keys(customer, next(iter(days)), days=name) for name in others if are_counts(others[name])]


def count_fields(texts: Values) -> list[str]:
    """The fields that are named like a count of days and whose values may be counts of days."""
    return [name for name in texts if _COUNT_OF_DAYS.search(_last_step(name)) and are_counts(texts[name])]


def are_counts(texts: Sequence[str]) -> bool:
    """Whether all texts are whole numbers from 1 to 9,999, which may be a run's number of days."""
    return all(text.isascii() and text.isdigit() and 0 < int(text) < 10_000 for text in (t[:6] for t in texts))


def _is_ordered(starts: Sequence[str], ends: Sequence[str]) -> bool:
    """Whether there are as many ends as starts, no end is before its start, and at least one is after its start.
    All texts have the same form of date, so a shorter text is the earlier day, and texts of the same length are in
    the order of their days when they are sorted as texts."""
    pairs = list(zip(starts, ends, strict=False))
    return len(starts) == len(ends) and all((len(a), a) <= (len(b), b) for a, b in pairs) and starts != ends


def _noun(name: str) -> str:
    """The noun in a path: its last step, or the step before it if the last one says nothing. For example, ``tenant``
    in ``[0].tenant.id``."""
    *before, last = name.split(".")
    return before[-1] if before and _GENERAL.match(last) else last


def _last_step(name: str) -> str:
    return name.rpartition(".")[2]

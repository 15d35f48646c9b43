"""Finds out whether runs hold anything like a date, a week, a month, a quarter or a year. Pure.

A run that holds such a value is for some days, even if nobody can tell which. Only runs that hold no such value may
be for a whole campaign.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from bot.fleet.diagnostics.field_values import SampleRun, day_form
from bot.model.execution import PARENT_HINT

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_TWO_MONTH, _TWO_DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_NAMED = (
    r"(?<![a-z])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# Text that may be a day, a week, a month or a quarter, or a moment in seconds, milli-, micro- or nanoseconds.
_IN_TEXT = re.compile(
    rf"(?<!\d)(?:{_YEAR}-?{_TWO_MONTH}-?{_TWO_DAY}|1\d{{9}}(?:\d{{3}}){{0,3}}"
    rf"|{_YEAR}[-_]?W[0-5]\d|{_YEAR}[-_/ ]?Q[1-4]|Q[1-4][-_/ ]?{_YEAR}"
    rf"|{_YEAR}[-_/]{_MONTH}|{_YEAR}\.{_TWO_MONTH}|{_MONTH}[-_/.]{_YEAR}|{_DAY}[-_/.]{_DAY}[-_/.]{_YEAR}"
    rf"|{_NAMED}[-_/., ]*(?:{_DAY}[-_/., ]+)?{_YEAR})(?!\d)",
    re.IGNORECASE,
)
# Names of fields whose number is a part of a date, such as year in {"year": 2026, "month": 1}.
_PART = re.compile(r"(?:^|[._])(?:year|quarter|month|week|day|hour)$", re.IGNORECASE)
# Dates as lists of three numbers: [2026, 1, 31].
_LISTED = re.compile(rf"{_YEAR},{_MONTH},{_DAY}")


def hold_dates(runs: Sequence[SampleRun], zone: tzinfo) -> bool:
    """Whether any field or id of any run may hold a date."""
    texts = [text for run in runs for text in (*run.hints.values(), *run.inputs.values())]
    ids = [text for run in runs for text in (run.execution.ref.workflow_id, run.execution.hints.get(PARENT_HINT, ""))]
    if any(day_form([text], zone) for text in texts) or any(map(_IN_TEXT.search, [*texts, *ids])):
        return True
    return any(_are_parts({**run.hints, **run.inputs}) for run in runs)


def _are_parts(fields: Mapping[str, str]) -> bool:
    """Whether the fields of a run hold a date in parts: a field is a part of a date, such as a year, or a list of
    three numbers is a date."""
    if any(_PART.search(name) and text.isdigit() for name, text in fields.items()):
        return True
    lists = (name.removesuffix("[0]") for name in fields if name.endswith("[0]"))
    return any(_LISTED.fullmatch(",".join(fields.get(f"{name}[{n}]", "") for n in range(3))) for name in lists)

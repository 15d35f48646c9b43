"""The placeholders of backfill.toml, as in ``bf:{customer}:{start:%Y%m%d}-{last:%Y%m%d}``, and their date forms.

This module knows only their grammar. ``bot.fleet.runs`` replaces placeholders with values, and reads values from
texts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

ISO, EPOCH, EPOCH_MS = "iso", "epoch", "epoch_ms"
# The last second, or millisecond, of a day. Only texts that the bot writes have these forms. Where it reads epoch or
# epoch_ms, the last day may be written as its first second or as its last.
END_FORMS = EPOCH_END, EPOCH_MS_END = "epoch_end", "epoch_ms_end"
NUMERIC_FORMS = (EPOCH, EPOCH_MS, *END_FORMS)
# The first day, the day after the last, and the last day itself.
DAY_NAMES = ("start", "end", "last")
NAMES = ("customer", *DAY_NAMES, "days", "cluster", "campaign")
WILDCARD = "*"

# What each directive of a date matches. All have a fixed width, so an id is read in one way.
DIRECTIVES: Mapping[str, str] = MappingProxyType(
    {
        "Y": r"\d{4}",
        "y": r"\d\d",
        "m": r"\d\d",
        "d": r"\d\d",
        "j": r"\d{3}",
        "b": "[A-Za-z]{3}",
        "H": r"\d\d",
        "M": r"\d\d",
        "S": r"\d\d",
        "%": "%",
    }
)
_YEARS = frozenset({"Y", "y"})
_DIRECTIVE = re.compile("%(.?)", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{(\*|\w+)(?::([^{}]*))?\}")
# What looks like a placeholder in an input. The braces of JSON in a text do not match.
_MEANT = re.compile(r"\{\w*\}|\{\w+:(?:%[^{}]*|[a-z_]+)\}")
# The days with which a date form is tested: in two centuries, in a leap year, with one and two digits.
_SAMPLES = (date(1999, 12, 31), date(2024, 2, 29), date(2026, 1, 2), date(2026, 11, 23))


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder; ``form`` is the date form, "" for the usual one."""

    name: str
    form: str = ""

    def __str__(self) -> str:
        return f"{{{self.name}:{self.form}}}" if self.form else f"{{{self.name}}}"


def split_template(text: str) -> Iterator[str | Placeholder]:
    """The literal texts and placeholders in order. Raises ValueError for a placeholder that is not known."""
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield _placeholder(match)
        end = match.end()
    if end < len(text):
        yield text[end:]


def check_placeholders(text: str) -> Iterator[Placeholder]:
    """The placeholders of a text that may hold JSON. Raises ValueError for text that looks like a placeholder but
    is not a known one."""
    for meant in _MEANT.findall(text):
        match = _PLACEHOLDER.fullmatch(meant)
        if match is None or match[1] == WILDCARD:
            raise ValueError(f"{meant} is unknown")
        yield _placeholder(match)


def fill_pattern() -> re.Pattern[str]:
    """An expression that finds every known placeholder in a text. Its groups are the name, and the form or None."""
    return re.compile(rf"\{{({'|'.join(NAMES)})(?::([^{{}}]+))?\}}")


def check_date_form(form: str) -> str:
    """Return the form unchanged. Raises ValueError if dates written in this form cannot be read back as the same
    day."""
    if form in (ISO, *NUMERIC_FORMS):
        return form
    directives = _DIRECTIVE.findall(form)
    unknown = next((found for found in directives if found not in DIRECTIVES), None)
    if unknown is not None:
        raise ValueError(f"%{unknown} in {form!r} is not one of {', '.join(f'%{name}' for name in DIRECTIVES)}")
    # strptime is not asked about a form without a year: it warns that it will read such dates differently.
    if _YEARS.isdisjoint(directives) or not _is_read_back(form):
        raise ValueError(f"{form!r} is no date form: use iso, epoch, epoch_ms or one with %Y, %m and %d")
    return form


def _is_read_back(form: str) -> bool:
    try:
        return all(datetime.strptime(day.strftime(form), form).date() == day for day in _SAMPLES)  # noqa: DTZ007
    except ValueError:
        return False


def date_pattern(form: str) -> str:
    """A regular expression for dates of a form."""
    if form in NUMERIC_FORMS:
        return r"-?\d+"
    strftime = "%Y-%m-%d" if form in ("", ISO) else form
    parts = _DIRECTIVE.split(strftime)
    return "".join(DIRECTIVES[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))


def _placeholder(match: re.Match[str]) -> Placeholder:
    name, form = match[1], match[2]
    if name != WILDCARD and name not in NAMES:
        raise ValueError(f"{match[0]} is unknown")
    if form is not None and name not in DAY_NAMES:
        raise ValueError(f"{match[0]} is unknown: only {', '.join(DAY_NAMES)} have a form")
    return Placeholder(name, check_date_form(form) if form is not None else "")

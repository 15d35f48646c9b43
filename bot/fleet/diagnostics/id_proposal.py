"""Proposes a template for workflow ids that have two dates and a customer in them. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.fleet.diagnostics.field_values import is_day
from bot.model.placeholders import EPOCH, EPOCH_MS, ISO, NUMERIC_FORMS

_DATE = re.compile(r"(?<!\d)(?:\d{4}-\d\d-\d\d|\d{8}|\d{10}|\d{13})(?!\d)")
_FORM_OF_LENGTH = {10: EPOCH, 13: EPOCH_MS, 8: "%Y%m%d"}
_SEPARATOR = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class _Id:
    """A workflow id, cut at its first two dates, which have the form ``form``."""

    left: str
    between: str
    right: str
    form: str


def propose_id(workflow_ids: Sequence[str], customers: Collection[str], zone: tzinfo) -> str:
    """A template for the ids that have two dates; "" if none has two, or if the ids with two have no common form."""
    cut = [found for text in dict.fromkeys(workflow_ids) if (found := _cut(text, zone))]
    if not cut or len({(part.between, part.form) for part in cut}) > 1:
        return ""
    first = cut[0]
    form = "" if first.form == ISO else f":{first.form}"
    days = f"{{start{form}}}{first.between}{{end{form}}}"
    lefts, rights = [part.left for part in cut], [part.right for part in cut]
    if len({*lefts}) == 1 and not _named(lefts, customers):
        after = _around(rights, customers)
        return f"{first.left}{days}{after}" if after else ""
    before = _around(lefts, customers)
    return f"{before}{days}{_rest(rights, first.form)}" if before else ""


def _cut(workflow_id: str, zone: tzinfo) -> _Id | None:
    dates = [(match, form) for match, form in _dates(workflow_id) if is_day(match[0], form, zone)]
    if len(dates) < 2 or dates[0][1] != dates[1][1]:
        return None
    (start, form), (end, _) = dates[:2]
    return _Id(workflow_id[: start.start()], workflow_id[start.end() : end.start()], workflow_id[end.end() :], form)


def _dates(workflow_id: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _DATE.finditer(workflow_id):
        yield match, ISO if "-" in match[0] else _FORM_OF_LENGTH[len(match[0])]


def _named(texts: Sequence[str], customers: Collection[str]) -> bool:
    return any(_with_placeholder(text, customers) for text in texts)


def _around(texts: Sequence[str], customers: Collection[str]) -> str:
    """A template for all texts. If the texts are the same with ``{customer}`` in place of a known customer, that is
    the template. Otherwise, ``{customer}`` is in place of the part that differs. "" if nothing differs."""
    distinct = list(dict.fromkeys(texts))
    known = {_with_placeholder(text, customers) for text in distinct}
    if len(known) == 1 and "" not in known:
        return known.pop()
    if len(distinct) < 2:
        return ""
    before = _up_to_separator(_common_beginning(distinct))
    after = _up_to_separator(_common_beginning([text[len(before) :][::-1] for text in distinct]))[::-1]
    return f"{before}{{customer}}{after}"


def _with_placeholder(text: str, customers: Collection[str]) -> str:
    """The text with ``{customer}`` in place of a known customer, the longest if there are several. No letter or digit
    may stand directly before or after the customer. "" if the text has no known customer."""
    found = [name for name in customers if name and _place(text, name)]
    match = _place(text, max(found, key=len)) if found else None
    return f"{text[: match.start()]}{{customer}}{text[match.end() :]}" if match else ""


def _place(text: str, name: str) -> re.Match[str] | None:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text) if name in text else None


def _common_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    length = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:length]


def _up_to_separator(text: str) -> str:
    ends = [match.end() for match in _SEPARATOR.finditer(text)]
    return text[: ends[-1]] if ends else ""


def _rest(texts: Sequence[str], form: str) -> str:
    """The text after the dates if all texts are the same, or else a placeholder for any text. If the dates are
    seconds or milliseconds, a separator has to stand before the placeholder, because otherwise the end of the date
    would be unclear."""
    if len({*texts}) == 1:
        return texts[0]
    beginning = _up_to_separator(_common_beginning(texts)) if form in NUMERIC_FORMS else ""
    return f"{beginning}{{*}}"

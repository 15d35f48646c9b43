"""Redacts secrets in text: any secret that has a known form, and every given value of at least ``SHORTEST``
characters.

Only the beginning of a text is searched and kept, because text from outside may have any length. The time that each
regular expression needs grows no faster than the text (``tests/test_expressions.py`` measures each).
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from bot.secret_patterns import ANY_MARK, FORMS, SECRET_NAME

HIDDEN = "(hidden)"
# Shorter values are common words: hiding them would garble the text and protect nothing.
SHORTEST = 6
# Characters kept of a text, and characters searched beyond: a secret may begin before the cut and end after it.
LONGEST = 20_000
MARGIN = 4_000
PASSES = 3
_OPENING, _CLOSING = "\\\"'“[", "\\\"'”]"
_PUNCTUATION = ".,;:!?)]}'\"”…"


def redact(text: str, values: Collection[str] = (), longest: int = LONGEST) -> str:
    """The text without secrets, cut to ``longest`` characters; line breaks stay. Each of the ``values`` with at least
    ``SHORTEST`` characters is hidden, also where it is escaped as in a URL or in JSON."""
    redacted = _redact_pass(text, values, longest)
    # Hiding one part may make another match, so repeat until nothing changes: redacting twice gives the same text.
    for _ in range(PASSES):
        before, text = text, redacted
        if text == before:
            break
        redacted = _redact_pass(text, (), longest)
    return redacted


def _redact_pass(text: str, values: Collection[str], longest: int) -> str:
    searched = text[: longest + MARGIN]
    spans = sorted([*_spans_of_values(searched, values), *_spans_of_forms(searched)])
    end = min(len(text), longest)
    return "".join(_pieces(searched, spans, end)) + ("…" if len(text) > longest else "")


def beginning(text: str) -> str:
    """The beginning of a text: as much of it as ``redact`` reads. Cut a text from outside with this function before
    you parse it."""
    return text[: LONGEST + MARGIN]


def redact_field(name: str, text: str) -> str:
    """The text of the field ``name`` without secrets; all of it is hidden if the name is that of a secret."""
    return HIDDEN if SECRET_NAME.search(name[-MARGIN:]) else redact(text)


def redact_json(value: Any, kept: Collection[str] = ()) -> Any:
    """JSON with all its texts redacted, except the values under the names in ``kept``, which are data."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: item if name in kept else redact_json(item, kept) for name, item in value.items()}
    return [redact_json(item, kept) for item in value] if isinstance(value, list) else value


def _spans_of_values(text: str, values: Collection[str]) -> Iterator[tuple[int, int]]:
    for value in _spellings(values):
        start = text.find(value)
        while start >= 0:
            yield start, start + len(value)
            start = text.find(value, start + len(value))


def _spellings(values: Collection[str]) -> set[str]:
    secrets = [value for value in values if len(value) >= SHORTEST]
    return {
        spelling
        for value in secrets
        for spelling in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
    }


def _spans_of_forms(text: str) -> Iterator[tuple[int, int]]:
    folded = text.casefold()
    if not ANY_MARK.search(folded):
        # This shortcut saves time: most texts have no mark.
        return
    for form in FORMS:
        if any(mark in folded for mark in form.marks):
            yield from (_secret_span(match) for match in form.expression.finditer(text))


def _secret_span(match: re.Match[str]) -> tuple[int, int]:
    """The span of the secret without its quotation marks; an empty span for one that is hidden already."""
    text, (start, end) = match.string, match.span("secret")
    while start < end and text[start] in _OPENING:
        start += 1
    closing = _CLOSING if start > match.start("secret") else ",;"
    while end > start and text[end - 1] in closing:
        end -= 1
    is_secret = text[start:end].strip(_PUNCTUATION) and not text.startswith(HIDDEN, start, end)
    return (start, end) if is_secret else (start, start)


def _pieces(text: str, spans: Collection[tuple[int, int]], end: int) -> Iterator[str]:
    position = 0
    for start, stop in spans:
        if start >= end or stop <= max(start, position):
            continue
        if start >= position:
            yield text[position:start] + HIDDEN
        position = stop
    yield text[position:end]


def redact_line(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters, redacted before it is cut, so that no half of a secret is left."""
    words = beginning(text).split()
    if len(text) > LONGEST + MARGIN:
        # The last word may be the first half of a secret, which no form would match.
        words = words[:-1]
    line = redact(" ".join(words))
    return line if len(line) <= limit else line[: limit - 1] + "…"

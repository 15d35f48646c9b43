"""What must be shown to nobody: known by its form wherever it comes from, or by its value where one is known.

The text is cut first: people read no more of it, and whoever writes it decides neither how long it is nor how it
looks. Expressions take a time that grows no faster than the text (``tests/test_expressions.py`` measures each).
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from bot.secret_patterns import FORMS, SECRET_NAME

HIDDEN = "(hidden)"
# Shorter ones are words: hiding them would make gibberish of the text and keep no secret.
SHORTEST = 6
# So much of a text is kept, and so much behind it looked at: a secret may begin before the cut and end after it.
LONGEST = 20_000
MARGIN = 4_000
PASSES = 3
_OPENING, _CLOSING = "\\\"'“[", "\\\"'”]"
_PUNCTUATION = ".,;:!?)]}'\"”…"


def redact(text: str, values: Collection[str] = (), longest: int = LONGEST) -> str:
    """The same text, at most so much of it; lines stay lines. ``values`` are hidden as they are, and as URLs and JSON
    spell them."""
    bare = _once(text, values, longest)
    # What stands beside something hidden may read otherwise now: what is kept is equal however often it is asked.
    for _ in range(PASSES):
        before, text = text, bare
        if text == before:
            break
        bare = _once(text, (), longest)
    return bare


def _once(text: str, values: Collection[str], longest: int) -> str:
    seen = text[: longest + MARGIN]
    spans = sorted([*_of_values(seen, values), *_of_forms(seen)])
    end = min(len(text), longest)
    return "".join(_pieces(seen, spans, end)) + ("…" if len(text) > longest else "")


def beginning(text: str) -> str:
    """So much of a text from outside as is worth looking at: for whatever reads it before it is shown or kept."""
    return text[: LONGEST + MARGIN]


def named(name: str, text: str) -> str:
    """The text of a field that is called so, without secrets."""
    return HIDDEN if SECRET_NAME.search(name[-MARGIN:]) else redact(text)


def in_all(told: Any, kept: Collection[str] = ()) -> Any:
    """JSON without secrets in any of its texts; what stands under the names in ``kept`` is data, and stays."""
    if isinstance(told, str):
        return redact(told)
    if isinstance(told, dict):
        return {name: value if name in kept else in_all(value, kept) for name, value in told.items()}
    return [in_all(value, kept) for value in told] if isinstance(told, list) else told


def _of_values(text: str, values: Collection[str]) -> Iterator[tuple[int, int]]:
    for value in _spelled(values):
        start = text.find(value)
        while start >= 0:
            yield start, start + len(value)
            start = text.find(value, start + len(value))


def _spelled(values: Collection[str]) -> set[str]:
    known = [value for value in values if len(value) >= SHORTEST]
    return {
        spelled
        for value in known
        for spelled in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
    }


def _of_forms(text: str) -> Iterator[tuple[int, int]]:
    folded = text.casefold()
    for form in FORMS:
        if any(mark in folded for mark in form.marks):
            yield from (_secret(found) for found in form.expression.finditer(text))


def _secret(found: re.Match[str]) -> tuple[int, int]:
    """Where it stands within its quotation marks. What is hidden already stays as it is."""
    text, (start, end) = found.string, found.span("secret")
    while start < end and text[start] in _OPENING:
        start += 1
    closing = _CLOSING if start > found.start("secret") else ",;"
    while end > start and text[end - 1] in closing:
        end -= 1
    is_news = text[start:end].strip(_PUNCTUATION) and not text.startswith(HIDDEN, start, end)
    return (start, end) if is_news else (start, start)


def _pieces(text: str, spans: Collection[tuple[int, int]], end: int) -> Iterator[str]:
    told = 0
    for start, stop in spans:
        if start >= end or stop <= max(start, told):
            continue
        if start >= told:
            yield text[told:start] + HIDDEN
        told = stop
    yield text[told:end]


def redact_line(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters. Secrets go before it is shortened, so that no half of one is left."""
    line = redact(" ".join(beginning(text).split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"

"""A path into the arguments of a workflow, or into its result: ``[0].tenant.slug`` is ``slug`` in ``tenant`` of the
first argument. An argument may be JSON in a text, and a path leads into it, too."""

import json
import re
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

_STEP = re.compile(r'\[(\d{1,6})\]|\.?(?:"([^"]+)"|([A-Za-z_$@-][\w$@-]*))')


# A longer text is not searched for JSON.
LONGEST_JSON_TEXT = 64_000


def parse_path(text: str) -> tuple[int | str, ...]:
    """The steps of a path. Raises ValueError for a text that is no path, and for a path that does not begin with the
    number of an argument."""
    steps = tuple(_steps(text))
    if not steps or not isinstance(steps[0], int):
        raise ValueError(f"{text!r} does not begin with the number of an argument, as in [0].customer")
    return steps


def parse_result_path(text: str) -> tuple[int | str, ...]:
    """The steps of a path into a workflow's result. The path ``status`` leads to a field of the result, and "" is the
    whole result. ``value_at`` takes these steps with the result as its only argument, so the first step is 0. Raises
    ValueError for a text that is no such path."""
    try:
        return parse_path(f"[0]{text}" if text.startswith("[") or not text else f"[0].{text}")
    except ValueError:
        raise ValueError(f"{text!r} is no path into a result such as status or counts.rows") from None


def value_at(arguments: Sequence[JsonValue], steps: Sequence[int | str]) -> JsonValue:
    """What is at the end of the path, None when it leads nowhere."""
    value: JsonValue = list(arguments)
    for step in steps:
        match step, unwrapped(value):
            case int(), list() as items if step < len(items):
                value = items[step]
            case str(), dict() as table:
                value = table.get(step)
            case _:
                return None
    return value


def unwrapped(value: JsonValue) -> JsonValue:
    """If the value is a text that holds a JSON list or object, that list or object; any other value unchanged."""
    if not isinstance(value, str) or len(value) > LONGEST_JSON_TEXT or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        inner: JsonValue = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return inner


def _steps(text: str) -> Iterator[int | str]:
    end = 0
    while end < len(text):
        match = _STEP.match(text, end)
        # Names are separated by dots; only the first step has none.
        if match is None or (end == 0 and text[0] == ".") or (end > 0 and text[end] not in "[."):
            raise ValueError(f"{text!r} is no path such as [0].range.from")
        end = match.end()
        yield int(match[1]) if match[1] is not None else match[2] or match[3]

"""Keeps values of a run's arguments in its hints, because Temporal removes the arguments together with the run."""

import json
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from bot.model.input_path import parse_path, value_at

# A longer text is no customer and no day.
LONGEST_VALUE = 1_000
_PREFIX = "input:"


def input_hint(path: str) -> str:
    """The name of the hint that keeps the value at this path."""
    return f"{_PREFIX}{path}"


def is_input_hint(name: str) -> bool:
    """Whether a hint holds a value of the arguments."""
    return name.startswith(_PREFIX)


def input_hints(arguments: Sequence[JsonValue], paths: Iterable[str]) -> dict[str, str]:
    """A hint for each path: a text unchanged, a number as JSON, and "" for a text that is too long, any other value,
    or none. So a hint always shows that the arguments were read."""
    return {input_hint(path): _text(value_at(arguments, parse_path(path))) for path in paths}


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    return ""

"""Keeps values of a run's arguments in its hints, because Temporal removes the arguments together with the run."""

import json
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from bot.model.input_path import parse_path, unwrapped, value_at

# A longer text is no customer and no day.
LONGEST_VALUE = 1_000
_PREFIX = "input:"
# Stands for a value that is there, but is neither a customer nor a day.
_ANY_VALUE = "[]"


def input_hint(path: str) -> str:
    """The name of the hint that keeps the value at this path."""
    return f"{_PREFIX}{path}"


def is_input_hint(name: str) -> bool:
    """Whether a hint holds a value of the arguments."""
    return name.startswith(_PREFIX)


def input_hints(arguments: Sequence[JsonValue], paths: Iterable[str]) -> dict[str, str]:
    """A hint for each path: a text unchanged; a number, a list or a table as JSON; "" if there is no value. If there
    is a value that the bot cannot use, the hint is an empty list (``[]``): a truth value, a value that is too long or
    of another form than the path expects, and any value in arguments that could not be decoded. So if a run has the
    hint, the bot has fetched its arguments, even if it could not decode them. And only days that are really absent
    have the hint ""."""
    return {input_hint(path): _text_at(arguments, parse_path(path)) for path in paths}


def found_nothing(texts: Iterable[str]) -> bool:
    """Whether none of these texts of hints is a customer or a day. That may mean that the arguments could not be
    decoded."""
    return all(text in ("", _ANY_VALUE) for text in texts)


def _text_at(arguments: Sequence[JsonValue], steps: Sequence[int | str]) -> str:
    if arguments and all(argument is None for argument in arguments):
        # No workflow takes only nulls, so these arguments were not decoded, and may hold days.
        return _ANY_VALUE
    value = value_at(arguments, steps)
    return _ANY_VALUE if value is None and _is_of_other_form(arguments, steps) else _text(value)


def _is_of_other_form(arguments: Sequence[JsonValue], steps: Sequence[int | str]) -> bool:
    """Whether the path ends early because a value on it has another form than the path expects, such as a text
    instead of a table."""
    reached = ((step, value_at(arguments, steps[:n])) for n, step in enumerate(steps) if n)
    kinds = ((step, unwrapped(value)) for step, value in reached if value is not None)
    return any(not isinstance(value, list if isinstance(step, int) else dict) for step, value in kinds)


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _ANY_VALUE
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST_VALUE else _ANY_VALUE

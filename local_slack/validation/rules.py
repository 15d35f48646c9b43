"""Small rules that combine into a schema. A rule takes a value and its JSON pointer, and yields problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from local_slack.errors import Problem

Rule = Callable[[object, str], Iterator[Problem]]
Fields = Mapping[str, Rule]


def string(most: int | None = None, least: int = 1, pattern: str | None = None) -> Rule:
    """A string of `least` to `most` characters."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(pointer, "must provide a string")
        elif len(value) < least:
            yield Problem(pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield Problem(pointer, f"must be less than {most + 1} characters")
        elif pattern is not None and not re.fullmatch(pattern, value):
            yield Problem(pointer, "must match the expected format")

    return check


def one_of(*choices: str) -> Rule:
    def check(value: object, pointer: str) -> Iterator[Problem]:
        if value not in choices:
            yield Problem(pointer, "must be a valid enum value")

    return check


def boolean(value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(pointer, "must provide a boolean")


def integer(least: int, most: int | None = None) -> Rule:
    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(pointer, "must provide an integer")
        elif value < least:
            yield Problem(pointer, f"must be greater than {least - 1}")
        elif most is not None and value > most:
            yield Problem(pointer, f"must be less than {most + 1}")

    return check


def number(value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield Problem(pointer, "must provide a number")


def items(rule: Rule, most: int | None, least: int = 1) -> Rule:
    """An array of `least` to `most` items that each follow `rule`."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(pointer, "must provide an array")
            return
        if len(value) < least:
            yield Problem(pointer, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            yield Problem(pointer, f"no more than {most} items allowed")
            return
        for place, item in enumerate(value):
            yield from rule(item, f"{pointer}/{place}")

    return check


def record(required: Fields, optional: Fields | None = None, also: Rule | None = None) -> Rule:
    """An object that has all required fields. Besides these it may have only the optional ones and `type`. Once each
    field is valid, `also` checks the object as a whole."""
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
            return
        problems = [Problem(pointer, f"missing required field: {name}") for name in required if name not in value]
        for name, inner in value.items():
            if name in known:
                problems += known[name](inner, f"{pointer}/{name}")
            elif name != "type":
                problems.append(Problem(pointer, f"invalid additional property: {name}"))
        yield from problems
        if also is not None and not problems:
            yield from also(value, pointer)

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it follows; other types are refused."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
        elif "type" not in value:
            yield Problem(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield Problem(f"{pointer}/type", f"unsupported type: {value['type']}")
        else:
            yield from kinds[value["type"]](value, pointer)

    return check


def exactly_one_of(*names: str) -> Rule:
    """A rule for the parameter `also` of `record`: the object has exactly one of these fields."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        present = [name for name in names if isinstance(value, dict) and name in value]
        if not present:
            yield Problem(pointer, f"missing required field: {' or '.join(names)}")
        for name in present[1:]:
            yield Problem(pointer, f"invalid additional property: {name}")

    return check

"""Composition objects: text, confirm, option, option group."""

from __future__ import annotations

from collections.abc import Iterator

from local_slack.errors import Problem
from local_slack.validation.rules import (
    Rule,
    boolean,
    items,
    one_of,
    record,
    string,
    typed,
)

SHORT_ID = 255


def text_object(most: int = 3_000, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Rule:
    """A rule for text objects. For an invalid object it first yields that the object matches no schema, and then each
    problem."""
    shapes = {
        "plain_text": record({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(most)}, {"verbatim": boolean}),
    }
    inner = typed({kind: shapes[kind] for kind in kinds})

    def check(value: object, pointer: str) -> Iterator[Problem]:
        problems = list(inner(value, pointer))
        if problems:
            yield Problem(pointer, "failed to match all allowed schemas")
        yield from problems

    return check


def plain_text(most: int) -> Rule:
    return text_object(most, ("plain_text",))


CONFIRM = record(
    {"title": plain_text(100), "text": text_object(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)

URL = string(3_000, pattern=r"(https?://|mailto:)\S+")


def option(text: Rule, *, with_url: bool = False) -> Rule:
    extra = {"url": URL} if with_url else {}
    return record({"text": text, "value": string(150)}, {"description": text_object(75), **extra})


SELECT_OPTION = option(plain_text(75))
CHOICE_OPTION = option(text_object(75))
OVERFLOW_OPTION = option(plain_text(75), with_url=True)
OPTION_GROUP = record({"label": plain_text(75), "options": items(SELECT_OPTION, 100)})

"""Validates blocks. A type that is not listed here is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local_slack.errors import Problem
from local_slack.validation.elements import (
    ACCESSORIES,
    ACTIONS_ELEMENTS,
    IMAGE_ELEMENT,
    INPUT_ELEMENTS,
    SLACK_FILE,
)
from local_slack.validation.objects import (
    SHORT_ID,
    URL,
    plain_text,
    text_object,
)
from local_slack.validation.rules import (
    Fields,
    Rule,
    boolean,
    exactly_one_of,
    integer,
    items,
    number,
    one_of,
    record,
    string,
    typed,
)

_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))

_RICH_PIECE = typed(
    {
        "text": record({"text": string()}, {"style": _STYLE}),
        "link": record({"url": URL}, {"text": string(), "style": _STYLE, "unsafe": boolean}),
        "emoji": record({"name": string()}, {"unicode": string(), "style": _STYLE, "skin_tone": integer(1, 6)}),
        "user": record({"user_id": string()}, {"style": _STYLE}),
        "usergroup": record({"usergroup_id": string()}, {"style": _STYLE}),
        "channel": record({"channel_id": string()}, {"style": _STYLE}),
        "broadcast": record({"range": one_of("here", "channel", "everyone")}, {"style": _STYLE}),
        "date": record(
            {"timestamp": integer(0), "format": string()}, {"url": URL, "fallback": string(), "style": _STYLE}
        ),
        "color": record({"value": string()}, {"style": _STYLE}),
    }
)

_RICH_PIECES = items(_RICH_PIECE, None)
_BORDER = integer(0, 1)

_RICH_SECTION = record({"elements": _RICH_PIECES})
_RICH_PART = typed(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_preformatted": record({"elements": _RICH_PIECES}, {"border": _BORDER, "language": string()}),
        "rich_text_quote": record({"elements": _RICH_PIECES}, {"border": _BORDER}),
        "rich_text_list": record(
            {
                "style": one_of("bullet", "ordered"),
                "elements": items(typed({"rich_text_section": _RICH_SECTION}), None),
            },
            {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
        ),
    }
)


def _rich_text(block_id: Rule) -> Rule:
    return record({"elements": items(_RICH_PART, None)}, {"block_id": block_id})


_RICH_TEXT_CELL = _rich_text(string(255))

_BLOCK_ID = string(SHORT_ID)
_NAMED: Fields = {"block_id": _BLOCK_ID}


def _text_or_fields(value: object, pointer: str) -> Iterator[Problem]:
    if isinstance(value, dict) and "text" not in value and "fields" not in value:
        yield Problem(pointer, "missing required field: text or fields")


def _nullable(rule: Rule) -> Rule:
    def check(value: object, pointer: str) -> Iterator[Problem]:
        if value is not None:
            yield from rule(value, pointer)

    return check


_SECTION = record(
    {},
    {
        **_NAMED,
        "text": text_object(3_000),
        "fields": items(text_object(2_000), 10),
        "accessory": typed(ACCESSORIES),
        "expand": boolean,
    },
    _text_or_fields,
)
_HEADER = record({"text": plain_text(150)}, {**_NAMED, "level": integer(1, 4)})
_CONTEXT_ELEMENT = typed(
    {
        "image": IMAGE_ELEMENT,
        "mrkdwn": record({"text": string(3_000)}, {"verbatim": boolean}),
        "plain_text": record({"text": string(3_000)}, {"emoji": boolean}),
    }
)
_CONTEXT = record({"elements": items(_CONTEXT_ELEMENT, 10)}, _NAMED)
_ACTIONS = record({"elements": items(typed(ACTIONS_ELEMENTS), 25)}, _NAMED)
_IMAGE = record(
    {"alt_text": string(2_000)},
    {
        **_NAMED,
        "image_url": URL,
        "title": plain_text(2_000),
        "slack_file": SLACK_FILE,
    },
    exactly_one_of("image_url", "slack_file"),
)
_INPUT = record(
    {"label": plain_text(2_000), "element": typed(INPUT_ELEMENTS)},
    {**_NAMED, "hint": plain_text(2_000), "optional": boolean, "dispatch_action": boolean},
)
_MARKDOWN = record({"text": string(12_000)}, _NAMED)
_CELL = typed(
    {
        "raw_text": record({"text": string()}),
        "raw_number": record({"value": number}, {"text": string()}),
        "rich_text": _RICH_TEXT_CELL,
    }
)
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TABLE = record(
    {"rows": items(items(_CELL, 20), 100)},
    {**_NAMED, "column_settings": items(_nullable(_COLUMN), 20)},
)

EVERYWHERE: Mapping[str, Rule] = {
    "section": _SECTION,
    "header": _HEADER,
    "context": _CONTEXT,
    "actions": _ACTIONS,
    "divider": record({}, _NAMED),
    "image": _IMAGE,
    "input": _INPUT,
    "rich_text": _rich_text(_BLOCK_ID),
}
IN_MESSAGES: Mapping[str, Rule] = {**EVERYWHERE, "table": _TABLE, "markdown": _MARKDOWN}
IN_HOME: Mapping[str, Rule] = {**EVERYWHERE, "table": _TABLE}

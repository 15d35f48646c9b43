"""The rich_text block: sections, lists, quotes and preformatted text with styled pieces."""

from __future__ import annotations

from local_slack.validation.objects import URL
from local_slack.validation.rules import (
    Rule,
    boolean,
    integer,
    items,
    one_of,
    record,
    string,
    typed,
)

_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))

_PIECE = typed(
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

_PIECES = items(_PIECE, None)
_BORDER = integer(0, 1)

_SECTION = record({"elements": _PIECES})
_PART = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_preformatted": record({"elements": _PIECES}, {"border": _BORDER, "language": string()}),
        "rich_text_quote": record({"elements": _PIECES}, {"border": _BORDER}),
        "rich_text_list": record(
            {"style": one_of("bullet", "ordered"), "elements": items(typed({"rich_text_section": _SECTION}), None)},
            {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
        ),
    }
)


def rich_text(block_id: Rule) -> Rule:
    return record({"elements": items(_PART, None)}, {"block_id": block_id})


RICH_TEXT_CELL = rich_text(string(255))

"""Draws rich_text blocks as HTML."""

from __future__ import annotations

from markupsafe import Markup, escape

from local_slack.errors import Json
from local_slack.page.mrkdwn import Names, link, plain

_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "underline": "u", "highlight": "mark"}


def rich_text(block: Json, names: Names) -> Markup:
    return Markup("").join(_part(part, names) for part in block["elements"])


def _part(part: Json, names: Names) -> Markup:
    kind = part["type"]
    if kind == "rich_text_list":
        tag = Markup("ol" if part["style"] == "ordered" else "ul")
        rows = (Markup("<li>{}</li>").format(_pieces(item, names)) for item in part["elements"])
        return Markup('<{0} class="indent-{1}">{2}</{0}>').format(tag, part.get("indent", 0), Markup("").join(rows))
    tag = Markup({"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(kind, "p"))
    return Markup("<{0}>{1}</{0}>").format(tag, _pieces(part, names))


def _pieces(part: Json, names: Names) -> Markup:
    return Markup("").join(_piece(piece, names) for piece in part["elements"])


def _piece(piece: Json, names: Names) -> Markup:
    drawn = _bare(piece, names)
    for style, tag in _TAGS.items():
        if piece.get("style", {}).get(style):
            drawn = Markup("<{0}>{1}</{0}>").format(Markup(tag), drawn)
    return drawn


def _bare(piece: Json, names: Names) -> Markup:
    kind = piece["type"]
    if kind == "text":
        return Markup("<br>").join(escape(line) for line in piece["text"].split("\n"))
    if kind == "link":
        return link(piece["url"], piece.get("text", ""))
    if kind == "emoji":
        return plain(f":{piece['name']}:")
    mentioned = _mentioned(piece, names)
    if mentioned is not None:
        return Markup('<span class="mention">{}</span>').format(mentioned)
    return escape(piece.get("fallback") or piece.get("value") or "")


def _mentioned(piece: Json, names: Names) -> str | None:
    match piece["type"]:
        case "user":
            return "@" + names.user(piece["user_id"])
        case "usergroup":
            return "@" + names.group(piece["usergroup_id"])
        case "channel":
            return "#" + names.channel(piece["channel_id"])
        case "broadcast":
            return "@" + str(piece["range"])
    return None

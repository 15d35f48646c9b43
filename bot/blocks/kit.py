"""The pieces every message is made of, and the one place where blocks become JSON within Slack's limits.

slack_sdk's models check single fields when serialised; the limits of a whole message are checked here
(slack-contract.md §5): 50 blocks, one table, a text that notifications and screen readers can use.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    SectionBlock,
)

from bot.message import DrawingError, Message, View
from bot.redaction import redact

MAX_BLOCKS = 50
MAX_MODAL_BLOCKS = 100
MAX_MODAL_TITLE = 24
MAX_MEMORY = 3_000
MAX_TEXT = 4_000
MAX_SECTION = 3_000
# Slack refuses a message whose blocks hold somewhat over 13,000 characters in all; the exact bound is undocumented.
MAX_ALL_TEXT = 12_000
MAX_URL = 3_000
# Names of the fields of blocks that people read.
_READABLE_FIELDS = frozenset({"text", "alt_text", "initial_value"})
# What a cut may leave of an entity, a link or a date: it would show as it is written.
_BROKEN_MARKUP = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)…$")
# Links and dates of the bot's own making: text from outside is escaped, and makes none.
_MARKUP = re.compile(r"(<(?:https?:|[@#!])[^<>]*>)")


def escape(text: str) -> str:
    """Text from outside, safe inside mrkdwn: it shows literally, links nothing and pings nobody.

    Slack reads three characters as control characters; formatting marks are kept literal by a zero-width
    space, and so are ``@`` names that a client might link.
    """
    escaped = _escape_entities(redact(text))
    return "".join(f"\u200b{char}\u200b" if char in "*_~`" else char for char in escaped)


def code(text: str) -> str:
    """Inline code; a backtick inside would end it, so it becomes an apostrophe."""
    return f"`{escape_code(text)}`" if text else ""


def escape_code(text: str) -> str:
    """Text from outside, safe inside a code span or block."""
    return _escape_entities(redact(text)).replace("`", "'")


def link(url: str, label: str) -> str:
    """A link of the bot's own making: the address leads where it leads, whatever a name in it looks like."""
    return f"<{_escape_entities(url)}|{label}>"


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters; what is cut is marked by an ellipsis."""
    text = redact(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """A plain-text table; columns whose index is in ``right`` are set flush right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def preformatted(lines: Sequence[str]) -> list[Block]:
    """Sections of fixed-width lines, as many as the limit of a section asks for. Lines arrive unescaped."""
    chunks = _chunks([escape_code(line) for line in lines], MAX_SECTION - 8)
    return [section(f"```\n{chunk}\n```") for chunk in chunks]


def section(mrkdwn: str) -> SectionBlock:
    """A paragraph; names in it stay text (``verbatim``): Slack links only what is written as a link."""
    return SectionBlock(text=MarkdownTextObject(text=_clip_mrkdwn(mrkdwn, MAX_SECTION), verbatim=True))


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines of mrkdwn in as few sections as the limits allow."""
    return [section(chunk) for chunk in _chunks(lines, MAX_SECTION)]


def header(text: str) -> HeaderBlock:
    """A headline, plain text."""
    return HeaderBlock(text=clip(text, 150))


def context(mrkdwn: str) -> ContextBlock:
    """A small line below."""
    return ContextBlock(elements=[MarkdownTextObject(text=_clip_mrkdwn(mrkdwn, MAX_SECTION), verbatim=True)])


def message(text: str, blocks: Sequence[Block]) -> Message:
    """Serialise; raises Undrawable where a single field is over its limit.

    ``text`` arrives as plain text and is escaped here, so that a name in it pings nobody. Blocks over the limits
    of a whole message are dropped from the end, and a line says so.
    """
    return Message(text=_plain_text(text), blocks=tuple(_fitting_blocks(blocks, MAX_BLOCKS, "message")))


@dataclass(frozen=True, slots=True)
class Form:
    """What makes a modal ask: the word on its button, what is to be filled in, and what comes back with it."""

    submit: str
    inputs: tuple[InputBlock, ...]
    purpose: str
    memory: str


def view(title: str, blocks: Sequence[Block], form: Form | None = None, close: str = "Close") -> View:
    """Serialise a modal; raises Undrawable where a single field is over its limit.

    What is to be filled in is never dropped: blocks above it are, and a line says so.
    """
    inputs = form.inputs if form else ()
    drawn = _fitting_blocks(blocks, MAX_MODAL_BLOCKS - len(inputs), "modal")
    if form and len(form.memory) > MAX_MEMORY:
        raise DrawingError(f"a modal cannot remember {len(form.memory):,} characters")
    return View(
        title=clip(title, MAX_MODAL_TITLE),
        blocks=(*drawn, *map(_as_json, inputs)),
        submit=form.submit if form else "",
        close=close,
        purpose=form.purpose if form else "",
        memory=form.memory if form else "",
    )


def _fitting_blocks(blocks: Sequence[Block], limit: int, surface: str) -> list[dict[str, Any]]:
    """As many of the blocks as fit, and a line about the rest."""
    drawn: list[dict[str, Any]] = []
    used = 0
    for block in blocks:
        as_json = _as_json(block)
        size = _text_size(as_json)
        if len(drawn) == limit - 1 or used + size > MAX_ALL_TEXT:
            hidden = len(blocks) - len(drawn)
            drawn.append(context(f"{hidden} more parts do not fit in one Slack {surface}.").to_dict())
            break
        drawn.append(as_json)
        used += size
    return drawn


def _as_json(block: Block) -> dict[str, Any]:
    try:
        return {name: _redacted(value, name) for name, value in block.to_dict().items()}
    except SlackObjectFormationError as exc:
        raise DrawingError(str(exc)) from exc


def _redacted(node: Any, name: str = "") -> Any:
    """Without secrets in whatever people read, whoever has drawn it; what comes back with a click stays as it is."""
    if isinstance(node, str):
        return redact(node) if name in _READABLE_FIELDS else node
    if isinstance(node, dict):
        if node.get("type") == MarkdownTextObject.type and isinstance(node.get("text"), str):
            return {**node, "text": _redact_mrkdwn(node["text"])}
        return {key: _redacted(value, key) for key, value in node.items()}
    return [_redacted(value, name) for value in node] if isinstance(node, list | tuple) else node


def _plain_text(text: str) -> str:
    """Escaped, and cut where it is too long."""
    return _clip_mrkdwn(_escape_entities(redact(text)), MAX_TEXT)


def _escape_entities(text: str) -> str:
    """Slack's control characters as they are written to be read."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _redact_mrkdwn(mrkdwn: str) -> str:
    """Without secrets in what people read; links lead where they did."""
    pieces = _MARKUP.split(mrkdwn)
    return "".join(piece if _MARKUP.fullmatch(piece) else redact(piece) for piece in pieces)


def _clip_mrkdwn(mrkdwn: str, limit: int) -> str:
    """Clipped, but never inside an entity or a link."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    redacted = _redact_mrkdwn(mrkdwn)
    return redacted if len(redacted) <= limit else _BROKEN_MARKUP.sub("…", redacted[: limit - 1].rstrip() + "…")


def _chunks(lines: Sequence[str], limit: int) -> list[str]:
    chunks: list[str] = []
    for line in lines:
        piece = _clip_mrkdwn(line, limit)
        if chunks and len(chunks[-1]) + 1 + len(piece) <= limit:
            chunks[-1] += "\n" + piece
        else:
            chunks.append(piece)
    return chunks


def _text_size(node: Any) -> int:
    """Characters under every ``text`` key, at any depth."""
    if isinstance(node, dict):
        text = node.get("text")
        size = len(text) if isinstance(text, str) else 0
        return size + sum(_text_size(value) for value in node.values() if not isinstance(value, str))
    if isinstance(node, list):
        return sum(_text_size(value) for value in node)
    return 0

"""Makes the parts of messages. Only here do blocks become JSON, with secrets redacted and within Slack's limits.

slack_sdk's models check single fields when they are serialised. This module also checks the limits of a whole message
(docs/slack-facts.md#limits).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
)

from bot.blocks.dates import in_readers_zone
from bot.message import DrawingError, HomeTab, Message, View
from bot.model.text import plural
from bot.redaction import redact

MAX_BLOCKS = 50
MAX_MODAL_BLOCKS = 100
MAX_HOME_BLOCKS = 100
MAX_MODAL_TITLE = 24
MAX_MEMORY = 3_000
MAX_TEXT = 4_000
MAX_SECTION = 3_000
# Slack refuses a message whose blocks hold more than about 13,000 characters; the exact limit is undocumented.
MAX_ALL_TEXT = 12_000
MAX_URL = 3_000
MAX_ALT_TEXT = 2_000
# The fields of blocks that people read.
_READABLE_FIELDS = frozenset({"text", "alt_text", "initial_value"})
# A part of an HTML entity, a link or a date that clipping may leave at the end. Slack would show its source.
_BROKEN_MARKUP = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)…$")
# Links, mentions and dates. All of them are the bot's own, because text from outside is escaped.
_MARKUP = re.compile(r"(<(?:https?:|[@#!])[^<>]*>)")


def escape(text: str) -> str:
    """A text from outside as mrkdwn. Slack shows the text unchanged, makes no links of it and notifies nobody.
    Secrets are redacted.

    ``&``, ``<`` and ``>``, Slack's control characters, become entities. Zero-width spaces around a formatting
    character keep Slack from applying it.
    """
    escaped = _escape_entities(redact(text))
    return "".join(f"\u200b{char}\u200b" if char in "*_~`" else char for char in escaped)


def code(text: str) -> str:
    """Inline code. A backtick in the text would end the code, so it is replaced by an apostrophe."""
    return f"`{escape_code(text)}`" if text else ""


def escape_code(text: str) -> str:
    """Text from outside, escaped for a code span or code block."""
    return _escape_entities(redact(text)).replace("`", "'")


def link(url: str, label: str) -> str:
    """A link that the bot has made. Secrets in the address stay, because a changed address would lead nowhere."""
    return f"<{_escape_entities(url)}|{label}>"


def clip(text: str, limit: int) -> str:
    """The text without secrets, cut to ``limit`` characters; an ellipsis marks the cut."""
    text = redact(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def preformatted(lines: Sequence[str]) -> list[Block]:
    """Fixed-width lines, in as few blocks as the limit of a paragraph allows. Nothing is escaped, because rich text
    takes no markup. Clients show rich text whole, but may cut off long code in a section."""
    parts = [RichTextElementParts.Text(text=chunk) for chunk in _chunks(lines, MAX_SECTION, clip)]
    return [RichTextBlock(elements=[RichTextPreformattedElement(elements=[part])]) for part in parts]


def section(mrkdwn: str) -> SectionBlock:
    """A paragraph that is never folded behind "Show more"."""
    return SectionBlock(text=_mrkdwn(mrkdwn), expand=True)


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines of mrkdwn, in as few sections as the limits allow."""
    return [section(chunk) for chunk in _chunks(list(map(in_readers_zone, lines)), MAX_SECTION)]


def header(text: str) -> HeaderBlock:
    """A headline in plain text."""
    return HeaderBlock(text=clip(text, 150))


def context(mrkdwn: str) -> ContextBlock:
    """A line in small print."""
    return ContextBlock(elements=[_mrkdwn(mrkdwn)])


def _mrkdwn(text: str) -> MarkdownTextObject:
    """The text as a mrkdwn object, cut to the limit, with moments in the reader's time zone. ``verbatim`` keeps Slack
    from turning bare names and addresses into links."""
    return MarkdownTextObject(text=_clip_mrkdwn(in_readers_zone(text), MAX_SECTION), verbatim=True)


def message(text: str, blocks: Sequence[Block]) -> Message:
    """The message as JSON. Raises DrawingError if a single field exceeds its limit.

    ``text`` is plain text and is escaped here, so that a name in it pings nobody. Blocks beyond the limits of a whole
    message are left out, and a line says how many.
    """
    return Message(text=_plain_text(text), blocks=tuple(_fitting_blocks(blocks, MAX_BLOCKS, "message")))


@dataclass(frozen=True, slots=True)
class Form:
    """The parts that make a modal a form: the label of the submit button, the fields, the callback id and the
    metadata."""

    submit: str
    inputs: tuple[InputBlock, ...]
    purpose: str
    memory: str


def view(title: str, blocks: Sequence[Block], form: Form | None = None, close: str = "Close") -> View:
    """The modal as JSON. Raises DrawingError if a single field or the metadata exceeds its limit.

    The fields to fill in always fit. Blocks above them may be left out, and a line says how many.
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


def home(blocks: Sequence[Block]) -> HomeTab:
    """The Home tab as JSON. Raises DrawingError if a single field exceeds its limit. Blocks that do not fit are left
    out, and a line says how many."""
    return HomeTab(tuple(_fitting_blocks(blocks, MAX_HOME_BLOCKS, "Home tab")))


def _fitting_blocks(blocks: Sequence[Block], limit: int, surface: str) -> list[dict[str, Any]]:
    """As many blocks as fit, as JSON, and a line that says how many do not."""
    drawn: list[dict[str, Any]] = []
    used = 0
    for block in blocks:
        as_json = _as_json(block)
        size, hidden = _text_size(as_json), len(blocks) - len(drawn)
        # The last place is for the line that says how many do not fit, if more than one block is left.
        if (len(drawn) == limit - 1 and hidden > 1) or used + size > MAX_ALL_TEXT:
            verb = "does" if hidden == 1 else "do"
            what = f"{plural(hidden, 'more part')} {verb} not fit in one Slack {surface}"
            drawn.append(context(f"{what}: name one cluster or customer to see less at once.").to_dict())
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
    """The node with secrets redacted in the fields that people read. Values that Slack sends back with a click
    stay."""
    if isinstance(node, str):
        return redact(node) if name in _READABLE_FIELDS else node
    if isinstance(node, dict):
        if node.get("type") == MarkdownTextObject.type and isinstance(node.get("text"), str):
            return {**node, "text": _redact_mrkdwn(node["text"])}
        return {key: _redacted(value, key) for key, value in node.items()}
    return [_redacted(value, name) for value in node] if isinstance(node, list | tuple) else node


def _plain_text(text: str) -> str:
    """The text escaped, without secrets, and cut to the limit of a message's text."""
    return _clip_mrkdwn(_escape_entities(redact(text)), MAX_TEXT)


def _escape_entities(text: str) -> str:
    """Slack's three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _redact_mrkdwn(mrkdwn: str) -> str:
    """The text with secrets redacted, except in links and dates."""
    pieces = _MARKUP.split(mrkdwn)
    return "".join(piece if _MARKUP.fullmatch(piece) else redact(piece) for piece in pieces)


def _clip_mrkdwn(mrkdwn: str, limit: int) -> str:
    """The text cut to ``limit``, but never inside an entity, a link or a date."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    redacted = _redact_mrkdwn(mrkdwn)
    return redacted if len(redacted) <= limit else _BROKEN_MARKUP.sub("…", redacted[: limit - 1].rstrip() + "…")


def _chunks(lines: Sequence[str], limit: int, cut: Callable[[str, int], str] = _clip_mrkdwn) -> list[str]:
    chunks: list[str] = []
    for line in lines:
        piece = cut(line, limit)
        if chunks and len(chunks[-1]) + 1 + len(piece) <= limit:
            chunks[-1] += "\n" + piece
        else:
            chunks.append(piece)
    return chunks


def _text_size(node: Any) -> int:
    """The number of characters in all fields named ``text``, at any depth."""
    if isinstance(node, dict):
        text = node.get("text")
        size = len(text) if isinstance(text, str) else 0
        return size + sum(_text_size(value) for value in node.values() if not isinstance(value, str))
    if isinstance(node, list):
        return sum(_text_size(value) for value in node)
    return 0

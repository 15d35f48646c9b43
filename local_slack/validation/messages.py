"""Validates messages: text, blocks, attachments and metadata of whatever is posted or edited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local_slack.errors import Json, Problem, SlackError
from local_slack.validation.blocks import IN_MESSAGES
from local_slack.validation.rules import items, typed
from local_slack.validation.surface import (
    BLOCKS_TEXT,
    markdown_text,
    table_text,
    tables,
    text_length,
    unique_ids,
)
from local_slack.workspace.messages import Draft

ATTACHMENTS = 100
METADATA_BYTES = 8_000
"""Slack documents no limit; this one finds oversized metadata early."""

_BLOCKS = items(typed(IN_MESSAGES), 50, least=0)


@dataclass(frozen=True)
class MessageArguments:
    """A message as the app sent it, not yet validated. Text longer than `text_limit` is refused; if that is None, the
    text is cut instead."""

    text: Any = None
    blocks: Any = None
    attachments: Any = None
    metadata: Any = None
    markdown_text: Any = None
    text_limit: int | None = None


def check_message(given: MessageArguments) -> Draft:
    """Returns the message to store. Raises SlackError with Slack's code for an invalid message."""
    draft = check_edit(given)
    if not (draft.text or draft.blocks or draft.attachments):
        raise SlackError("no_text")
    return draft


def check_edit(given: MessageArguments) -> Draft:
    """Validates the parts that an edit names, which may be the metadata alone."""
    text = _text(given)
    blocks = _blocks(given.blocks)
    attachments = _attachments(given.attachments)
    if given.markdown_text is not None:
        blocks = _from_markdown(given)
    below = [block for attachment in attachments for block in attachment.get("blocks") or ()]
    if len([block for block in (*blocks, *below) if block["type"] == "table"]) > 1:
        raise SlackError("invalid_attachments", [Problem("/attachments", "only_one_table_allowed")])
    return Draft(text, tuple(blocks), tuple(attachments), _metadata(given.metadata))


def _text(given: MessageArguments) -> str:
    text = "" if given.text is None else given.text
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", [Problem("/text", "must provide a string")])
    if given.text_limit is not None and len(text) > given.text_limit:
        raise SlackError("msg_too_long")
    return text


def _blocks(given: Any) -> list[Json]:
    blocks = parsed(given, "invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = _problems(blocks, "/blocks")
    if problems:
        raise SlackError("invalid_blocks", problems)
    _check_tables(blocks)
    if text_length([block for block in blocks if block["type"] != "table"]) > BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return blocks


def _problems(blocks: Any, pointer: str) -> list[Problem]:
    return list(_BLOCKS(blocks, pointer)) or [*unique_ids(blocks, pointer), *markdown_text(blocks, pointer)]


def _check_tables(blocks: list[Json]) -> None:
    places = tables(blocks)
    if len(places) > 1:
        raise SlackError("invalid_attachments", [Problem(f"/blocks/{places[1]}", "only_one_table_allowed")])
    too_long = list(table_text(blocks, "/blocks"))
    if too_long:
        raise SlackError("invalid_blocks", too_long)


def _attachments(given: Any) -> list[Json]:
    attachments = parsed(given, "invalid_attachments")
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for number, attachment in enumerate(attachments):
        if attachment.get("blocks") is not None:
            _check_blocks_of(attachment["blocks"], f"/attachments/{number}/blocks")
    return attachments


def _check_blocks_of(blocks: Any, pointer: str) -> None:
    """Checks the blocks of an attachment, which follow the same rules as all blocks."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_attachments", [Problem(pointer, "must provide an array")])
    problems = _problems(blocks, pointer)
    if problems:
        raise SlackError("invalid_attachments", problems)


def _from_markdown(given: MessageArguments) -> list[Json]:
    if given.text or given.blocks:
        raise SlackError("markdown_text_conflict")
    return _blocks([{"type": "markdown", "text": given.markdown_text}])


def _metadata(given: Any) -> Json | None:
    metadata = parsed(given, "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}


def parsed(value: Any, error: str) -> Any:
    """Parses an argument: a form has it as JSON text, and a JSON request as the value itself. Raises SlackError with
    the code `error` if the text is not JSON."""
    if not isinstance(value, str) or not value:
        return value or None if isinstance(value, str) else value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as exc:
        raise SlackError(error) from exc


def apply_edit(old: Draft, given: MessageArguments) -> Draft:
    """Returns the edited message. Raises SlackError if it would be empty, or if a part of it is invalid.

    An edit with text but without blocks or attachments removes those. An edit without text keeps every part that it
    does not name. Metadata stays until an edit names it (https://docs.slack.dev/reference/methods/chat.update).
    """
    named = (given.text, given.blocks, given.attachments, given.metadata, given.markdown_text)
    if not any(_is_named(value) for value in named):
        raise SlackError("no_text")
    new = check_edit(given)
    by_text = bool(given.text) or _is_named(given.markdown_text)
    edited = Draft(
        new.text if by_text else old.text,
        new.blocks if by_text or _is_named(given.blocks) else old.blocks,
        new.attachments if by_text or _is_named(given.attachments) else old.attachments,
        new.metadata if _is_named(given.metadata) else old.metadata,
        old.files,
    )
    if not (edited.text or edited.blocks or edited.attachments or edited.files):
        raise SlackError("no_text")
    return edited


def shows_edited(given: Json) -> bool:
    """Whether Slack marks the message as edited. It does so when the edit names the text, and not when it names
    blocks alone."""
    return bool(given.get("text") or given.get("markdown_text"))


def _is_named(value: object) -> bool:
    return value is not None and value != ""

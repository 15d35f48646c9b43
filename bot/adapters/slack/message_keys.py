"""Where the key of a message is: in Slack's message metadata or, for a shared file, which has no metadata, in the
file's name."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from bot.message import Document

EVENT_TYPE = "backfill_bot"
FINGERPRINT = 12


def metadata(key: str) -> dict[str, Any]:
    """The metadata of a message with this key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def with_key(document: Document, key: str) -> Document:
    """The document with the key in its file name: ``operations-log-2026-02-22.1f0c….md``."""
    path = PurePosixPath(document.name)
    return Document(f"{path.stem}.{_fingerprint(key)}{path.suffix}", document.title, document.text)


def carries(key: str, message: Mapping[str, Any]) -> bool:
    """Whether the message has this key."""
    files = message.get("files")
    names = [str(file.get("name")) for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return _key(message) == key or any(_fingerprint(key) in name.split(".") for name in names)


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:FINGERPRINT]


def _key(message: Mapping[str, Any]) -> str | None:
    """The key in the metadata of one of the bot's messages; None for others."""
    data = message.get("metadata")
    if not isinstance(data, dict) or data.get("event_type") != EVENT_TYPE:
        return None
    payload = data.get("event_payload")
    key = payload.get("key") if isinstance(payload, dict) else None
    return key if isinstance(key, str) else None

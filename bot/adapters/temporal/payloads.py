"""Reads payloads: arguments of runs, hints from search attributes and memos, and details of heartbeats. Unreadable
data raises no error.

Also writes JSON values as payloads that workers in any language can read.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import History
from temporalio.converter import PayloadConverter

from bot.model.execution import ENCRYPTED
from bot.redaction import redact
from bot.wellformed import well_formed

# The journal compares details only for equality, so a digest replaces longer ones.
LONGEST_DETAILS = 4_000
JSON_ENCODINGS = frozenset({b"json/plain", b"json/protobuf"})
# The encodings that the SDKs write by themselves. Only a codec writes any other encoding.
PLAIN_ENCODINGS = JSON_ENCODINGS | {b"binary/null", b"binary/plain", b"binary/protobuf"}
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
# SDKs send one of these values for a heartbeat without details; TypeScript's ``heartbeat()`` sends null.
_NOTHING: tuple[JsonValue, ...] = (None, "", [], {})


def arguments(history: History) -> tuple[JsonValue, ...]:
    """The arguments in the first event of a history; empty if the history has no such event."""
    return tuple(map(json_or_none, argument_payloads(history)))


def argument_payloads(history: History) -> Sequence[Payload]:
    """The arguments in the first event of a history, as payloads that are still to be decoded."""
    for event in history.events:
        return event.workflow_execution_started_event_attributes.input.payloads
    return ()


def hints(*sources: Mapping[str, Payload]) -> dict[str, str]:
    """The fields that can be read, as texts by name. The texts are unchanged, because the bot reads names and days
    from them. If two sources have the same field, the first source wins."""
    texts: dict[str, str] = {}
    for source in sources:
        for name, payload in source.items():
            text = _text(payload)
            if text is not None:
                texts.setdefault(well_formed(name), text)
    return texts


def plain(value: object) -> Payload:
    """A JSON value as a payload."""
    return PayloadConverter.default.to_payload(value)


def details(payloads: Sequence[Payload]) -> str:
    """Heartbeat details as canonical JSON: the value itself if there is one, a list if there are several; "" if all
    values are empty."""
    values = [_value_or_stand_in(payload) for payload in payloads]
    if all(value in _NOTHING for value in values):
        return ""
    whole = canonical(values[0] if len(values) == 1 else values)
    if len(whole) > LONGEST_DETAILS:
        return canonical(f"too long to show: {digest(well_formed(whole).encode())}")
    text = redact(well_formed(whole))
    return text if len(text) <= LONGEST_DETAILS else canonical(f"too long to show: {digest(text.encode())}")


def json_or_none(payload: Payload) -> JsonValue:
    """The value of a payload, with well-formed texts; None for null, and for a payload that cannot be read."""
    try:
        value: JsonValue = json.loads(well_formed(json.dumps(_value(payload), ensure_ascii=False)))
    except (ValueError, RecursionError):
        return None
    return value


def is_encrypted(payload: Payload) -> bool:
    """Whether only a codec can read this payload."""
    return payload.metadata.get("encoding", b"") not in PLAIN_ENCODINGS


def is_null(payload: Payload) -> bool:
    """Whether the payload holds null, in any of the forms in which workers write it."""
    return payload.metadata.get("encoding", b"") == b"binary/null" or payload.data.strip() == b"null"


def canonical(value: Any) -> str:
    """The value as JSON text. Two texts are equal exactly when the values are."""
    return _CANONICAL.encode(value)


def digest(data: bytes) -> str:
    """A short fingerprint, to stand for bytes that are not shown."""
    return f"sha256 {hashlib.sha256(data).hexdigest()[:16]}"


def _text(payload: Payload) -> str | None:
    """The value as text: a string unchanged, a list with a single element as that element, and anything else as JSON.
    None for null and for an unreadable payload."""
    try:
        value = _value(payload)
    except ValueError:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return None
    return well_formed(value if isinstance(value, str) else canonical(value))


def _value_or_stand_in(payload: Payload) -> Any:
    if is_encrypted(payload):
        return ENCRYPTED
    try:
        return _value(payload)
    except ValueError:
        return f"not readable: {digest(payload.data)}"


def _value(payload: Payload) -> Any:
    """The value that the payload holds, decoded from JSON; None for null. Raises ValueError for an encrypted,
    compressed, binary or broken payload."""
    encoding = payload.metadata.get("encoding", b"")
    if encoding == b"binary/null":
        return None
    if encoding not in JSON_ENCODINGS:
        raise ValueError(f"cannot read a payload of encoding {encoding!r}")
    try:
        return json.loads(payload.data)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc

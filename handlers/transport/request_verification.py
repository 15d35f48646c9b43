"""Verifies and parses one HTTP request of Slack's. The signature is verified first; only Slack's short check of the
TLS certificate is recognised without it.

Bolt's own parser is not used: it loses every command that merely contains the word "payload"
(docs/decisions/http-mode.md).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
RETRY_NUMBER, RETRY_REASON = "X-Slack-Retry-Num", "X-Slack-Retry-Reason"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

# Slack's own payloads have about ten levels and about fifteen fields.
DEEPEST = 100
MOST_FIELDS = 1_000
LONGEST_SSL_CHECK = 1_000

# Slack's exact forms: int() would accept more, and compare_digest() would raise for some other texts.
_SECONDS = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"v0=[0-9a-f]{64}")

# The types that Bolt expects of these fields when it reads them before any listener is called.
OBJECTS = ("channel", "container", "enterprise", "event", "message", "state", "team", "user", "view")
LISTS_OF_OBJECTS = ("actions", "authorizations", "response_urls")
TEXTS = ("action_id", "callback_id", "command", "response_url", "type")


class RequestRejected(Exception):
    """The request is answered with ``status``; the text is only logged."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def bolt_request(raw: bytes, headers: Mapping[str, str], verifier: SignatureVerifier) -> AsyncBoltRequest:
    """Verify and parse a request for Bolt. Raises RequestRejected, or Bolt's own errors about odd bodies."""
    verify(raw, headers, verifier)
    payload = parse_body(raw, headers.get("Content-Type", ""))
    if not _has_expected_types(payload):
        raise RequestRejected(400, "nothing that Slack sends")
    retry_headers: dict[str, str | Sequence[str]] = {
        name: headers[name] for name in (RETRY_NUMBER, RETRY_REASON) if name in headers
    }
    # In this mode Bolt accepts a body that is parsed, and does not verify the signature again.
    return AsyncBoltRequest(body=payload, headers=retry_headers, mode="socket_mode")


def verify(raw: bytes, headers: Mapping[str, str], verifier: SignatureVerifier) -> None:
    """Raises RequestRejected unless Slack has signed the request within 5 minutes of now
    (docs/slack-facts.md#http-mode)."""
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not _SECONDS.fullmatch(timestamp) or not _DIGEST.fullmatch(signature):
        raise RequestRejected(401, "not signed")
    try:
        is_valid = verifier.is_valid(raw, timestamp, signature)
    except UnicodeDecodeError as exc:
        raise RequestRejected(401, "not text") from exc
    if not is_valid:
        raise RequestRejected(401, "signature wrong or too old")


def parse_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """The payload of a command, an interaction or an event. Raises RequestRejected."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON:
        return _object(raw)
    if kind != FORM:
        raise RequestRejected(415, "neither a form nor JSON")
    fields = _fields(raw)
    return _object(fields["payload"]) if "payload" in fields else fields


def is_ssl_check(raw: bytes) -> bool:
    """Whether this is Slack's check of the TLS certificate. Such a request may be unsigned, and needs no answer but
    the status."""
    if len(raw) > LONGEST_SSL_CHECK:
        return False
    try:
        fields = _fields(raw)
    except RequestRejected:
        return False
    return fields.get("ssl_check") == "1" and fields.keys() <= {"ssl_check", "token"}


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as exc:
        raise RequestRejected(400, "not a form") from exc


def _object(text: bytes | str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise RequestRejected(400, "not JSON") from exc
    if not isinstance(payload, dict) or not _is_shallow(payload):
        raise RequestRejected(400, "not an object of Slack's")
    return payload


def _has_expected_types(payload: Mapping[str, Any]) -> bool:
    lists = [payload[name] for name in LISTS_OF_OBJECTS if name in payload]
    objects = [payload[name] for name in OBJECTS if payload.get(name) is not None]
    texts = [payload[name] for name in TEXTS if name in payload]
    return (
        payload.get("actions") != []
        and all(isinstance(value, list) for value in lists)
        and all(isinstance(value, dict) for value in (*objects, *chain.from_iterable(lists)))
        and all(isinstance(value, str) for value in texts)
    )


def _is_shallow(payload: dict[str, Any]) -> bool:
    """Whether the payload has at most ``DEEPEST`` levels, so that later code may walk it recursively."""
    level: list[Any] = [payload]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return True
    return False


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()

"""One HTTP request: whether Slack has sent it, and what it says, which is not read before its signature holds.

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

# Slack's own payloads are some ten levels deep and have some fifteen fields.
DEEPEST = 100
MOST_FIELDS = 1_000
LONGEST_SSL_CHECK = 1_000

# int() and compare_digest() would take, or stumble over, more than Slack ever sends.
_SECONDS = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"v0=[0-9a-f]{64}")

# What Bolt looks into before any listener is asked, expecting nothing else.
OBJECTS = ("channel", "container", "enterprise", "event", "message", "state", "team", "user", "view")
LISTS_OF_OBJECTS = ("actions", "authorizations", "response_urls")
TEXTS = ("action_id", "callback_id", "command", "response_url", "type")


class RequestRejected(Exception):
    """The request goes no further: ``status`` is its answer, the text is for the log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def bolt_request(raw: bytes, headers: Mapping[str, str], verifier: SignatureVerifier) -> AsyncBoltRequest:
    """The request for Bolt, which checks no signature again. Raises NotTaken, or what Bolt raises over odd bodies."""
    verify(raw, headers, verifier)
    said = body(raw, headers.get("Content-Type", ""))
    if not _is_formed(said):
        raise RequestRejected(400, "nothing that Slack sends")
    kept: dict[str, str | Sequence[str]] = {
        name: headers[name] for name in (RETRY_NUMBER, RETRY_REASON) if name in headers
    }
    # In this mode Bolt takes a body that has been read and verified.
    return AsyncBoltRequest(body=said, headers=kept, mode="socket_mode")


def verify(raw: bytes, headers: Mapping[str, str], verifier: SignatureVerifier) -> None:
    """Return when the signature is Slack's and at most 5 minutes old (slack-contract.md §3); raises NotTaken."""
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not _SECONDS.fullmatch(timestamp) or not _DIGEST.fullmatch(signature):
        raise RequestRejected(401, "not signed")
    try:
        is_valid = verifier.is_valid(raw, timestamp, signature)
    except UnicodeDecodeError as exc:
        raise RequestRejected(401, "not text") from exc
    if not is_valid:
        raise RequestRejected(401, "signature wrong or too old")


def body(raw: bytes, content_type: str) -> dict[str, Any]:
    """What a command, an interaction or an event says. Raises NotTaken."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON:
        return _object(raw)
    if kind != FORM:
        raise RequestRejected(415, "neither a form nor JSON")
    fields = _fields(raw)
    return _object(fields["payload"]) if "payload" in fields else fields


def is_ssl_check(raw: bytes) -> bool:
    """Slack's look at the certificate, which asks for nothing and may come unsigned."""
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
        said = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise RequestRejected(400, "not JSON") from exc
    if not isinstance(said, dict) or not _is_shallow(said):
        raise RequestRejected(400, "not an object of Slack's")
    return said


def _is_formed(said: Mapping[str, Any]) -> bool:
    lists = [said[name] for name in LISTS_OF_OBJECTS if name in said]
    objects = [said[name] for name in OBJECTS if said.get(name) is not None]
    texts = [said[name] for name in TEXTS if name in said]
    return (
        said.get("actions") != []
        and all(isinstance(value, list) for value in lists)
        and all(isinstance(one, dict) for one in (*objects, *chain.from_iterable(lists)))
        and all(isinstance(value, str) for value in texts)
    )


def _is_shallow(said: dict[str, Any]) -> bool:
    """Whether whatever looks through it later may do so recursively."""
    level: list[Any] = [said]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()

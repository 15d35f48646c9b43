"""Deliveries by signed HTTP requests to one URL; the response is the ack."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from local_slack.delivery.deliveries import Delivery, DeliveryError, DeliveryKind
from local_slack.faults.active import Faults
from local_slack.faults.kinds import (
    BadSignature,
    ClockSkew,
    Duplicate,
    RetryHeaders,
)
from local_slack.workspace import Workspace
from local_slack.workspace.ids import new_id


def signed(body: bytes, secret: str, timestamp: int) -> dict[str, str]:
    """Returns the headers that sign this body at this Unix time.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    digest = hmac.new(secret.encode(), b"v0:%d:%s" % (timestamp, body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class HttpTransport:
    def __init__(self, ws: Workspace, faults: Faults, request_url: str) -> None:
        self._ws = ws
        self._faults = faults
        self.request_url = request_url

    async def send(self, delivery: Delivery) -> None:
        body, kind = _body(delivery)
        headers = self._headers(delivery, body) | {"Content-Type": kind}
        delivery.copies = 1
        if twice := self._faults.strike(Duplicate):
            delivery.copies = 2
            delivery.faults.append(twice.fault)
        try:
            async with asyncio.timeout(self._ws.timings.ack), aiohttp.ClientSession() as http:
                first, *_ = await asyncio.gather(*(self._post(http, body, headers) for _ in range(delivery.copies)))
                _record_response(delivery, *first)
        except TimeoutError:
            delivery.error = DeliveryError.TIMEOUT
        except aiohttp.ClientError:
            delivery.error = DeliveryError.DISPATCH

    def retry_reason(self, delivery: Delivery) -> str:
        if delivery.error is DeliveryError.TIMEOUT:
            return "http_timeout"
        return "connection_failed" if delivery.http_status is None else "http_error"

    async def is_verified(self) -> bool:
        """Whether this URL answers Slack's url_verification challenge."""
        challenge = new_id("challenge")
        body = json.dumps({"type": "url_verification", "challenge": challenge, "token": "deprecated"}).encode()
        headers = signed(body, self._ws.seed.signing_secret, int(time.time())) | {"Content-Type": JSON}
        try:
            async with asyncio.timeout(self._ws.timings.ack), aiohttp.ClientSession() as http:
                status, answer, _ = await self._post(http, body, headers)
        except (TimeoutError, aiohttp.ClientError):
            return False
        return status == 200 and answer in (challenge, {"challenge": challenge})

    def _headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        secret, timestamp = self._ws.seed.signing_secret, int(time.time())
        retry = (delivery.retry_attempt, delivery.retry_reason)
        if skew := self._faults.strike(ClockSkew):
            timestamp += skew.seconds
            delivery.faults.append(skew.fault)
        if wrong := self._faults.strike(BadSignature):
            secret += " of another app"
            delivery.faults.append(wrong.fault)
        if again := self._faults.strike(RetryHeaders):
            retry = (again.number, again.reason)
            delivery.faults.append(again.fault)
        retry_headers = {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]} if retry[0] else {}
        return signed(body, secret, timestamp) | retry_headers

    async def _post(
        self, http: aiohttp.ClientSession, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Any, bool]:
        """Returns the status, the parsed response body, and whether the app wants no retry."""
        async with http.post(self.request_url, data=body, headers=headers, allow_redirects=False) as answer:
            text = await answer.text()
            return answer.status, _read(text, answer.content_type), answer.headers.get("X-Slack-No-Retry") == "1"


def _record_response(delivery: Delivery, status: int, answer: Any, is_last: bool) -> None:
    delivery.http_status, delivery.is_last = status, is_last
    if status == 200:
        delivery.ack, delivery.acked = answer, True
    else:
        delivery.error = DeliveryError.DISPATCH


def _body(delivery: Delivery) -> tuple[bytes, str]:
    """The request body and its content type. A command is sent as a form, an interaction as a form with one field,
    and an event as JSON."""
    if delivery.kind is DeliveryKind.SLASH:
        return urlencode(delivery.payload).encode(), FORM
    serialized = json.dumps(delivery.payload)
    if delivery.kind is DeliveryKind.INTERACTIVE:
        return urlencode({"payload": serialized}).encode(), FORM
    return serialized.encode(), JSON


def _read(text: str, kind: str) -> Any:
    """Parses the ack: None when empty, JSON when it is JSON, the text otherwise."""
    if kind != JSON:
        return text or None
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return text

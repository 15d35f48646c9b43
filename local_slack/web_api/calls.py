"""Runs a call of the Web API or of a response_url under faults and rate limits, and logs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from local_slack.errors import Json
from local_slack.faults.active import Faults
from local_slack.faults.kinds import (
    ApiErrorFault,
    CallFault,
    HttpError,
    LateEffect,
    LostReply,
    RateLimited,
    Slow,
)
from local_slack.logs import Call, Calls
from local_slack.web_api.rate_limits import RateLimits
from local_slack.workspace.ids import Clock

Work = Callable[[], Awaitable["Reply"]]


@dataclass(frozen=True)
class Reply:
    """A response: JSON or text. Text is sent as HTML if the status is 500 or more, and as plain text otherwise."""

    body: Json | str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    def response(self) -> web.Response:
        headers = dict(self.headers)
        if isinstance(self.body, str):
            kind = "text/html" if self.status >= 500 else "text/plain"
            return web.Response(text=self.body, status=self.status, headers=headers, content_type=kind)
        return web.json_response(self.body, status=self.status, headers=headers)


@dataclass(frozen=True)
class Invocation:
    """A call: its method and its arguments. ``channels`` has the id and the name of the channel that the call
    names. If there is no such channel, ``channels`` has only what the call gave as the channel."""

    method: str
    arguments: Json
    channels: frozenset[str]


class CallRunner:
    """Applies faults and rate limits around a call, and writes the log of calls."""

    def __init__(self, faults: Faults, calls: Calls, clock: Clock, rate_limits: RateLimits) -> None:
        self._faults = faults
        self._rate_limits = rate_limits
        self._calls = calls
        self._clock = clock

    async def run(self, request: web.Request, invocation: Invocation, work: Work) -> web.Response:
        at, begun = self._clock(), time.monotonic()
        fault = self._faults.strike_call(invocation.method, invocation.channels)
        if isinstance(fault, LateEffect):
            await _wait_until_client_gives_up(request)
            await asyncio.sleep(fault.seconds)
        refused = _refusal(fault) or self._over_limit(invocation)
        reply = refused if refused is not None else await work()
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, LostReply):
            reply = _lost_reply(fault, reply)
        closed = isinstance(fault, LateEffect) or (isinstance(fault, LostReply) and fault.answer == "closed")
        self._calls.add(
            Call(
                invocation.method,
                invocation.arguments,
                at.isoformat(),
                None if closed else reply.status,
                reply.body,
                round((time.monotonic() - begun) * 1000, 3),
                fault.fault if fault else None,
            )
        )
        if closed and request.transport is not None:
            request.transport.abort()
        return reply.response()

    def _over_limit(self, invocation: Invocation) -> Reply | None:
        # The same for a channel's id and for its name, so that an app cannot evade the limit by mixing them.
        channel = min(invocation.channels, default="")
        retry_after = self._rate_limits.refuse(invocation.method, channel)
        return None if retry_after is None else _rate_limited(retry_after)


async def _wait_until_client_gives_up(request: web.Request) -> None:
    """Waits until the client closes the connection."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110  (aiohttp has no event for it)
        await asyncio.sleep(0.02)


def _refusal(fault: CallFault | None) -> Reply | None:
    """The reply of a fault that keeps the call from happening; None for every other fault."""
    if isinstance(fault, RateLimited):
        return _rate_limited(fault.retry_after)
    if isinstance(fault, HttpError):
        return _error_page(fault.status)
    if isinstance(fault, ApiErrorFault):
        return Reply({"ok": False, "error": fault.code})
    return None


def _rate_limited(retry_after: int) -> Reply:
    return Reply({"ok": False, "error": "ratelimited"}, 429, (("Retry-After", str(retry_after)),))


def _lost_reply(fault: LostReply, reply: Reply) -> Reply:
    """The reply under a LostReply fault. If the fault closes the connection, this is the real reply, for the log
    alone. Otherwise it is the error that the app gets instead. The call has taken effect in either case."""
    if fault.answer == "closed":
        return reply
    if fault.answer == "http_error":
        return _error_page(502)
    return Reply({"ok": False, "error": fault.answer})


def _error_page(status: int) -> Reply:
    return Reply(f"<html><body><h1>{status}</h1></body></html>", status)

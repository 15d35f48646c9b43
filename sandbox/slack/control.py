"""The control API under /_control/: drives this Slack from tests and benchmarks (docs/local-slack.md)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.slack.calls import Calls
from sandbox.slack.deliveries import Deliveries
from sandbox.slack.doings import Doings
from sandbox.slack.errors import ControlError, Json
from sandbox.slack.faults import Abort, Disconnect, Faults, parse_fault
from sandbox.slack.message_views import to_control
from sandbox.slack.messages import Message
from sandbox.slack.payloads import Who
from sandbox.slack.people import Conversation
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.workspace import Workspace

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CommandRequest(_Request):
    user: str
    channel: str
    text: str


class ClickRequest(_Request):
    user: str
    channel: str
    message_ts: str
    action_id: Annotated[str, Field(min_length=1)]
    value: str | None = None


class EventRequest(_Request):
    event: Json


class ResetRequest(_Request):
    messages: bool = False


_Body = TypeVar("_Body", bound=_Request)


@web.middleware
async def control_errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Every refusal under /_control/ is one sentence of JSON."""
    if not request.path.startswith("/_control/"):
        return await handler(request)
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": error.sentence}, status=error.status)
    except web.HTTPException as error:
        if error.status not in (404, 405):
            raise
        sentence = f"there is no {request.method} {request.path}"
        return web.json_response({"error": sentence}, status=error.status)


@dataclass(frozen=True)
class Control:
    ws: Workspace
    doings: Doings
    deliveries: Deliveries
    calls: Calls
    faults: Faults
    sockets: SocketMode

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/command", self.command),
            web.post("/_control/click", self.click),
            web.post("/_control/event", self.event),
            web.get("/_control/messages", self.messages),
            web.get("/_control/calls", self.called),
            web.get("/_control/deliveries", self.delivered),
            web.get("/_control/faults", self.listed_faults),
            web.post("/_control/faults", self.add_fault),
            web.post("/_control/reset", self.reset),
        ]

    async def command(self, request: web.Request) -> web.Response:
        asked = await _body(request, CommandRequest)
        delivery = await self.doings.command(self._who(asked.user, asked.channel), asked.text)
        return web.json_response(delivery.to_json())

    async def click(self, request: web.Request) -> web.Response:
        asked = await _body(request, ClickRequest)
        who = self._who(asked.user, asked.channel)
        message = self._message(who.channel, asked.message_ts)
        if message.deleted or message.place.ephemeral_to not in (None, who.user.id):
            raise ControlError(f"{who.user.name} does not see a message {asked.message_ts}", 404)
        delivery = await self.doings.click(who, message, asked.action_id, asked.value)
        return web.json_response(delivery.to_json())

    async def event(self, request: web.Request) -> web.Response:
        asked = await _body(request, EventRequest)
        if not isinstance(asked.event.get("type"), str):
            raise ControlError("event.type: must be a string")
        return web.json_response({"payload": self.doings.event(asked.event)})

    async def messages(self, request: web.Request) -> web.Response:
        channel = self._channel(request.query.get("channel", ""))
        thread_ts = request.query.get("thread_ts")
        if thread_ts:
            found = self.ws.messages.thread(self._message(channel, thread_ts))
        else:
            found = [m for m in self.ws.messages.of(channel.id) if m.in_channel]
        shown = [to_control(message, self.ws.messages, self.ws.seed) for message in found]
        return web.json_response({"messages": shown})

    async def called(self, request: web.Request) -> web.Response:
        return web.json_response(self.calls.since(_since(request)))

    async def delivered(self, request: web.Request) -> web.Response:
        return web.json_response(self.deliveries.since(_since(request)))

    async def listed_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self.faults.listed()})

    async def add_fault(self, request: web.Request) -> web.Response:
        fault = parse_fault(await _json(request))
        if isinstance(fault, Disconnect):
            return web.json_response({"sockets": await self.sockets.disconnect(fault.reason)})
        if isinstance(fault, Abort):
            return web.json_response({"sockets": self.sockets.abort()})
        self.faults.add(fault)
        return web.json_response({"faults": self.faults.listed()})

    async def reset(self, request: web.Request) -> web.Response:
        asked = await _body(request, ResetRequest)
        self.faults.clear()
        self.calls.clear()
        self.deliveries.clear()
        if asked.messages:
            self.ws.messages.clear()
            self.ws.views.clear()
        return web.json_response({"ok": True})

    def _who(self, user: str, channel: str) -> Who:
        found = self.ws.directory.user(user)
        if found is None or found.is_bot:
            names = ", ".join(known.name for known in self.ws.seed.users)
            raise ControlError(f"there is no user {user!r}; there are: {names}", 404)
        return Who(found, self._channel(channel))

    def _channel(self, ref: str) -> Conversation:
        found = self.ws.directory.conversation(ref)
        if found is None:
            names = ", ".join(name for _, name in self.ws.seed.channels)
            raise ControlError(f"there is no channel {ref!r}; there are: {names}", 404)
        return found

    def _message(self, channel: Conversation, ts: str) -> Message:
        message = self.ws.messages.find(channel.id, ts)
        if message is None:
            raise ControlError(f"there is no message {ts} in {channel.name}", 404)
        return message


async def _json(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as exc:
        raise ControlError("the body is not JSON") from exc
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


async def _body(request: web.Request, shape: type[_Body]) -> _Body:
    try:
        return shape.model_validate(await _json(request), strict=True)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        raise ControlError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from exc


def _since(request: web.Request) -> int:
    text = request.query.get("since", "0")
    if not text.isdecimal():
        raise ControlError("since: must be a whole number")
    return int(text)

"""Reads control requests, finds what they name, and answers refusals with one sentence of JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from local_slack.errors import ControlError, Json
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation
from local_slack.workspace.messages import Message
from local_slack.workspace.people import User


@dataclass(frozen=True)
class Lookup:
    """Finds users and channels by id or by name, and messages by timestamp. Raises ControlError if nothing is
    found."""

    ws: Workspace

    def user(self, ref: str) -> User:
        found = self.ws.directory.user(ref)
        if found is None or found.is_bot:
            names = ", ".join(known.name for known in self.ws.seed.users)
            raise ControlError(f"there is no user {ref!r}; there are: {names}", 404)
        return found

    def channel(self, ref: str) -> Conversation:
        found = self.ws.directory.conversation(ref)
        if found is None:
            names = ", ".join(name for _, name in self.ws.seed.channels)
            raise ControlError(f"there is no channel {ref!r}; there are: {names}", 404)
        return found

    def channel_of(self, user: User, ref: str) -> Conversation:
        """Finds a channel. The app's own name stands for the person's conversation with the app."""
        bot = self.ws.seed.bot
        return self.ws.directory.direct(user.id)[0] if ref.lstrip("@") in (bot.id, bot.name) else self.channel(ref)

    def message(self, channel: Conversation, ts: str) -> Message:
        message = self.ws.messages.find(channel.id, ts)
        if message is None:
            raise ControlError(f"there is no message {ts} in {channel.name}", 404)
        return message


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Body = TypeVar("_Body", bound=ControlRequest)


@web.middleware
async def control_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers what the control API refuses, and unknown addresses below /_control/, with one sentence of JSON."""
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


async def read_json(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text() or "{}")
    except (ValueError, RecursionError) as exc:
        raise ControlError("the body is not JSON") from exc
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


async def read_body(request: web.Request, shape: type[_Body]) -> _Body:
    try:
        return shape.model_validate(await read_json(request), strict=True)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        words = first["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in first["loc"])
        raise ControlError(f"{where}: {words}" if where else words) from exc


def since(request: web.Request) -> int:
    text = request.query.get("since", "0")
    if not text.isdecimal():
        raise ControlError("since: must be a whole number")
    return int(text)

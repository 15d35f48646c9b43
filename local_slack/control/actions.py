"""Control routes that act as people do: commands, clicks, modals, events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, model_validator

from local_slack.control.requests import ControlRequest, Naming, read_body
from local_slack.errors import ControlError, Json
from local_slack.user_actions.channel import Doings
from local_slack.user_actions.elements import Press
from local_slack.user_actions.modals import Entry, Modals
from local_slack.user_actions.payloads import Who


class CommandRequest(ControlRequest):
    user: str
    channel: str
    text: str


class ClickRequest(ControlRequest):
    user: str
    channel: str = ""
    message_ts: str = ""
    view_id: str = ""
    action_id: Annotated[str, Field(min_length=1)]
    value: str | None = None
    values: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_place(self) -> ClickRequest:
        if bool(self.view_id) == bool(self.channel and self.message_ts):
            raise ValueError("name a view_id, or a channel and a message_ts")
        if self.values and not self.view_id:
            raise ValueError("values: belong to a view")
        return self


class EventRequest(ControlRequest):
    event: Json


@dataclass(frozen=True)
class DoingControl:
    naming: Naming
    doings: Doings
    modals: Modals

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/command", self.command),
            web.post("/_control/click", self.click),
            web.post("/_control/event", self.event),
        ]

    async def command(self, request: web.Request) -> web.Response:
        asked = await read_body(request, CommandRequest)
        delivery = await self.doings.command(self._who(asked.user, asked.channel), asked.text)
        return web.json_response(delivery.to_json())

    async def click(self, request: web.Request) -> web.Response:
        asked = await read_body(request, ClickRequest)
        press = Press(asked.action_id, asked.value)
        if asked.view_id:
            user = self.naming.user(asked.user)
            delivery = await self.modals.click(user, Entry(asked.view_id, asked.values), press)
            return web.json_response(delivery.to_json())
        who = self._who(asked.user, asked.channel)
        message = self.naming.message(who.channel, asked.message_ts)
        if message.deleted or message.place.ephemeral_to not in (None, who.user.id):
            raise ControlError(f"{who.user.name} does not see a message {asked.message_ts}", 404)
        delivery = await self.doings.click(who, message, press)
        return web.json_response(delivery.to_json())

    async def event(self, request: web.Request) -> web.Response:
        asked = await read_body(request, EventRequest)
        if not isinstance(asked.event.get("type"), str):
            raise ControlError("event.type: must be a string")
        return web.json_response({"payload": self.doings.event(asked.event)})

    def _who(self, user: str, channel: str) -> Who:
        return Who(self.naming.user(user), self.naming.channel(channel))


class SubmitRequest(ControlRequest):
    user: str
    view_id: str
    values: dict[str, Any] = Field(default_factory=dict)


class CloseRequest(ControlRequest):
    user: str
    view_id: str
    every: Annotated[bool, Field(alias="all")] = False


class SuggestRequest(ControlRequest):
    user: str
    view_id: str
    action_id: str
    query: str


@dataclass(frozen=True)
class ModalControl:
    naming: Naming
    modals: Modals

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/submit", self.submit),
            web.post("/_control/close", self.close),
            web.post("/_control/suggest", self.suggest),
            web.get("/_control/views", self.views),
        ]

    async def submit(self, request: web.Request) -> web.Response:
        asked = await read_body(request, SubmitRequest)
        user = self.naming.user(asked.user)
        return web.json_response(await self.modals.submit(user, Entry(asked.view_id, asked.values)))

    async def close(self, request: web.Request) -> web.Response:
        asked = await read_body(request, CloseRequest)
        user = self.naming.user(asked.user)
        return web.json_response(await self.modals.close(user, asked.view_id, all_views=asked.every))

    async def suggest(self, request: web.Request) -> web.Response:
        asked = await read_body(request, SuggestRequest)
        user = self.naming.user(asked.user)
        found = await self.modals.suggest(user, asked.view_id, Press(asked.action_id, asked.query))
        return web.json_response(found)

    async def views(self, request: web.Request) -> web.Response:
        user = self.naming.user(request.query.get("user", ""))
        return web.json_response(self.modals.open_views(user))

"""Control routes that do what people do in Slack's client, and one that sends an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, model_validator

from local_slack.control.requests import ControlRequest, Lookup, read_body
from local_slack.errors import ControlError, Json
from local_slack.user_actions.channel import ChannelActions
from local_slack.user_actions.elements import Press
from local_slack.user_actions.modals import FormInput, ModalActions
from local_slack.user_actions.payloads import Actor


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
    def _names_one_place(self) -> ClickRequest:
        if bool(self.view_id) == bool(self.channel and self.message_ts):
            raise ValueError("name a view_id, or a channel and a message_ts")
        if self.values and not self.view_id:
            raise ValueError("values: belong to a view")
        return self


class ShortcutRequest(ControlRequest):
    user: str
    channel: str
    message_ts: str
    callback_id: str


class EventRequest(ControlRequest):
    event: Json


class HomeRequest(ControlRequest):
    user: str
    tab: Literal["home", "messages"] = "home"


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
class ActionRoutes:
    lookup: Lookup
    channel_actions: ChannelActions
    modals: ModalActions

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/command", self.command),
            web.post("/_control/click", self.click),
            web.post("/_control/shortcut", self.shortcut),
            web.post("/_control/event", self.event),
            web.post("/_control/home", self.home),
            web.post("/_control/submit", self.submit),
            web.post("/_control/close", self.close),
            web.post("/_control/suggest", self.suggest),
        ]

    async def command(self, request: web.Request) -> web.Response:
        body = await read_body(request, CommandRequest)
        delivery = await self.channel_actions.command(self._actor(body.user, body.channel), body.text)
        return web.json_response(delivery.to_json())

    async def click(self, request: web.Request) -> web.Response:
        body = await read_body(request, ClickRequest)
        press = Press(body.action_id, body.value)
        if body.view_id:
            user = self.lookup.user(body.user)
            delivery = await self.modals.click(user, FormInput(body.view_id, body.values), press)
            return web.json_response(delivery.to_json())
        actor = self._actor(body.user, body.channel)
        message = self.lookup.message(actor.channel, body.message_ts)
        if message.deleted or message.place.ephemeral_to not in (None, actor.user.id):
            raise ControlError(f"{actor.user.name} does not see a message {body.message_ts}", 404)
        delivery = await self.channel_actions.click(actor, message, press)
        return web.json_response(delivery.to_json())

    async def shortcut(self, request: web.Request) -> web.Response:
        body = await read_body(request, ShortcutRequest)
        actor = self._actor(body.user, body.channel)
        message = self.lookup.message(actor.channel, body.message_ts)
        if message.deleted or message.place.ephemeral_to:
            raise ControlError(f"the message {body.message_ts} has no shortcuts", 404)
        delivery = await self.channel_actions.shortcut(actor, message, body.callback_id)
        return web.json_response(delivery.to_json())

    async def event(self, request: web.Request) -> web.Response:
        body = await read_body(request, EventRequest)
        if not isinstance(body.event.get("type"), str):
            raise ControlError("event.type: must be a string")
        return web.json_response({"payload": self.channel_actions.event(body.event)})

    async def home(self, request: web.Request) -> web.Response:
        body = await read_body(request, HomeRequest)
        payload = self.channel_actions.open_app(self.lookup.user(body.user), body.tab)
        return web.json_response({"payload": payload})

    async def submit(self, request: web.Request) -> web.Response:
        body = await read_body(request, SubmitRequest)
        user = self.lookup.user(body.user)
        return web.json_response(await self.modals.submit(user, FormInput(body.view_id, body.values)))

    async def close(self, request: web.Request) -> web.Response:
        body = await read_body(request, CloseRequest)
        user = self.lookup.user(body.user)
        return web.json_response(await self.modals.close(user, body.view_id, all_views=body.every))

    async def suggest(self, request: web.Request) -> web.Response:
        body = await read_body(request, SuggestRequest)
        user = self.lookup.user(body.user)
        offer = await self.modals.suggest(user, body.view_id, Press(body.action_id, body.query))
        return web.json_response(offer)

    def _actor(self, user: str, channel: str) -> Actor:
        found = self.lookup.user(user)
        return Actor(found, self.lookup.channel_of(found, channel))

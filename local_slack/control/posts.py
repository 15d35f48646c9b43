"""Control routes for what people write: messages, and edits of them."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from local_slack.control.requests import ControlRequest, Lookup, read_body
from local_slack.errors import ControlError
from local_slack.user_actions.payloads import Actor
from local_slack.user_actions.posts import Posts
from local_slack.workspace.messages import Message
from local_slack.workspace.objects import control_message


class MessageRequest(ControlRequest):
    user: str
    channel: str
    text: str
    thread_ts: str | None = None


class EditRequest(ControlRequest):
    user: str
    channel: str
    message_ts: str
    text: str


@dataclass(frozen=True)
class PostRoutes:
    lookup: Lookup
    posts: Posts

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_control/message", self.message), web.post("/_control/edit", self.edit)]

    async def message(self, request: web.Request) -> web.Response:
        body = await read_body(request, MessageRequest)
        actor = self._actor(body.user, body.channel)
        if body.thread_ts is not None:
            self._check_root(actor, body.thread_ts)
        return self._answer(self.posts.write(actor, body.text, body.thread_ts))

    async def edit(self, request: web.Request) -> web.Response:
        body = await read_body(request, EditRequest)
        actor = self._actor(body.user, body.channel)
        message = self._visible(actor, body.message_ts)
        self.posts.edit(actor, message, body.text)
        return self._answer(message)

    def _actor(self, user: str, channel: str) -> Actor:
        found = self.lookup.user(user)
        return Actor(found, self.lookup.channel_of(found, channel))

    def _visible(self, actor: Actor, ts: str) -> Message:
        message = self.lookup.message(actor.channel, ts)
        if message.deleted or message.place.ephemeral_to is not None:
            raise ControlError(f"there is no message {ts} in {actor.channel.name}", 404)
        return message

    def _check_root(self, actor: Actor, ts: str) -> None:
        message = self._visible(actor, ts)
        if not message.is_root:
            raise ControlError(f"message {ts} is a reply; its thread is {message.place.thread_ts}")

    def _answer(self, message: Message) -> web.Response:
        ws = self.lookup.ws
        return web.json_response({"message": control_message(message, ws.messages, ws.seed)})

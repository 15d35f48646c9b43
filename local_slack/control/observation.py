"""Control routes that observe: messages, views, calls and deliveries."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from local_slack.control.requests import Lookup, since
from local_slack.delivery.deliveries import Deliveries
from local_slack.logs import Calls
from local_slack.user_actions.modals import ModalActions
from local_slack.workspace import Workspace
from local_slack.workspace.objects import control_message


@dataclass(frozen=True)
class ObservationRoutes:
    ws: Workspace
    lookup: Lookup
    modals: ModalActions
    deliveries: Deliveries
    calls: Calls

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/messages", self.list_messages),
            web.get("/_control/views", self.list_views),
            web.get("/_control/calls", self.list_calls),
            web.get("/_control/deliveries", self.list_deliveries),
        ]

    async def list_messages(self, request: web.Request) -> web.Response:
        channel = self.lookup.channel(request.query.get("channel", ""))
        thread_ts = request.query.get("thread_ts")
        if thread_ts:
            messages = self.ws.messages.thread(self.lookup.message(channel, thread_ts))
        else:
            messages = [message for message in self.ws.messages.of(channel.id) if message.in_channel]
        shown = [control_message(message, self.ws.messages, self.ws.seed) for message in messages]
        return web.json_response({"messages": shown})

    async def list_views(self, request: web.Request) -> web.Response:
        user = self.lookup.user(request.query.get("user", ""))
        return web.json_response(self.modals.open_views(user))

    async def list_calls(self, request: web.Request) -> web.Response:
        return web.json_response(self.calls.since(since(request)))

    async def list_deliveries(self, request: web.Request) -> web.Response:
        return web.json_response(self.deliveries.since(since(request)))

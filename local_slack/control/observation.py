"""Control requests that look and disturb: messages, calls, deliveries, faults, reset."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from local_slack.control.immediate_faults import Disturbing
from local_slack.control.requests import (
    ControlRequest,
    Naming,
    read_body,
    read_json,
    since,
)
from local_slack.delivery.deliveries import Deliveries
from local_slack.faults.active import Faults, parse_fault
from local_slack.faults.kinds import Fault
from local_slack.logs import Calls
from local_slack.workspace import Workspace
from local_slack.workspace.objects import to_control


class ResetRequest(ControlRequest):
    messages: bool = False


@dataclass(frozen=True)
class LookingControl:
    ws: Workspace
    deliveries: Deliveries
    calls: Calls
    faults: Faults
    disturbing: Disturbing

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/messages", self.messages),
            web.get("/_control/calls", self.called),
            web.get("/_control/deliveries", self.delivered),
            web.get("/_control/faults", self.listed_faults),
            web.post("/_control/faults", self.add_fault),
            web.post("/_control/reset", self.reset),
        ]

    async def messages(self, request: web.Request) -> web.Response:
        naming = Naming(self.ws)
        channel = naming.channel(request.query.get("channel", ""))
        thread_ts = request.query.get("thread_ts")
        if thread_ts:
            found = self.ws.messages.thread(naming.message(channel, thread_ts))
        else:
            found = [m for m in self.ws.messages.of(channel.id) if m.in_channel]
        shown = [to_control(message, self.ws.messages, self.ws.seed) for message in found]
        return web.json_response({"messages": shown})

    async def called(self, request: web.Request) -> web.Response:
        return web.json_response(self.calls.since(since(request)))

    async def delivered(self, request: web.Request) -> web.Response:
        return web.json_response(self.deliveries.since(since(request)))

    async def listed_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self.faults.listed()})

    async def add_fault(self, request: web.Request) -> web.Response:
        fault = parse_fault(await read_json(request))
        if not isinstance(fault, Fault):
            return web.json_response(await self.disturbing.happen(fault))
        self.faults.add(fault)
        return web.json_response({"faults": self.faults.listed()})

    async def reset(self, request: web.Request) -> web.Response:
        asked = await read_body(request, ResetRequest)
        self.faults.clear()
        self.disturbing.undo()
        self.calls.clear()
        self.deliveries.clear()
        if asked.messages:
            self.ws.messages.clear()
            self.ws.views.clear()
        return web.json_response({"ok": True})

"""Control routes that add faults and end all of them. Also carries out the faults that happen at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from local_slack.control.requests import ControlRequest, read_body, read_json
from local_slack.delivery.deliveries import Deliveries
from local_slack.delivery.socket_mode import SocketMode
from local_slack.errors import ControlError, Json
from local_slack.faults.active import Faults, parse_fault
from local_slack.faults.kinds import Abort, ChannelState, DeleteMessage, Disconnect, Fault, ImmediateFault
from local_slack.logs import Calls
from local_slack.web_api.rate_limits import RateLimits
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation


class ResetRequest(ControlRequest):
    messages: bool = False


@dataclass(frozen=True)
class FaultRoutes:
    ws: Workspace
    faults: Faults
    immediate: ImmediateFaults
    calls: Calls
    deliveries: Deliveries
    rate_limits: RateLimits

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/faults", self.list_faults),
            web.post("/_control/faults", self.add_fault),
            web.post("/_control/reset", self.reset),
        ]

    async def list_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self.faults.to_json()})

    async def add_fault(self, request: web.Request) -> web.Response:
        fault = parse_fault(await read_json(request))
        if not isinstance(fault, Fault):
            return web.json_response(await self.immediate.strike(fault))
        self.faults.add(fault)
        return web.json_response({"faults": self.faults.to_json()})

    async def reset(self, request: web.Request) -> web.Response:
        body = await read_body(request, ResetRequest)
        self.faults.clear()
        self.immediate.undo()
        self.calls.clear()
        self.rate_limits.clear()
        self.deliveries.clear()
        if body.messages:
            self.ws.messages.clear()
            self.ws.views.clear()
        return web.json_response({"ok": True})


@dataclass(frozen=True)
class ImmediateFaults:
    """Faults that happen at once: to the sockets, to a channel, to a message."""

    ws: Workspace
    sockets: SocketMode
    changed: dict[str, bool] = field(default_factory=dict)
    """The ids of the channels that a fault has archived, or removed the bot from, and whether the bot was a member
    before. `undo` opens them again."""

    async def strike(self, fault: ImmediateFault) -> Json:
        """Carries the fault out and returns the answer of the control API."""
        if isinstance(fault, Disconnect):
            return {"sockets": await self.sockets.disconnect(fault.reason)}
        if isinstance(fault, Abort):
            return {"sockets": self.sockets.abort()}
        if isinstance(fault, DeleteMessage):
            return self._delete(fault)
        return self._change_channel(fault)

    def undo(self) -> None:
        """Opens the channels that faults have changed. Deleted messages stay deleted."""
        for channel_id in list(self.changed):
            self._open(self.ws.directory.conversations[channel_id])

    def _delete(self, fault: DeleteMessage) -> Json:
        message = self.ws.messages.find(self._channel(fault.channel).id, fault.ts)
        if message is None or message.deleted:
            raise ControlError(f"there is no message {fault.ts} in {fault.channel}", 404)
        self.ws.messages.delete(message)
        return {"deleted": fault.ts}

    def _change_channel(self, fault: ChannelState) -> Json:
        channel, bot = self._channel(fault.channel), self.ws.seed.bot.id
        self._open(channel)
        if fault.state != "open":
            self.changed[channel.id] = bot in channel.members
        channel.archived = fault.state == "archived"
        channel.private = fault.state == "removed_private"
        if fault.state in ("removed", "removed_private") and bot in channel.members:
            channel.members.remove(bot)
        return {"channel": channel.describe(bot)}

    def _open(self, channel: Conversation) -> None:
        """Undoes what a fault has changed in the channel. A bot that was not a member does not become one."""
        bot, was_member = self.ws.seed.bot.id, self.changed.pop(channel.id, False)
        channel.archived = channel.private = False
        if was_member and bot not in channel.members:
            channel.members.append(bot)

    def _channel(self, name: str) -> Conversation:
        channel = self.ws.directory.conversation(name)
        if channel is None:
            raise ControlError(f"there is no channel {name!r}", 404)
        return channel

"""Faults that happen at once: to the sockets, to a channel, to a message."""

from __future__ import annotations

from local_slack.delivery.socket_mode import SocketMode
from local_slack.errors import ControlError, Json
from local_slack.faults.kinds import (
    Abort,
    ChannelState,
    DeleteMessage,
    Disconnect,
    Immediate,
)
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation


class Disturbing:
    def __init__(self, ws: Workspace, sockets: SocketMode) -> None:
        self._ws = ws
        self._sockets = sockets
        self._closed: dict[str, Conversation] = {}

    async def happen(self, fault: Immediate) -> Json:
        """What the control API answers."""
        if isinstance(fault, Disconnect):
            return {"sockets": await self._sockets.disconnect(fault.reason)}
        if isinstance(fault, Abort):
            return {"sockets": self._sockets.abort()}
        if isinstance(fault, DeleteMessage):
            return self._delete(fault)
        return self._close(fault)

    def undo(self) -> None:
        """Channels are as they were; a deleted message stays so."""
        for channel in self._closed.values():
            self._open(channel)
        self._closed.clear()

    def _delete(self, fault: DeleteMessage) -> Json:
        message = self._ws.messages.find(self._channel(fault.channel).id, fault.ts)
        if message is None or message.deleted:
            raise ControlError(f"there is no message {fault.ts} in {fault.channel}", 404)
        self._ws.messages.delete(message)
        return {"deleted": fault.ts}

    def _close(self, fault: ChannelState) -> Json:
        channel, bot = self._channel(fault.channel), self._ws.seed.bot.id
        self._open(channel)
        if fault.state != "open":
            self._closed[channel.id] = channel
        channel.archived = fault.state == "archived"
        channel.private = fault.state == "removed_private"
        if fault.state in ("removed", "removed_private"):
            channel.members.remove(bot)
        return {"channel": channel.describe(bot)}

    def _open(self, channel: Conversation) -> None:
        channel.archived = channel.private = False
        if self._ws.seed.bot.id not in channel.members:
            channel.members.append(self._ws.seed.bot.id)

    def _channel(self, name: str) -> Conversation:
        found = self._ws.directory.conversation(name)
        if found is None:
            raise ControlError(f"there is no channel {name!r}", 404)
        return found

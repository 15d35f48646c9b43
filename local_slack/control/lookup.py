"""Finds what a control request names: people, channels, messages."""

from __future__ import annotations

from dataclasses import dataclass

from local_slack.errors import ControlError
from local_slack.workspace.messages import Message
from local_slack.workspace.people import Conversation, User
from local_slack.workspace.state import Workspace


@dataclass(frozen=True)
class Naming:
    """By id or by name; ControlError says what there is instead."""

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

    def message(self, channel: Conversation, ts: str) -> Message:
        message = self.ws.messages.find(channel.id, ts)
        if message is None:
            raise ControlError(f"there is no message {ts} in {channel.name}", 404)
        return message

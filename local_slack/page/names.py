"""Turns the ids in texts into the names people read."""

from __future__ import annotations

from dataclasses import dataclass

from local_slack.workspace.people import Directory


@dataclass(frozen=True)
class Names:
    directory: Directory

    def user(self, user_id: str) -> str:
        found = self.directory.users.get(user_id)
        return found.name if found else user_id

    def channel(self, channel_id: str) -> str:
        found = self.directory.conversations.get(channel_id)
        return found.name if found else channel_id

    def group(self, group_id: str) -> str:
        found = self.directory.group(group_id)
        return found.handle if found else group_id

"""response_urls: how often and how long each may be used.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from local_slack.workspace.ids import Clock

USES = 5
LIFETIME = timedelta(minutes=30)
REMEMBERED = 20_000


class Origin(StrEnum):
    COMMAND = "commands"
    ACTION = "actions"


@dataclass
class ResponseUrl:
    """Permission to answer one command, click or shortcut."""

    origin: Origin
    channel: str
    user: str
    issued: datetime
    message_ts: str | None = None
    """The message that was clicked."""
    command_line: str | None = None
    """The command as the user typed it. The channel shows it with the first answer that is visible to all."""
    uses: int = 0


class ResponseUrls:
    """The issued response_urls, at most `REMEMBERED`; older ones are forgotten."""

    def __init__(self, clock: Clock, team: str) -> None:
        self._clock = clock
        self._team = team
        self._given: OrderedDict[str, ResponseUrl] = OrderedDict()

    def issue(self, granted: ResponseUrl) -> str:
        """Remembers the response_url and returns its path."""
        path = f"/{granted.origin}/{self._team}/{len(self._given) + 1}/{secrets.token_urlsafe(18)}"
        self._given[path] = granted
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return path

    def find(self, path: str) -> ResponseUrl | None:
        return self._given.get(path)

    def refusal(self, granted: ResponseUrl) -> str | None:
        """Returns why the response_url cannot be used any more: "expired_url" or "used_url"; None if it can."""
        if self._clock() - granted.issued > LIFETIME:
            return "expired_url"
        return "used_url" if granted.uses >= USES else None

"""Webhooks: the systems that call people who have not answered in Slack."""

from typing import Protocol

from bot.model import PageCall


class Webhooks(Protocol):
    """The webhooks of the configuration, by name."""

    async def send(self, webhook: str, call: PageCall) -> None:
        """Make one call. Raises Refused when the other side refuses it, or when there is no such webhook. After
        Unavailable the call may have been received; a repeated call carries the same key."""
        ...

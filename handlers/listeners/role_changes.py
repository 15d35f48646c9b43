"""Slack's news about people and user groups: what the bot remembers of them is forgotten at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.manifest import EVENTS
from bot.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen to each; an app that does not get them goes by what is a minute old, or 10 s before a change."""
    for event in EVENTS:
        app.event(event)(partial(on_change, services))


async def on_change(services: Services, event: Mapping[str, Any]) -> None:
    """Whoever, or whichever group, it is about (https://docs.slack.dev/reference/events/subteam_members_changed)."""
    for changed in (event.get("subteam_id"), _id(event.get("user")), _id(event.get("subteam"))):
        if isinstance(changed, str) and changed:
            services.people.forget(changed)


def _id(told: object) -> object:
    return told.get("id") if isinstance(told, Mapping) else None

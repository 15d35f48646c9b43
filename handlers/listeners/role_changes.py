"""Listens to changes of people and user groups, and drops the cached answers about them at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.manifest import ROLE_EVENTS
from bot.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen to all ``ROLE_EVENTS``. If such an event does not arrive, the bot uses a cached answer for up to a
    minute. When the bot authorizes a change, it uses a cached answer for at most 10 s."""
    for event in ROLE_EVENTS:
        app.event(event)(partial(on_change, services))


async def on_change(services: Services, event: Mapping[str, Any]) -> None:
    """Drop what is cached about the person or group of the event
    (https://docs.slack.dev/reference/events/subteam_members_changed)."""
    for id_ in (event.get("subteam_id"), _id(event.get("user")), _id(event.get("subteam"))):
        if isinstance(id_, str) and id_:
            services.people.forget(id_)


def _id(subject: object) -> object:
    return subject.get("id") if isinstance(subject, Mapping) else None

"""Looks up display names, for texts that name people without mentioning (and so notifying) them."""

import asyncio
from collections.abc import Collection

from bot.errors import DependencyError
from bot.services import Services


async def names_of(user_ids: Collection[str], services: Services) -> dict[str, str]:
    """The name for each user id; the id itself if Slack has no name or does not answer."""
    wanted = sorted(set(user_ids))
    names = await asyncio.gather(*(_name(user_id, services) for user_id in wanted))
    return dict(zip(wanted, names, strict=True))


async def _name(user_id: str, services: Services) -> str:
    try:
        return (await services.people.person(user_id)).name or user_id
    except DependencyError:
        return user_id

"""Finds the open alert that a command names, by id or by customer, and changes it while others may change it too."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.commands import Ack, Snooze
from bot.errors import Conflict
from bot.fleet.alerts.lookup import pick
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import AlertOver, AlertUnknown
from bot.model import Episode
from bot.ports import Journal

# A pass or another click may change an alert between reading and recording. This often in a row is no accident.
TRIES = 3

T = TypeVar("T")


async def retry_on_conflict(change: Callable[[], Awaitable[T]]) -> T:
    """``change`` reads, decides and records; it runs again on a Conflict. Raises the Conflict of the last try."""
    for _ in range(TRIES - 1):
        try:
            return await change()
        except Conflict:
            continue
    return await change()


async def open_episode(command: Ack | Snooze, journal: Journal) -> Episode:
    """Raises Declined when there is no such open alert, or when the name fits several."""
    if not command.episode:
        return pick(command.target, await journal.open_episodes(), type(command))
    episode = await journal.episode(command.episode)
    if episode is None:
        raise Declined(AlertUnknown())
    if episode.ending is not None:
        raise Declined(AlertOver(episode.name, episode.ending))
    return episode

"""Finds the open alert that a command names, by id or by customer. Retries a change of it that conflicts with another
change.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.commands import Ack, Snooze
from bot.errors import Conflict
from bot.fleet.alerts.lookup import pick
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import AlertOver, AlertUnknown
from bot.model import Episode
from bot.ports import Journal

# A pass or another click may change an alert between reading and recording it. While the store is slow, passes may do
# so several times in a row.
TRIES = 6

T = TypeVar("T")


async def retry_on_conflict(change: Callable[[], Awaitable[T]]) -> T:
    """The result of ``change``, which reads, decides and records. On a Conflict it runs again, at most ``TRIES``
    times."""
    for _ in range(TRIES - 1):
        try:
            return await change()
        except Conflict:
            continue
    return await change()


async def open_episode(command: Ack | Snooze, journal: Journal) -> Episode:
    """The open alert that the command names. Raises Declined if there is none, or if the name fits several."""
    if not command.episode:
        return pick(command.target, await journal.open_episodes(), type(command))
    episode = await journal.episode(command.episode)
    if episode is None:
        raise Declined(AlertUnknown())
    if episode.ending is not None:
        raise Declined(AlertOver(episode.name, episode.ending))
    return episode

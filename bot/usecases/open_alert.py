"""Finds the open alert that a command is about, by its id or by what people call it, and changes it with care."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.commands import Ack, Snooze
from bot.errors import Conflict, UsageError
from bot.fleet.alerts.lookup import pick
from bot.model import Episode
from bot.ports import Journal

# A pass or another click may change an alert between reading and recording; more often in a row is no accident.
TRIES = 3

T = TypeVar("T")


async def despite_others(change: Callable[[], Awaitable[T]]) -> T:
    """Read, decide and record, again when somebody else was faster. Raises Conflict when that goes on."""
    for _ in range(TRIES - 1):
        try:
            return await change()
        except Conflict:
            continue
    return await change()


async def open_episode(command: Ack | Snooze, journal: Journal) -> Episode:
    """The episode, which is open. Raises UsageError when there is none, or several could be meant."""
    if not command.episode:
        return pick(command.target, await journal.open_episodes(), type(command))
    episode = await journal.episode(command.episode)
    if episode is None:
        raise UsageError("This alert is not known any more.")
    if episode.ending is not None:
        raise UsageError(f"The alert about {episode.name} is over: {episode.ending}.")
    return episode

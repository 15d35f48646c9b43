"""Finds the open alert that a command is about, by its id or by what people call it."""

from bot.commands import Ack, Snooze
from bot.errors import UsageError
from bot.fleet.open_alerts import pick
from bot.model import Episode
from bot.ports import Journal


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

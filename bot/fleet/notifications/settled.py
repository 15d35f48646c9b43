"""Decides which messages are settled: what they are about has ended, and nobody has to look at it any more."""

from bot.fleet.notifications.notification import EpisodeCard, Notification, StormCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Ending, SequenceEnd

# In these cases the work is done, somebody has ended it on purpose, or another run continues it.
_SETTLED_ALERTS = frozenset(
    {
        Ending.COMPLETED,
        Ending.CANCELLED,
        Ending.TERMINATED,
        Ending.CONTINUED,
        Ending.CUT_SHORT,
        Ending.RECOVERED,
        Ending.REPLACED,
    },
)
_SETTLED_SEQUENCES = frozenset({SequenceEnd.COMPLETE, SequenceEnd.CANCELLED})


def is_settled(notification: Notification) -> bool:
    """Whether the message is about something that has ended and that nobody has to look at.

    If people delete such a message, the bot does not post it again.
    """
    match notification:
        case EpisodeCard(episode=episode):
            return episode.ending in _SETTLED_ALERTS or episode.ended_with_campaign
        case StormCard(names=names, completed=completed, recovered=recovered):
            return completed + recovered >= len(names)
        case SequenceCard(progress=progress):
            return progress.end in _SETTLED_SEQUENCES
        case _:
            return False

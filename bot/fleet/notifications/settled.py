"""Decides which messages are settled: what they are about has ended, and nobody has to look at it any more."""

from bot.fleet.notifications.notification import EpisodeCard, GroupMember, Notification, StormCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Ending, Episode, SequenceEnd

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
            return _is_settled_alert(episode)
        case StormCard(members=()):
            # Cards of earlier versions have only the numbers.
            return notification.completed + notification.recovered >= len(notification.names)
        case StormCard(members=members):
            return all(map(_is_settled_alert, members))
        case SequenceCard(progress=progress):
            return progress.end in _SETTLED_SEQUENCES
        case _:
            return False


def _is_settled_alert(alert: Episode | GroupMember) -> bool:
    return alert.ending in _SETTLED_ALERTS or alert.ended_with_campaign

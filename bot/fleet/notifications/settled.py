"""Whether a message's story is over and asks nothing of anybody: one that people have deleted is then let go."""

from bot.fleet.notifications.notification import EpisodeCard, Notification, StormCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Ending, SequenceEnd

# It has done its work, somebody has ended it, or it goes on under another name.
SETTLED = frozenset(
    {Ending.COMPLETED, Ending.CANCELLED, Ending.TERMINATED, Ending.CONTINUED, Ending.CUT_SHORT},
)
_ENDED = frozenset({SequenceEnd.COMPLETE, SequenceEnd.CANCELLED})


def is_settled(saying: Notification) -> bool:
    """False for whatever goes on, and for an end that somebody has to look at."""
    match saying:
        case EpisodeCard(episode=episode):
            return episode.ending in SETTLED
        case StormCard(names=names, completed=completed):
            return completed >= len(names)
        case SequenceCard(progress=progress):
            return progress.end in _ENDED
        case _:
            return False

"""Which customer a message of the outbox is about."""

from bot.fleet.name_lookup import Target
from bot.fleet.notifications.notification import EpisodeCard, Notification, StormCard
from bot.fleet.notifications.sequence import (
    BegunLine,
    ClearedLine,
    CutLine,
    InstructedLine,
    SequenceCard,
    SequenceEndLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
)
from bot.model import Episode

_OF_SEQUENCE = (
    BegunLine,
    ClearedLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
    CutLine,
    InstructedLine,
)


def of_episode(episode: Episode) -> Target:
    """The customer of an alert, or, where none was recognised, the workflow id."""
    return Target(episode.ref.cluster, episode.name)


def of_notification(notification: Notification) -> Target | None:
    """The customer of an alert's own message, or of any message of a sequence. None for every other message, and for
    the message of a group of several alerts."""
    if isinstance(notification, EpisodeCard):
        return of_episode(notification.episode)
    if isinstance(notification, StormCard):
        return Target(notification.cluster, notification.names[0]) if len(notification.names) == 1 else None
    if isinstance(notification, SequenceCard | SequenceEndLine):
        return Target(notification.progress.spec.cluster, notification.progress.spec.customer)
    if isinstance(notification, _OF_SEQUENCE):
        return Target(notification.spec.cluster, notification.spec.customer)
    return None

"""Which customer a message of the outbox is about."""

from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import BulkCard, NotBegunLine, ResetLine, TerminatedLine, TimeoutLine
from bot.fleet.notifications.notification import EpisodeCard, Notification, StormCard
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped
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

_WITH_SPEC = BegunLine | ClearedLine | StillOpenLine | WaitingLine | WindowLine | CutLine | InstructedLine
_WITH_PROGRESS = SequenceCard | SequenceEndLine | CustomerStopped
_WITH_CUSTOMER = TerminatedLine | TimeoutLine | ResetLine | NotBegunLine | CustomerComplete | CustomerAlert


def of_episode(episode: Episode) -> Target:
    """The customer of an alert, or, where none was recognised, the workflow id."""
    return Target(episode.ref.cluster, episode.name)


def of_notification(notification: Notification) -> Target | None:
    """The customer that the message names with its cluster. None for a message that names several or none, and for
    the lines in an alert's thread."""
    if isinstance(notification, EpisodeCard):
        return of_episode(notification.episode)
    if isinstance(notification, StormCard | BulkCard):
        targets = _of_group(notification)
        return targets[0] if len(targets) == 1 else None
    if isinstance(notification, _WITH_PROGRESS):
        return Target(notification.progress.spec.cluster, notification.progress.spec.customer)
    if isinstance(notification, _WITH_SPEC):
        return Target(notification.spec.cluster, notification.spec.customer)
    if isinstance(notification, _WITH_CUSTOMER):
        return Target(notification.cluster, notification.customer)
    return None


def _of_group(notification: StormCard | BulkCard) -> list[Target]:
    if isinstance(notification, StormCard):
        return [Target(notification.cluster, name) for name in notification.names]
    return [Target(*name.split("/", 1)) for name in (*notification.customers, *notification.failed)]

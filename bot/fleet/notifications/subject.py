"""Which customers a message of the outbox is about, and in which campaign each."""

from dataclasses import dataclass

from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import ActivitiesLine, BulkCard, NotBegunLine, TerminatedLine
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
from bot.model import Episode, SequenceSpec

_WITH_SPEC = BegunLine | ClearedLine | StillOpenLine | WaitingLine | WindowLine | CutLine | InstructedLine
_WITH_PROGRESS = SequenceCard | SequenceEndLine | CustomerStopped
_WITH_CUSTOMER = TerminatedLine | ActivitiesLine | NotBegunLine | CustomerComplete | CustomerAlert


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """A customer, and the name of its campaign; "" where the message does not name exactly one campaign."""

    target: Target
    campaign: str = ""


def of_episode(episode: Episode) -> MessageSubject:
    """The customer of an alert, or, where none was recognised, the workflow id."""
    return MessageSubject(Target(episode.ref.cluster, episode.name), episode.campaign)


def of_notification(notification: Notification) -> tuple[MessageSubject, ...]:
    """The customers that the message names, with their clusters. Of a group of alerts, only the customers that still
    need a person; if no customer does, those whose alert is open, or else all. Empty for a message that names no
    customer, and for the lines in an alert's thread."""
    if isinstance(notification, EpisodeCard):
        return (of_episode(notification.episode),)
    if isinstance(notification, StormCard | BulkCard):
        return _of_group(notification)
    if isinstance(notification, _WITH_PROGRESS):
        return (_of_sequence(notification.progress.spec),)
    if isinstance(notification, _WITH_SPEC):
        return (_of_sequence(notification.spec),)
    if isinstance(notification, _WITH_CUSTOMER):
        return (MessageSubject(Target(notification.cluster, notification.customer), notification.campaign),)
    return ()


def _of_group(card: StormCard | BulkCard) -> tuple[MessageSubject, ...]:
    """Each customer once, in the campaign of its alerts if they have one in common. Cards of earlier versions list no
    members, only names."""
    if isinstance(card, BulkCard):
        names = (*card.customers, *card.failed)
        return tuple(MessageSubject(Target(*name.split("/", 1)), card.campaign) for name in names)
    is_open = [member for member in card.members if member.ending is None]
    needing = [member for member in is_open if not (member.is_taken_over or member.is_queued)]
    left = needing or is_open or card.members
    campaigns: dict[str, set[str]] = {} if left else {name: {""} for name in card.names}
    for member in left:
        campaigns.setdefault(member.name, set()).add(member.campaign)
    return tuple(
        MessageSubject(Target(card.cluster, name), own.pop() if len(own) == 1 else "")
        for name, own in campaigns.items()
    )


def _of_sequence(spec: SequenceSpec) -> MessageSubject:
    return MessageSubject(Target(spec.cluster, spec.customer), spec.campaign)

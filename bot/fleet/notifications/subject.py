"""Which customer a message of the outbox is about, and in which campaign."""

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
    """The customer, and the name of the campaign; "" where the message tells none."""

    target: Target
    campaign: str = ""


def of_episode(episode: Episode) -> MessageSubject:
    """The customer of an alert, or, where none was recognised, the workflow id."""
    return MessageSubject(Target(episode.ref.cluster, episode.name), episode.campaign)


def of_notification(notification: Notification) -> MessageSubject | None:
    """The customer that the message names with its cluster. None for a message that names several or none, and for
    the lines in an alert's thread."""
    if isinstance(notification, EpisodeCard):
        return of_episode(notification.episode)
    if isinstance(notification, StormCard | BulkCard):
        return _of_group(notification)
    if isinstance(notification, _WITH_PROGRESS):
        return _of_sequence(notification.progress.spec)
    if isinstance(notification, _WITH_SPEC):
        return _of_sequence(notification.spec)
    if isinstance(notification, _WITH_CUSTOMER):
        return MessageSubject(Target(notification.cluster, notification.customer), notification.campaign)
    return None


def _of_group(card: StormCard | BulkCard) -> MessageSubject | None:
    """The only customer of the group; None if there are several."""
    if isinstance(card, BulkCard):
        names = (*card.customers, *card.failed)
        return MessageSubject(Target(*names[0].split("/", 1)), card.campaign) if len(names) == 1 else None
    campaigns = {member.campaign for member in card.members}
    campaign = campaigns.pop() if len(campaigns) == 1 else ""
    return MessageSubject(Target(card.cluster, card.names[0]), campaign) if len(card.names) == 1 else None


def _of_sequence(spec: SequenceSpec) -> MessageSubject:
    return MessageSubject(Target(spec.cluster, spec.customer), spec.campaign)

"""Which customer a message of the outbox is about, and in which campaign."""

from dataclasses import dataclass

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
from bot.model import Episode, SequenceSpec

_OF_SEQUENCE = (
    BegunLine,
    ClearedLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
    CutLine,
    InstructedLine,
)


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """The customer, and the name of the campaign; "" where the message tells none."""

    target: Target
    campaign: str = ""


def of_episode(episode: Episode) -> MessageSubject:
    """The customer of an alert, or, where none was recognised, the workflow id."""
    return MessageSubject(Target(episode.ref.cluster, episode.name), episode.campaign)


def of_notification(notification: Notification) -> MessageSubject | None:
    """The customer of an alert's own message, or of any message of a sequence. None for every other message, and for
    the message of a group of several alerts."""
    if isinstance(notification, EpisodeCard):
        return of_episode(notification.episode)
    if isinstance(notification, StormCard):
        return _of_storm(notification) if len(notification.names) == 1 else None
    if isinstance(notification, SequenceCard | SequenceEndLine):
        return _of_sequence(notification.progress.spec)
    if isinstance(notification, _OF_SEQUENCE):
        return _of_sequence(notification.spec)
    return None


def _of_storm(card: StormCard) -> MessageSubject:
    campaigns = {member.campaign for member in card.members}
    return MessageSubject(Target(card.cluster, card.names[0]), campaigns.pop() if len(campaigns) == 1 else "")


def _of_sequence(spec: SequenceSpec) -> MessageSubject:
    return MessageSubject(Target(spec.cluster, spec.customer), spec.campaign)

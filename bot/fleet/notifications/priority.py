"""The order in which waiting messages go when Slack does not accept all at once: alerts first, then digests,
announcements and direct messages, then all others.

A reply that Slack also shows in the channel (``broadcast``) asks a person to act, so it counts as an alert.
"""

from enum import IntEnum

from bot.model import OutboxMessage


class Priority(IntEnum):
    """The lower value goes first."""

    ALERT = 0
    DIGEST = 1
    OTHER = 2


ALERT_KINDS = ("episode", "storm")
DIGEST_KINDS = (
    *("digest", "cluster complete", "campaign complete"),
    *("customer complete", "customer alert", "customer stopped"),
)


def priority_of(message: OutboxMessage) -> Priority:
    """The priority of this message alone. If an alert has to wait for the message because both are in one thread, the
    outbox gives the message the alert's priority instead."""
    if message.broadcast or message.body.endswith(tuple(map(suffix, ALERT_KINDS))):
        return Priority.ALERT
    return Priority.DIGEST if message.body.endswith(tuple(map(suffix, DIGEST_KINDS))) else Priority.OTHER


def suffix(kind: str) -> str:
    """The text with which the stored JSON of every notification of this kind ends. It is known without reading the
    JSON, because ``kind`` is always the last field."""
    return f'"kind":"{kind}"}}'

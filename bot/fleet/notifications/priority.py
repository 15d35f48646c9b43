"""Which waiting messages go first when more wait than Slack takes: alerts, then digests, then all others.

A line that the channel shows as well (``broadcast``) asks a person to act, so it counts as an alert.
"""

from enum import IntEnum

from bot.model import OutboxMessage


class Priority(IntEnum):
    """A lower one goes first."""

    ALERT = 0
    DIGEST = 1
    OTHER = 2


ALERT_KINDS = ("episode", "storm")
DIGEST_KINDS = ("digest",)


def priority_of(message: OutboxMessage) -> Priority:
    """The priority of the message alone: one that an alert waits for, in the same thread, goes as early as the
    alert."""
    if message.broadcast or message.body.endswith(tuple(map(suffix, ALERT_KINDS))):
        return Priority.ALERT
    return Priority.DIGEST if message.body.endswith(tuple(map(suffix, DIGEST_KINDS))) else Priority.OTHER


def suffix(kind: str) -> str:
    """How the stored body of a notification of this kind ends: ``kind`` is the last field of each."""
    return f'"kind":"{kind}"}}'

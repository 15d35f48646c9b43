"""Draws whatever the bot says unasked: one function, from a saying to its message."""

from typing import assert_never

from bot.blocks import alerts, digest
from bot.fleet import sayings
from bot.message import Message


def draw(saying: sayings.Saying) -> Message:  # noqa: PLR0911  (one line a kind is the point)
    """The message for any saying; mypy names a kind that is missing."""
    match saying:
        case sayings.EpisodeCard():
            return alerts.episode(saying)
        case sayings.StormCard():
            return alerts.storm(saying)
        case sayings.AttemptsLine():
            return alerts.attempts(saying)
        case sayings.AckLine():
            return alerts.ack(saying)
        case sayings.SnoozeLine():
            return alerts.snooze(saying)
        case sayings.CancelLine():
            return alerts.cancel(saying)
        case sayings.ReminderLine():
            return alerts.reminder(saying)
        case sayings.EndLine():
            return alerts.end(saying)
        case sayings.DigestCard():
            return digest.card(saying)
        case _:
            assert_never(saying)

"""Draws whatever the bot says unasked: one function, from a saying to its message."""

from typing import assert_never

from bot.blocks import alert_lines, alerts, digest, sequence, sequence_card, storms
from bot.fleet.notifications import notification
from bot.fleet.notifications import sequence as notifications_sequence
from bot.message import Message


def draw(saying: notification.Notification) -> Message:  # noqa: PLR0911  (one line a kind is the point)
    """The message for any saying; mypy names a kind that is missing."""
    match saying:
        case notification.EpisodeCard():
            return alerts.episode(saying)
        case notification.StormCard():
            return storms.storm(saying)
        case notification.DigestCard():
            return digest.card(saying)
        case notifications_sequence.SequenceCard():
            return sequence_card.card(saying)
        case notification.TerminatedLine():
            return sequence_card.terminated(saying)
        case (
            notification.AttemptsLine()
            | notification.AckLine()
            | notification.SnoozeLine()
            | notification.CancelLine()
            | notification.ReminderLine()
            | notification.EndLine()
        ):
            return _of_an_alert(saying)
        case _:
            return _of_a_sequence(saying)


def _of_an_alert(saying: notification.AlertLine) -> Message:
    match saying:
        case notification.AttemptsLine():
            return alert_lines.attempts(saying)
        case notification.AckLine():
            return alert_lines.ack(saying)
        case notification.SnoozeLine():
            return alert_lines.snooze(saying)
        case notification.CancelLine():
            return alert_lines.cancel(saying)
        case notification.ReminderLine():
            return alert_lines.reminder(saying)
        case notification.EndLine():
            return alert_lines.end(saying)
        case _:
            assert_never(saying)


def _of_a_sequence(saying: notifications_sequence.SequenceLine) -> Message:  # noqa: PLR0911  (as above)
    match saying:
        case notifications_sequence.BegunLine():
            return sequence.begun(saying)
        case notifications_sequence.ClearedLine():
            return sequence.cleared(saying)
        case notifications_sequence.StillOpenLine():
            return sequence.still_open(saying)
        case notifications_sequence.WindowLine():
            return sequence.window(saying)
        case notifications_sequence.CutLine():
            return sequence.cut(saying)
        case notifications_sequence.InstructedLine():
            return sequence.instructed(saying)
        case notifications_sequence.SequenceEndLine():
            return sequence.end(saying)
        case _:
            assert_never(saying)

"""Draws whatever the bot says unasked: one function, from a saying to its message."""

from typing import assert_never

from bot.blocks import alert_lines, alerts, digest, sequence, sequence_card, storms
from bot.fleet import sayings, sequence_sayings
from bot.message import Message


def draw(saying: sayings.Saying) -> Message:  # noqa: PLR0911  (one line a kind is the point)
    """The message for any saying; mypy names a kind that is missing."""
    match saying:
        case sayings.EpisodeCard():
            return alerts.episode(saying)
        case sayings.StormCard():
            return storms.storm(saying)
        case sayings.DigestCard():
            return digest.card(saying)
        case sequence_sayings.SequenceCard():
            return sequence_card.card(saying)
        case sayings.TerminatedLine():
            return sequence_card.terminated(saying)
        case (
            sayings.AttemptsLine()
            | sayings.AckLine()
            | sayings.SnoozeLine()
            | sayings.CancelLine()
            | sayings.ReminderLine()
            | sayings.EndLine()
        ):
            return _of_an_alert(saying)
        case _:
            return _of_a_sequence(saying)


def _of_an_alert(saying: sayings.AlertLine) -> Message:
    match saying:
        case sayings.AttemptsLine():
            return alert_lines.attempts(saying)
        case sayings.AckLine():
            return alert_lines.ack(saying)
        case sayings.SnoozeLine():
            return alert_lines.snooze(saying)
        case sayings.CancelLine():
            return alert_lines.cancel(saying)
        case sayings.ReminderLine():
            return alert_lines.reminder(saying)
        case sayings.EndLine():
            return alert_lines.end(saying)
        case _:
            assert_never(saying)


def _of_a_sequence(saying: sequence_sayings.SequenceLine) -> Message:  # noqa: PLR0911  (as above)
    match saying:
        case sequence_sayings.BegunLine():
            return sequence.begun(saying)
        case sequence_sayings.ClearedLine():
            return sequence.cleared(saying)
        case sequence_sayings.StillOpenLine():
            return sequence.still_open(saying)
        case sequence_sayings.WindowLine():
            return sequence.window(saying)
        case sequence_sayings.CutLine():
            return sequence.cut(saying)
        case sequence_sayings.InstructedLine():
            return sequence.instructed(saying)
        case sequence_sayings.SequenceEndLine():
            return sequence.end(saying)
        case _:
            assert_never(saying)

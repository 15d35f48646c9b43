"""Draws every notification: ``draw`` takes any ``Notification`` and returns its message."""

from typing import assert_never

from bot.blocks import (
    activity_lines,
    alert_lines,
    alerts,
    announcements,
    bulk_card,
    digest,
    pages,
    personal,
    report,
    sequence,
    sequence_card,
    storms,
)
from bot.fleet.notifications.announcements import CampaignComplete, ClusterComplete
from bot.fleet.notifications.calls import MentionLine, PageFailedLine
from bot.fleet.notifications.confirmed import (
    ActivitiesLine,
    ActivitiesPausedLine,
    ActivitiesResumedLine,
    BulkCard,
    NotBegunLine,
    ResetLine,
    TerminatedLine,
    TimeoutLine,
)
from bot.fleet.notifications.notification import (
    AckLine,
    AlertLine,
    AttemptsLine,
    CancelLine,
    ChildrenLine,
    DigestCard,
    EndLine,
    EpisodeCard,
    Notification,
    ReasonLine,
    ReminderLine,
    ReportCard,
    SnoozeLine,
    StormCard,
)
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped
from bot.fleet.notifications.sequence import (
    BegunLine,
    ClearedLine,
    CutLine,
    InstructedLine,
    SequenceCard,
    SequenceEndLine,
    SequenceLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
)
from bot.message import Message


def draw(notification: Notification) -> Message:  # noqa: PLR0911  (one line a kind is the point)
    """The message of any notification. mypy reports a missing kind of notification."""
    match notification:
        case EpisodeCard():
            return alerts.episode(notification)
        case StormCard():
            return storms.storm(notification)
        case DigestCard():
            return digest.card(notification)
        case ReportCard():
            return report.render(notification.report)
        case SequenceCard():
            return sequence_card.card(notification)
        case (
            TerminatedLine()
            | TimeoutLine()
            | ResetLine()
            | ActivitiesPausedLine()
            | ActivitiesResumedLine()
            | BulkCard()
            | NotBegunLine()
        ):
            return _confirmed(notification)
        case ClusterComplete() | CampaignComplete():
            return announcements.draw(notification)
        case CustomerComplete() | CustomerAlert() | CustomerStopped():
            return personal.draw(notification)
        case (
            BegunLine()
            | ClearedLine()
            | StillOpenLine()
            | WaitingLine()
            | WindowLine()
            | CutLine()
            | InstructedLine()
            | SequenceEndLine()
        ):
            return _sequence_line(notification)
        case _:
            return _alert_line(notification)


def _of_activities(line: ActivitiesLine) -> Message:
    match line:
        case TimeoutLine():
            return activity_lines.timeout_raised(line)
        case ResetLine():
            return activity_lines.activities_reset(line)
        case ActivitiesPausedLine():
            return activity_lines.activities_paused(line)
        case ActivitiesResumedLine():
            return activity_lines.activities_resumed(line)


def _confirmed(notification: TerminatedLine | ActivitiesLine | BulkCard | NotBegunLine) -> Message:
    match notification:
        case TerminatedLine():
            return sequence_card.terminated(notification)
        case BulkCard():
            return bulk_card.card(notification)
        case NotBegunLine():
            return bulk_card.not_begun(notification)
        case _:
            return _of_activities(notification)


def _alert_line(line: AlertLine) -> Message:  # noqa: PLR0911  (as above)
    match line:
        case AttemptsLine():
            return alert_lines.attempts(line)
        case ChildrenLine():
            return alert_lines.children(line)
        case ReasonLine():
            return alert_lines.reason(line)
        case AckLine():
            return alert_lines.ack(line)
        case SnoozeLine():
            return alert_lines.snooze(line)
        case CancelLine():
            return alert_lines.cancel(line)
        case ReminderLine():
            return alert_lines.reminder(line)
        case MentionLine() | PageFailedLine():
            return _call(line)
        case EndLine():
            return alert_lines.end(line)
        case _:
            assert_never(line)


def _call(line: MentionLine | PageFailedLine) -> Message:
    return alert_lines.mention(line) if isinstance(line, MentionLine) else pages.failed(line)


def _sequence_line(line: SequenceLine) -> Message:  # noqa: PLR0911  (as above)
    match line:
        case BegunLine():
            return sequence.begun(line)
        case ClearedLine():
            return sequence.cleared(line)
        case StillOpenLine():
            return sequence.still_open(line)
        case WaitingLine():
            return sequence.waiting(line)
        case WindowLine():
            return sequence.window(line)
        case CutLine():
            return sequence.cut(line)
        case InstructedLine():
            return sequence.instructed(line)
        case SequenceEndLine():
            return sequence.end(line)
        case _:
            assert_never(line)

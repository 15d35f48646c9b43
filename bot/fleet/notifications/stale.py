"""Finds unsent messages that are no longer true, or no longer news. Pure.

After an hour without Slack, people want to know the present state, and not everything that has happened meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import get_args

from bot.fleet.notifications.attempts import ALWAYS_WITH_LINE
from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.keys import story_of
from bot.fleet.notifications.notification import (
    AlertLine,
    AttemptsLine,
    CancelLine,
    ChildrenLine,
    DigestCard,
    EndLine,
    EpisodeCard,
    Notification,
    ReminderLine,
    ReportCard,
    SnoozeLine,
    dump,
)
from bot.fleet.notifications.sequence import (
    ClearedLine,
    CutLine,
    SequenceEndLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
)
from bot.model import Episode, OutboxMessage

# A message that has waited for less is sent as it was recorded, so that a restart of the bot drops nothing.
LATE = timedelta(minutes=1)

_ALERT_LINES = get_args(AlertLine)


@dataclass(frozen=True, slots=True)
class UnsentMessage:
    """A message of the outbox that is not known to be posted. ``is_late``: it has waited for ``LATE`` or longer.
    ``is_tried``: an attempt to post it had an unknown outcome."""

    message: OutboxMessage
    notification: Notification
    is_late: bool
    is_tried: bool = False

    @property
    def story(self) -> str:
        """The id of the episode that the message belongs to; "" if it belongs to none."""
        return story_of(self.message.key)


def stale_reasons(unsent: Sequence[UnsentMessage], episodes: Mapping[str, Episode]) -> dict[str, str]:
    """The outbox keys of the stale messages, each with the reason. ``unsent`` is in the order in which the messages
    were recorded; ``episodes`` are by id."""
    missed = {entry.story for entry in unsent if isinstance(entry.notification, EpisodeCard) and entry.is_late}
    reasons: dict[str, str] = {}
    for number, entry in enumerate(unsent):
        episode = episodes.get(entry.story)
        behind = unsent[number + 1 :]
        if entry.story in missed and episode and isinstance(entry.notification, _ALERT_LINES):
            why = _reason_for_unknown_alert(entry.notification, episode) or _reason_for_line(entry, behind, episode)
        elif entry.is_late:
            why = (
                _reason_for_line(entry, behind, episode) if episode else _reason_for_other(entry.notification, behind)
            )
        else:
            why = ""
        if why:
            reasons[entry.message.key] = why
    return reasons


def _reason_for_unknown_alert(line: Notification, episode: Episode) -> str:
    """Why a line is stale because the message of its alert is not posted yet; "" if the line is not stale for this
    reason. Once the alert is over, every line is stale, because the alert's message will then tell everything. While
    the alert is open, a reminder is stale, because the alert's message is still news."""
    if not episode.is_open:
        return "the alert was over before anybody could hear of it"
    return "the alert itself is news" if isinstance(line, ReminderLine) else ""


def _reason_for_line(entry: UnsentMessage, behind: Sequence[UnsentMessage], episode: Episode) -> str:
    """Why a line of an alert is stale, given the present state of the episode; "" if it is not stale. ``behind`` are
    the messages recorded after it."""
    match entry.notification:
        case EndLine():
            return "it goes on again" if episode.is_open else ""
        case CancelLine() | ChildrenLine():
            return "" if episode.is_open else "it is over"
        case SnoozeLine(until=until):
            is_on = episode.is_open and episode.quiet is not None and episode.quiet.until == until
            return "" if is_on else "the snooze is over"
        case MentionLine(names=names):
            # Other alerts of the group may still need somebody.
            return _reason_for_call(episode) if names == (episode.name,) else ""
        case ReminderLine() as reminder:
            later = (other for other in behind if isinstance(other.notification, ReminderLine))
            is_repeated = any(other.story == entry.story for other in later)
            return "a later reminder follows" if is_repeated else _reason_for_reminder(reminder, episode)
        case _:
            return ""


def _reason_for_call(episode: Episode) -> str:
    if not episode.is_open:
        return "it is over"
    is_answered = episode.acked_by or episode.quiet or episode.sequence or episode.is_queued
    return "somebody takes care of it" if is_answered else ""


def _reason_for_reminder(reminder: ReminderLine, episode: Episode) -> str:
    if reminder.others:
        # Other alerts of the group may still need somebody.
        return ""
    if not episode.is_open:
        return "it is over"
    if episode.sequence is not None:
        return "a sequence sees to it"
    if episode.is_queued:
        return "it waits in the queue"
    if episode.quiet is not None:
        return "it is snoozed"
    # The reminder at the end of a snooze is sent even if the alert is acknowledged.
    return "it is acknowledged" if episode.acked_by and not reminder.after_snooze else ""


def _reason_for_other(notification: Notification, behind: Sequence[UnsentMessage]) -> str:
    match notification:
        case DigestCard(digest=digest):
            is_repeated = any(
                isinstance(each, DigestCard)
                and (each.digest.campaign, each.digest.only) == (digest.campaign, digest.only)
                for each in (entry.notification for entry in behind)
            )
            return "a newer digest follows" if is_repeated else ""
        case ReportCard(report=report):
            later = (entry.notification for entry in behind)
            is_repeated = any(
                isinstance(each, ReportCard) and each.report.campaign == report.campaign for each in later
            )
            return "a newer report follows" if is_repeated else ""
        case StillOpenLine(spec=spec):
            return "it has closed" if spec.id in {_continued_sequence(entry.notification) for entry in behind} else ""
        case WaitingLine():
            goes_on = any(_has_ended(notification, entry.notification) for entry in behind)
            return "the window has ended" if goes_on else ""
        case _:
            return ""


def _has_ended(waiting: WaitingLine, later: Notification) -> bool:
    match later:
        case WindowLine(spec=spec, ended=ended) | CutLine(spec=spec, ended=ended):
            return (spec.id, ended.window) == (waiting.spec.id, waiting.window)
        case SequenceEndLine(progress=progress):
            return progress.spec.id == waiting.spec.id
        case _:
            return False


def _continued_sequence(notification: Notification) -> str:
    """The id of the sequence, if the message shows that the sequence no longer waits for cancelled runs to close; ""
    for any other message."""
    match notification:
        case ClearedLine(spec=spec) | WindowLine(spec=spec) | CutLine(spec=spec):
            return spec.id
        case SequenceEndLine(progress=progress):
            return progress.spec.id
        case _:
            return ""


def join_attempts(unsent: Sequence[UnsentMessage]) -> tuple[tuple[OutboxMessage, ...], tuple[str, ...]]:
    """Join late lines about attempts that failed in the same way, if an episode has many of them.

    Returns two things: the changed lines, which now also count other lines; and the keys of the lines that are not
    sent, because a changed line counts them.
    """
    joined: list[OutboxMessage] = []
    dropped: list[str] = []
    for story in dict.fromkeys(entry.story for entry in unsent if entry.story):
        own = (entry for entry in unsent if entry.story == story and entry.is_late)
        lines = [entry for entry in own if isinstance(entry.notification, AttemptsLine)]
        for before, now in _replacements(lines) if len(lines) > ALWAYS_WITH_LINE else ():
            if now is None:
                dropped.append(before.key)
            elif now != before:
                joined.append(now)
    return tuple(joined), tuple(dropped)


def _replacements(lines: Sequence[UnsentMessage]) -> Iterator[tuple[OutboxMessage, OutboxMessage | None]]:
    """For each line, the message as recorded, and the message to send instead. The second is equal to the first if
    nothing changes, and None if a later line counts this one. The first and the last line of an activity are kept."""
    kept: AttemptsLine | None = None
    for number, entry in enumerate(lines):
        line = _attempts_line(entry)
        before = _attempts_line(lines[number - 1]) if number else None
        after = _attempts_line(lines[number + 1]) if number + 1 < len(lines) else None
        goes_on = kept is not None and before is not None and _is_next(line, before)
        is_in_next_line = after is not None and _is_next(after, line) and not entry.is_tried
        if kept and goes_on and is_in_next_line and _is_alike(line, kept):
            yield entry.message, None
            continue
        alike = line.first - 1 - kept.last if kept and goes_on else line.alike
        kept = line
        yield entry.message, replace(entry.message, body=dump(replace(line, alike=alike)))


def _attempts_line(entry: UnsentMessage) -> AttemptsLine:
    assert isinstance(entry.notification, AttemptsLine)
    return entry.notification


def _is_next(line: AttemptsLine, before: AttemptsLine) -> bool:
    """Whether ``line`` continues the attempts of ``before`` without a gap. The attempts of another activity do not:
    they begin at 1 again."""
    return line.child == before.child and line.first - line.alike <= before.last + 1 <= line.first


def _is_alike(line: AttemptsLine, before: AttemptsLine) -> bool:
    """Whether the line is about a single attempt, whose failure was seen and is the same as that of ``before``."""
    return line.first == line.last and line.failure is not None and line.failure == before.failure

"""What has waited so long to be said that it is no longer true, or no longer news: after an hour without Slack people
want to know how things are, and not each thing that they would have been asked to do meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import get_args

from bot.fleet.notifications.attempts import ALWAYS_TOLD
from bot.fleet.notifications.keys import story_of
from bot.fleet.notifications.notification import (
    AlertLine,
    AttemptsLine,
    CancelLine,
    DigestCard,
    EndLine,
    EpisodeCard,
    Notification,
    ReminderLine,
    SnoozeLine,
    dump,
)
from bot.fleet.notifications.sequence import ClearedLine, CutLine, SequenceEndLine, StillOpenLine, WindowLine
from bot.model import Episode, OutboxMessage

# What has waited less is said as it was recorded: a bot that is restarted leaves nothing out.
LATE = timedelta(minutes=1)

_OF_AN_ALERT = get_args(AlertLine)


@dataclass(frozen=True, slots=True)
class UnsentMessage:
    """A speech that does not stand anywhere yet. ``is_late``: it has waited for ``LATE`` or longer.

    ``is_tried``: whether it was posted is not known.
    """

    speech: OutboxMessage
    saying: Notification
    is_late: bool
    is_tried: bool = False

    @property
    def story(self) -> str:
        """The id of the episode it tells of, "" for none."""
        return story_of(self.speech.key)


def stale_reasons(undelivered: Sequence[UnsentMessage], episodes: Mapping[str, Episode]) -> dict[str, str]:
    """What is not to be said any more, by key, and why; ``undelivered`` in the order recorded, ``episodes`` by id."""
    missed = {one.story for one in undelivered if isinstance(one.saying, EpisodeCard) and one.is_late}
    reasons: dict[str, str] = {}
    for number, one in enumerate(undelivered):
        episode = episodes.get(one.story)
        behind = undelivered[number + 1 :]
        if one.story in missed and episode and isinstance(one.saying, _OF_AN_ALERT):
            why = _never_told(one.saying, episode) or _of_alert(one, behind, episode)
        elif one.is_late:
            why = _of_alert(one, behind, episode) if episode else _of_others(one.saying, behind)
        else:
            why = ""
        if why:
            reasons[one.speech.key] = why
    return reasons


def _never_told(line: Notification, episode: Episode) -> str:
    """Of an alert that nobody has heard of: its message, which is one line then, tells all if it is over."""
    if not episode.is_open:
        return "the alert was over before anybody could hear of it"
    return "the alert itself is news" if isinstance(line, ReminderLine) else ""


def _of_alert(one: UnsentMessage, behind: Sequence[UnsentMessage], episode: Episode) -> str:
    """Against how the episode stands now."""
    match one.saying:
        case EndLine():
            return "it goes on again" if episode.is_open else ""
        case CancelLine():
            return "" if episode.is_open else "it is over"
        case SnoozeLine(until=until):
            is_on = episode.quiet is not None and episode.quiet.until == until
            return "" if is_on else "the snooze is over"
        case ReminderLine() as reminder:
            is_repeated = any(one.story == other.story and isinstance(other.saying, ReminderLine) for other in behind)
            return "a later reminder follows" if is_repeated else _needless(reminder, episode)
        case _:
            return ""


def _needless(reminder: ReminderLine, episode: Episode) -> str:
    if not episode.is_open:
        return "it is over"
    if episode.sequence is not None:
        return "a sequence sees to it"
    if episode.quiet is not None:
        return "it is snoozed"
    # The end of a snooze is told to whoever has acknowledged it, too.
    return "it is acknowledged" if episode.acked_by and not reminder.after_snooze else ""


def _of_others(saying: Notification, behind: Sequence[UnsentMessage]) -> str:
    match saying:
        case DigestCard():
            return "a newer digest follows" if any(isinstance(one.saying, DigestCard) for one in behind) else ""
        case StillOpenLine(spec=spec):
            return "it has closed" if spec.id in {_has_gone_on(one.saying) for one in behind} else ""
        case _:
            return ""


def _has_gone_on(saying: Notification) -> str:
    """The id of the sequence of which this tells that the runs it waited for are closed."""
    match saying:
        case ClearedLine(spec=spec) | WindowLine(spec=spec) | CutLine(spec=spec):
            return spec.id
        case SequenceEndLine(progress=progress):
            return progress.spec.id
        case _:
            return ""


def join_attempts(undelivered: Sequence[UnsentMessage]) -> tuple[tuple[OutboxMessage, ...], tuple[str, ...]]:
    """Lines about attempts that ended alike, told by the line that follows them when there are many of a story: those
    that say more now, and the keys of those that are not needed then."""
    told: list[OutboxMessage] = []
    dropped: list[str] = []
    for story in dict.fromkeys(one.story for one in undelivered if one.story):
        lines = [
            one for one in undelivered if one.story == story and one.is_late and isinstance(one.saying, AttemptsLine)
        ]
        for before, now in _shorter(lines) if len(lines) > ALWAYS_TOLD else ():
            if now is None:
                dropped.append(before.key)
            elif now != before:
                told.append(now)
    return tuple(told), tuple(dropped)


def _shorter(lines: Sequence[UnsentMessage]) -> Iterator[tuple[OutboxMessage, OutboxMessage | None]]:
    """Each line and what it is to be, None: nothing. Of an activity the first and the last always stay."""
    kept: AttemptsLine | None = None
    for number, one in enumerate(lines):
        line = _of_attempts(one)
        before = _of_attempts(lines[number - 1]) if number else None
        after = _of_attempts(lines[number + 1]) if number + 1 < len(lines) else None
        goes_on = kept is not None and before is not None and _follows(line, before)
        is_told_by_next = after is not None and _follows(after, line) and not one.is_tried
        if kept and goes_on and is_told_by_next and _is_alike(line, kept):
            yield one.speech, None
            continue
        alike = line.first - 1 - kept.last if kept and goes_on else line.alike
        kept = line
        yield one.speech, replace(one.speech, body=dump(replace(line, alike=alike)))


def _of_attempts(one: UnsentMessage) -> AttemptsLine:
    assert isinstance(one.saying, AttemptsLine)
    return one.saying


def _follows(line: AttemptsLine, before: AttemptsLine) -> bool:
    """Whether no attempt goes untold between the two: another activity begins anew."""
    return line.first - line.alike <= before.last + 1 <= line.first


def _is_alike(line: AttemptsLine, before: AttemptsLine) -> bool:
    """One attempt, seen, that failed as the one before did."""
    return line.first == line.last and line.failure is not None and line.failure == before.failure

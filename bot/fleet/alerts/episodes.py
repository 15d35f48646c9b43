"""One episode's life: opened, looked at again, acknowledged, snoozed, handed over to a sequence, ended; with the
messages of each step.

Outbox keys are made of the episode's id and what happened, so that a step repeated after a crash posts nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.alerts.reasons import alert_ending
from bot.fleet.notifications.attempts import ended_attempts
from bot.fleet.notifications.keys import card_key, display_name, episode_id, is_within_sequence, story_key
from bot.fleet.notifications.notification import (
    AckLine,
    CancelLine,
    EndLine,
    EpisodeCard,
    Notification,
    SnoozeLine,
    dump,
)
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    Actor,
    Ending,
    Episode,
    OutboxMessage,
    Quiet,
    SeenFailure,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    is_past_within_skew,
)

# Progress alone edits the message at most this often; any other change does so at once.
PROGRESS_EDITS = timedelta(minutes=1)

ENDINGS = {
    SequenceEnd.COMPLETE: Ending.COMPLETED,
    SequenceEnd.INCOMPLETE: Ending.INCOMPLETE,
    SequenceEnd.STOPPED: Ending.INCOMPLETE,
    SequenceEnd.CANCELLED: Ending.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Step:
    """An episode after something happened, and the messages about that."""

    episode: Episode
    messages: tuple[OutboxMessage, ...] = ()


def card(episode: Episode) -> OutboxMessage:
    """Its own message, in the channel or in its storm's thread."""
    key = card_key(episode)
    thread = episode.root_key if episode.root_key != key else ""
    return OutboxMessage(key, dump(EpisodeCard(episode)), thread)


def new_episode(
    look: DescribedRun, failures: Iterable[SeenFailure], now: datetime, root_key: str = "", group: str = ""
) -> Step:
    """A new episode, with a line in its thread for every attempt that has ended so far.

    Raises ValueError for a look at a run that needs no alert.
    """
    if look.alert_reason is None:
        raise ValueError(f"{look.ref.workflow_id} needs no alert")
    new_id = episode_id(look.ref)
    episode = Episode(
        **look.standing(),
        id=new_id,
        activity_id=look.activity_id,
        reached=look.before if look.attempt > 1 else "",
        root_key=root_key or f"episode:{new_id}",
        opened_at=now,
        changed_at=now,
        last_told_at=now,
        group=group,
        alert_reason=look.alert_reason,
    )
    return Step(episode, (card(episode), *_attempts(episode, 1, look, failures, now)))


def by_clock_ahead(step: Step, ahead: timedelta) -> Step:
    """A new episode that knows by how much the clock that told it ``now`` is ahead of its cluster's."""
    episode = replace(step.episode, ahead=ahead)
    return Step(episode, (card(episode), *step.messages[1:])) if ahead else step


def update_episode(episode: Episode, look: DescribedRun, failures: Iterable[SeenFailure], now: datetime) -> Step:
    """The same episode after another look, without messages when nothing has changed.

    Its reason is the worst that holds now. A reason that has passed stays until the alert ends.
    """
    reason = look.alert_reason or episode.alert_reason
    ending = alert_ending(reason, look)
    if ending is not None:
        return Step(episode) if is_handed_over(episode) else end_episode(episode, ending, now)
    look = replace(look if look.activity_id else _between_activities(look, episode), alert_reason=reason)
    first = episode.attempt if look.activity_id == episode.activity_id else 1
    has_ended = look.attempt > first
    news = _attempts(episode, first, look, failures, now) if has_ended else ()
    # A sequence reports its own cancellations.
    if look.cancel_requested and not episode.cancel_requested and not episode.sequence:
        news = (*news, _line(episode, "cancel", CancelLine(display_name(episode))))
    # An open episode with the time of an end was wrongly taken for over.
    is_back = episode.ended_at is not None
    if not news and not has_ended and not is_back and not _shows_differently(episode, look, now):
        return Step(episode)
    reached = look.before if has_ended else episode.reached
    changed = replace(
        episode,
        **look.standing(),
        activity_id=look.activity_id,
        alert_reason=reason,
        reached=reached,
        changed_at=now,
        ended_at=None,
    )
    if news and episode.quiet and episode.quiet.until is None:
        changed = replace(changed, quiet=None, last_told_at=now)
        news = (*(replace(line, broadcast=True) for line in news[:1]), *news[1:])
    return Step(changed, (card(changed), *news))


def end_episode(episode: Episode, ending: Ending, now: datetime) -> Step:
    """Over: the message becomes one line, and the thread gets a line, too. In the thread of a sequence the message is
    that line already, and the sequence reports what became of its window."""
    over = replace(episode, ending=ending, ended_at=now, changed_at=now, quiet=None)
    if is_within_sequence(over):
        return Step(over, (card(over),))
    line = EndLine(over.name, ending, over.attempt, over.opened_at, now, over.window)
    return Step(over, (card(over), _line(over, "end", line)))


def is_for(spec: SequenceSpec, episode: Episode) -> bool:
    """Whether a sequence takes this episode over: it does when the alert is older than the sequence, and when the
    sequence cancels the run. Alerts of its own windows follow their runs, and end with them.
    """
    if (episode.ref.cluster, episode.customer) != (spec.cluster, spec.customer):
        return False
    return episode.opened_there <= spec.started_at or episode.ref in {held.ref for held in spec.clear}


def is_handed_over(episode: Episode) -> bool:
    """Whether a sequence has taken it over."""
    return episode.sequence is not None and is_for(episode.sequence.spec, episode)


def hand_over(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """A sequence has taken it over: it outlives its run and ends with the sequence, and nobody is reminded of it.

    Here and in the functions below, an episode that the sequence is not for stays as it is.
    """
    if not is_for(progress.spec, episode):
        return Step(episode)
    taken = replace(episode, sequence=progress, quiet=None, changed_at=now, last_told_at=now)
    return Step(taken, (card(taken),))


def update_progress(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """The message shows the sequence's progress; the sequence itself writes into the thread."""
    before = episode.sequence
    if before is None or before.spec.id != progress.spec.id:
        return hand_over(episode, progress, now)
    if before == progress or not is_for(progress.spec, episode):
        return Step(episode)
    changed = replace(episode, sequence=progress, changed_at=now)
    return Step(changed, (card(changed),))


def end_with_sequence(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """The sequence is over, and with it the episode. Raises ValueError for a sequence that goes on."""
    if progress.end is None:
        raise ValueError(f"the sequence of {progress.spec.customer} goes on")
    if not is_for(progress.spec, episode):
        return Step(episode)
    step = end_episode(replace(episode, sequence=progress), ENDINGS[progress.end], now)
    # In its own thread the sequence reports its end itself, with more detail.
    is_own_thread = episode.root_key == progress.spec.thread_key
    return Step(step.episode, step.messages[:1]) if is_own_thread else step


def release_from_sequence(
    episode: Episode, look: DescribedRun, ending: Ending, failures: Iterable[SeenFailure], now: datetime
) -> Step:
    """Its sequence ended without reporting that. The alert ends like the sequence, unless its own run goes on."""
    if look.ending is not None:
        return end_episode(episode, ending, now)
    back = update_episode(replace(episode, sequence=None, last_told_at=now, changed_at=now), look, failures, now)
    news = tuple(speech for speech in back.messages if speech.key != card_key(episode))
    return Step(back.episode, (card(back.episode), *news))


def acknowledge_episode(episode: Episode, actor: Actor, now: datetime) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """Somebody has taken it on; reminders stop."""
    taken = replace(episode, acked_by=actor.user_id, changed_at=now)
    return taken, (card(taken), _line(taken, "ack", AckLine(display_name(taken), actor.user_id)))


def snooze_episode(
    episode: Episode, actor: Actor, until: datetime | None, now: datetime
) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """Quiet until then; None: until it changes."""
    quiet = replace(episode, quiet=Quiet(actor.user_id, until), changed_at=now)
    line = SnoozeLine(display_name(quiet), actor.user_id, until)
    return quiet, (card(quiet), _line(quiet, f"snooze:{now.isoformat()}", line))


def _line(episode: Episode, what: str, saying: Notification) -> OutboxMessage:
    return OutboxMessage(f"{story_key(episode)}:{what}", dump(saying), episode.root_key)


def _between_activities(look: DescribedRun, episode: Episode) -> DescribedRun:
    """Between two activities, the episode goes on showing the one before."""
    return replace(
        look,
        activity_id=episode.activity_id,
        attempt=episode.attempt,
        progress=episode.progress,
        last_heartbeat_at=episode.last_heartbeat_at,
        last_failure=episode.last_failure,
    )


def _shows_differently(episode: Episode, look: DescribedRun, now: datetime) -> bool:
    shown = (episode.alert_reason, episode.health, episode.link, episode.cancel_requested)
    if (look.alert_reason, look.health, look.link, look.cancel_requested) != shown:
        return True
    is_long_ago = now - episode.changed_at >= PROGRESS_EDITS or not is_past_within_skew(episode.changed_at, now)
    return look.progress != episode.progress and is_long_ago


def _attempts(
    episode: Episode, first: int, look: DescribedRun, failures: Iterable[SeenFailure], now: datetime
) -> tuple[OutboxMessage, ...]:
    lines = ended_attempts(display_name(episode), first, look, failures, now)
    return tuple(_line(episode, f"attempt:{look.activity_id}:{line.last}", line) for line in lines)

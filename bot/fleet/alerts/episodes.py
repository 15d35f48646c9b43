"""Changes episodes, and makes the messages that each change causes. Pure.

Outbox keys are made of the episode's id and the event, so a change that is repeated after a crash posts nothing
twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.alerts.described import as_described, between_activities, edits_message, pictured_attempts
from bot.fleet.notifications.attempts import ended_attempts
from bot.fleet.notifications.keys import card_key, display_name, episode_id, is_within_sequence, story_key
from bot.fleet.notifications.notification import (
    CancelLine,
    ChildrenLine,
    EndLine,
    EpisodeCard,
    Notification,
    ReasonLine,
    dump,
)
from bot.fleet.runs.alert_reasons import alert_ending
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    AlertReason,
    Ending,
    Episode,
    OutboxMessage,
    Route,
    SeenFailure,
    SequenceSpec,
    TroubledChildren,
)


@dataclass(frozen=True, slots=True)
class Step:
    """An episode after a transition, and the messages about it."""

    episode: Episode
    messages: tuple[OutboxMessage, ...] = ()


def card(episode: Episode) -> OutboxMessage:
    """The message with the alert's state, in the channel or in the thread of the alert's group or sequence."""
    key = card_key(episode)
    thread = episode.root_key if episode.root_key != key else ""
    return OutboxMessage(key, dump(EpisodeCard(episode)), thread, destination="" if thread else episode.route.channel)


def new_episode(
    run: DescribedRun, failures: Iterable[SeenFailure], now: datetime, root_key: str = "", group: str = ""
) -> Step:
    """A new episode, with a line in its thread for every attempt that has ended so far.

    Raises ValueError for a run that needs no alert.
    """
    if run.alert_reason is None:
        raise ValueError(f"{run.ref.workflow_id} needs no alert")
    new_id = episode_id(run.ref, run.recurrence)
    episode = Episode(
        **run.standing(),
        id=new_id,
        activity_id=run.activity_id,
        reached=run.before if run.attempt > 1 else "",
        attempts=pictured_attempts((), run) if run.attempt > 1 else (),
        root_key=root_key or f"episode:{new_id}",
        opened_at=now,
        changed_at=now,
        last_told_at=now,
        group=group,
        alert_reason=run.alert_reason,
        recurrence=run.recurrence,
        suggested=run.suggested,
    )
    lines = _attempt_lines(episode, 1, run, failures, now)
    return Step(episode, (card(episode), *_children_lines(episode, run, before=None), *lines))


def with_facts(step: Step, route: Route, ahead: timedelta, campaign: str = "") -> Step:
    """The new episode with its route, with the campaign in which its buttons act, and with ``ahead``: how far the
    bot's clock is ahead of the cluster's."""
    episode = replace(step.episode, route=route, ahead=ahead, campaign=campaign)
    return Step(episode, (card(episode), *step.messages[1:]))


def update_episode(episode: Episode, run: DescribedRun, failures: Iterable[SeenFailure], now: datetime) -> Step:
    """The episode after its run was described again, with the messages about what has changed (none if nothing has).
    The reason of the episode is the worst one that holds now. When none holds any more, the episode keeps its last
    reason until it ends."""
    reason = run.alert_reason or episode.alert_reason
    ending = alert_ending(reason, run)
    if ending is not None:
        if is_handed_over(episode):
            return Step(episode)
        return end_episode(episode, ending, now, with_campaign=run.ended_with_campaign)
    is_next = run.ref != episode.ref
    run = replace(run if run.activity_id or is_next else between_activities(run, episode), alert_reason=reason)
    is_same = run.activity_id == episode.activity_id and not is_next
    first = episode.attempt if is_same else 1
    has_ended = run.attempt > first
    news = _attempt_lines(episode, first, run, failures, now) if has_ended else ()
    news = (*_reason_lines(episode, run, now), *_described_lines(episode, run), *news)
    # An open episode with an end time was wrongly closed earlier.
    is_back = episode.ended_at is not None
    if not news and not has_ended and not is_back and not edits_message(episode, run, now):
        return Step(episode)
    reached = run.before if has_ended else "" if is_next else episode.reached
    attempts = episode.attempts if is_same else ()
    attempts = pictured_attempts(attempts, run) if has_ended else attempts
    changed = replace(as_described(episode, run, now), alert_reason=reason, reached=reached, attempts=attempts)
    if is_back:
        changed = replace(changed, calls_again_at=now)
    if news and episode.quiet and episode.quiet.until is None:
        changed = replace(changed, quiet=None, last_told_at=now, calls_again_at=now)
        news = (*(replace(line, broadcast=True) for line in news[:1]), *news[1:])
    return Step(changed, (card(changed), *news))


def end_episode(episode: Episode, ending: Ending, now: datetime, *, with_campaign: bool = False) -> Step:
    """The episode after its end: its message shrinks to one line, and its thread gets a line. ``with_campaign`` says
    that the episode is no longer watched because its campaign was closed.

    An episode in the thread of a sequence gets no line there, because the sequence reports how its window ended.
    """
    over = replace(episode, ending=ending, ended_at=now, changed_at=now, ended_with_campaign=with_campaign)
    if is_within_sequence(over):
        return Step(over, (card(over),))
    attempt = 0 if over.children and over.children.shown else over.attempt
    line = EndLine(over.name, ending, attempt, over.opened_at, now, over.window, over.alert_reason, with_campaign)
    return Step(over, (card(over), thread_line(over, "end", line)))


def is_for(spec: SequenceSpec, episode: Episode) -> bool:
    """Whether the sequence takes this episode over: it cancels or follows the episode's run, or it runs days of that
    run again. Another run of the customer may be for other days, and keeps its alert.

    An episode that opened after the sequence started is taken over only if the sequence cancels the run of the
    episode. So alerts about the sequence's own windows are not taken over: each follows the run of its window, and
    ends with that run.
    """
    if (episode.ref.cluster, episode.customer) != (spec.cluster, spec.customer):
        return False
    if any(run.ref in episode.runs for run in spec.clear):
        return True
    return episode.opened_there <= spec.started_at and (has_run(spec, episode) or _runs_days_of(spec, episode))


def has_run(spec: SequenceSpec, episode: Episode) -> bool:
    """Whether the run of the episode is one that the sequence cancels or follows. Workflow ids are compared, because
    the chain of the run may have gone on since it was last described."""
    return any(run.ref.workflow_id == episode.ref.workflow_id for run in (*spec.clear, *spec.adopt))


def _runs_days_of(spec: SequenceSpec, episode: Episode) -> bool:
    days = episode.window
    return days is None or any(days.intersection(each) for each in spec.days)


def is_handed_over(episode: Episode) -> bool:
    """Whether a sequence has taken the episode over."""
    return episode.sequence is not None and is_for(episode.sequence.spec, episode)


def thread_line(episode: Episode, event: str, line: Notification) -> OutboxMessage:
    """A line in the thread of the alert. ``event`` makes its outbox key unique among the lines of the alert."""
    return OutboxMessage(f"{story_key(episode)}:{event}", dump(line), episode.root_key)


def _described_lines(episode: Episode, run: DescribedRun) -> tuple[OutboxMessage, ...]:
    """Lines about children in trouble, and about a requested cancel."""
    lines = _children_lines(episode, run, episode.children)
    # A sequence reports its own cancellations in the thread.
    if run.cancel_requested and not episode.cancel_requested and not episode.sequence:
        lines = (*lines, thread_line(episode, "cancel", CancelLine(display_name(episode))))
    return lines


def _reason_lines(episode: Episode, run: DescribedRun, now: datetime) -> tuple[OutboxMessage, ...]:
    """A line when the alert gets another reason. It goes to the channel, too, if the run has failed meanwhile."""
    if run.alert_reason is None or run.alert_reason is episode.alert_reason:
        return ()
    line = ReasonLine(display_name(episode), run.alert_reason, run.facts)
    message = thread_line(episode, f"reason:{now.isoformat()}", line)
    return (replace(message, broadcast=run.alert_reason is AlertReason.FAILED),)


def _children_lines(
    episode: Episode, run: DescribedRun, before: TroubledChildren | None
) -> tuple[OutboxMessage, ...]:
    """A line if more workflows below the run are in trouble than at the last description; empty otherwise. ``before``
    is what the last description said about them. If these workflows were in another trouble then
    (``TroubledChildren.reason``), all workflows that are in trouble now count as new."""
    children = run.children
    known = before.number if before and children and before.reason is children.reason else 0
    if children is None or children.number <= known:
        return ()
    line = ChildrenLine(display_name(episode), children)
    # The first versions had only lines about heartbeat timeouts. The keys of these lines still name no reason.
    is_timeout = children.reason is AlertReason.HEARTBEAT_TIMEOUT
    which = f"{children.number}" if is_timeout else f"{children.reason}:{children.number}"
    return (thread_line(episode, f"children:{which}", line),)


def _attempt_lines(
    episode: Episode, first: int, run: DescribedRun, failures: Iterable[SeenFailure], now: datetime
) -> tuple[OutboxMessage, ...]:
    lines = ended_attempts(display_name(episode), first, run, failures, now)
    # Each link numbers its activities and attempts from the beginning.
    link = "" if episode.id == episode_id(run.ref) else f"{run.ref.run_id}:"
    return tuple(thread_line(episode, f"attempt:{link}{run.activity_id}:{line.last}", line) for line in lines)

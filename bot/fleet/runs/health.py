"""Judges how one open execution is doing, from one look at it and what earlier looks have seen.

Age alone says nothing: 22 hours on attempt 1 is healthy. So is a last heartbeat about as old as its timeout, because
workers hold heartbeats back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.alerts.reasons import alert_reason
from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.heartbeat import Progress
from bot.fleet.runs.observation import failures_of
from bot.model import (
    Activity,
    ActivityState,
    Description,
    Failure,
    FailureKind,
    Health,
    Observation,
    SeenFailure,
    duration_text,
)

_IN_HAND = (ActivityState.STARTED, ActivityState.CANCEL_REQUESTED)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long heartbeats may stay unchanged, and how long an activity may wait for a worker, before that counts."""

    stalled_after: timedelta
    no_worker_after: timedelta


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier looks at this very execution recorded: when its details changed, and every failure seen."""

    observations: Collection[Observation] = ()
    failures: Collection[SeenFailure] = ()


def assess(description: Description, past: Past, patience: Patience, now: datetime) -> Assessment:
    """The health of an open execution: that of its worst activity, or blocked when its own code fails."""
    queue = description.execution.task_queue
    on_queues = (replace(activity, task_queue=activity.task_queue or queue) for activity in description.activities)
    by_activity = [_assess_activity(activity, past, patience, now) for activity in on_queues]
    worst = min(by_activity, key=_badness, default=None)
    assessment = worst or _without_activity(description, patience, now)
    assessment = _with_earlier_timeouts(assessment, past.failures)
    if description.workflow_task_attempt > 1:
        assessment = _with_failing_workflow_task(assessment, description, now)
    assessment = replace(assessment, failures=_kinds_of_failures(description, past, now))
    return replace(assessment, alert_reason=alert_reason(assessment))


def _kinds_of_failures(description: Description, past: Past, now: datetime) -> tuple[FailureKind, ...]:
    """Each failure once, although it was recorded before and is still the latest one."""
    seen = {(s.activity_id, s.attempt, s.failure.kind) for s in (*past.failures, *failures_of(description, now))}
    return tuple(kind for _, _, kind in sorted(seen))


def _with_failing_workflow_task(assessment: Assessment, description: Description, now: datetime) -> Assessment:
    """The workflow's own code did not finish a step. Temporal counts two cases as attempts of the workflow task: the
    code fails and workers retry it, or the worker that had the task is gone and no other one takes it."""
    since, attempt = description.workflow_task_scheduled_at, description.workflow_task_attempt
    if since is None:
        why = f"its workflow task is on attempt {attempt}: its own code fails, or its worker is lost each time"
        return replace(assessment, health=Health.BLOCKED, why=why)
    why = f"no worker has taken its workflow task up for {duration_text(max(now - since, timedelta(0)))}"
    return replace(
        assessment,
        health=min(assessment.health, Health.WAITING, key=lambda health: health.rank),
        why="; ".join(filter(None, (assessment.why, f"{why}, attempt {attempt}"))),
        waiting_since=assessment.waiting_since or since,
        task_queue=assessment.task_queue if assessment.waiting_since else description.execution.task_queue,
    )


def _badness(assessment: Assessment) -> tuple[int, int, str]:
    """Orders activities of equal health by attempt and id, because Temporal lists them in any order."""
    return assessment.health.rank, -assessment.attempt, assessment.activity_id


def _assess_activity(activity: Activity, past: Past, patience: Patience, now: datetime) -> Assessment:
    failure = activity.last_failure
    waiting = _waiting_since(activity, patience, now)
    stalled = _stalled_since(activity, past.observations, patience, now)
    heartbeat_timed_out = failure is not None and failure.kind is FailureKind.HEARTBEAT_TIMEOUT
    unchanged = f"nothing new for {duration_text(now - stalled)}" if stalled else ""
    reasons = {
        Health.STRUGGLING: _failed(failure) if heartbeat_timed_out else "",
        Health.STALLED: f"heartbeats come, but have told {unchanged}" if unchanged else "",
        Health.WAITING: _not_picked_up(waiting, now) if waiting else "",
        Health.RETRYING: _failed(failure) if activity.attempt > 1 and not heartbeat_timed_out else "",
    }
    paused = "the activity is paused" if activity.state is ActivityState.PAUSED else ""
    return Assessment(
        health=next((health for health, why in reasons.items() if why), Health.HEALTHY),
        why="; ".join(filter(None, (*reasons.values(), paused))),
        activity_id=activity.activity_id,
        attempt=activity.attempt,
        started_at=activity.started_at,
        last_failure=failure,
        last_heartbeat_at=activity.last_heartbeat_at,
        progress=Progress.of(activity.details),
        waiting_since=waiting,
        task_queue=activity.task_queue,
    )


def _without_activity(description: Description, patience: Patience, now: datetime) -> Assessment:
    """No activity is pending: the run is between two steps, or its very first step waits for a worker."""
    scheduled = description.workflow_task_scheduled_at
    waiting = scheduled if scheduled and now - scheduled >= patience.no_worker_after else None
    return Assessment(
        health=Health.WAITING if waiting else Health.HEALTHY,
        why=_not_picked_up(waiting, now) if waiting else "",
        activity_id="",
        attempt=1,
        started_at=None,
        last_failure=None,
        last_heartbeat_at=None,
        progress=Progress(),
        waiting_since=waiting,
        task_queue=description.execution.task_queue,
    )


def _with_earlier_timeouts(assessment: Assessment, failures: Iterable[SeenFailure]) -> Assessment:
    """A heartbeat timeout earlier in this execution makes it struggle, whatever has happened since."""
    timeouts = sum(seen.failure.kind is FailureKind.HEARTBEAT_TIMEOUT for seen in failures)
    if not timeouts or assessment.health is Health.STRUGGLING:
        return assessment
    times = "once" if timeouts == 1 else f"{timeouts} times"
    why = f"it timed out on heartbeat {times} earlier in this run"
    now = f"{why}; now {assessment.why}" if assessment.why else why
    return replace(assessment, health=Health.STRUGGLING, why=now)


def _stalled_since(
    activity: Activity, observations: Collection[Observation], patience: Patience, now: datetime
) -> datetime | None:
    """Since when its heartbeats repeat the same details, if that is too long; those without details say nothing."""
    beat = activity.last_heartbeat_at
    seen = next((o for o in observations if o.activity_id == activity.activity_id), None)
    if beat is None or seen is None or not activity.details or activity.state not in _IN_HAND:
        return None
    # A new attempt keeps the details of the one before until its first own heartbeat.
    since = max(seen.changed_at, activity.started_at or seen.changed_at)
    comes = now - beat <= (activity.heartbeat_timeout or patience.stalled_after)
    unchanged = seen.details == activity.details and now - since >= patience.stalled_after
    return since if comes and unchanged else None


def _waiting_since(activity: Activity, patience: Patience, now: datetime) -> datetime | None:
    """Since when a worker could have picked it up, if that is too long; the backoff before a retry does not count."""
    if activity.state is not ActivityState.SCHEDULED:
        return None
    ready = max(filter(None, (activity.scheduled_at, activity.next_attempt_at)), default=None)
    return ready if ready and now - ready >= patience.no_worker_after else None


def _failed(failure: Failure | None) -> str:
    if failure is None:
        return "an earlier attempt ended; why is not known"
    said = " ".join(failure.message.split())
    repeats = failure.kind is not FailureKind.APPLICATION and failure.kind.value in said.lower()
    return failure.kind.value if not said or repeats else f"{failure.kind.value}: {said}"


def _not_picked_up(since: datetime, now: datetime) -> str:
    return f"no worker has picked it up for {duration_text(now - since)}"

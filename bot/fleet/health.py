"""How one open execution is doing (design.md §2), from one look at it and what was seen of it before.

Age alone says nothing: 22 hours on attempt 1 is healthy. So is a last heartbeat about as old as its timeout, because
workers hold heartbeats back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.progress import Progress
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
    """For how long unchanged heartbeats, and an activity that nobody picks up, are nothing to speak of."""

    stalled_after: timedelta
    no_worker_after: timedelta


@dataclass(frozen=True, slots=True)
class Assessment:
    """One execution's health; ``why`` is a short plain sentence, "" when there is nothing to explain.

    The other values are those of its worst activity, whose id is "" without any. ``attempt`` counts from 1,
    ``started_at`` is that attempt's.
    Whatever else is the matter, ``timed_out`` tells a heartbeat timeout, now or earlier, and ``waiting_since`` since
    when nobody has picked it up from ``task_queue``, if that is too long.
    """

    health: Health
    why: str
    activity_id: str
    attempt: int
    started_at: datetime | None
    last_failure: Failure | None
    last_heartbeat_at: datetime | None
    progress: Progress
    waiting_since: datetime | None
    task_queue: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier looks at this execution, and no other, have left: when its details changed, every failure seen."""

    observations: Collection[Observation] = ()
    failures: Collection[SeenFailure] = ()


def assess(description: Description, past: Past, patience: Patience, now: datetime) -> Assessment:
    """The health of an open execution: that of its worst activity, or blocked when its own code does not get on."""
    queue = description.execution.task_queue
    on_queues = (replace(activity, task_queue=activity.task_queue or queue) for activity in description.activities)
    by_activity = [_assess_activity(activity, past, patience, now) for activity in on_queues]
    worst = min(by_activity, key=_badness, default=None)
    told = worst or _without_activity(description, patience, now)
    told = _with_earlier_timeouts(told, past.failures)
    return _without_a_step(told, description, now) if description.workflow_task_attempt > 1 else told


def _without_a_step(told: Assessment, description: Description, now: datetime) -> Assessment:
    """Its own code did not come to the end of a step. One that fails is taken up again and again; where no worker
    takes it up any more, the one that had it is gone. Temporal counts both as attempts of the workflow task."""
    since, attempt = description.workflow_task_scheduled_at, description.workflow_task_attempt
    if since is None:
        why = f"its workflow task is on attempt {attempt}: its own code fails, or its worker is lost each time"
        return replace(told, health=Health.BLOCKED, why=why)
    why = f"no worker has taken its workflow task up for {duration_text(max(now - since, timedelta(0)))}"
    return replace(
        told,
        health=min(told.health, Health.WAITING, key=lambda health: health.rank),
        why="; ".join(filter(None, (told.why, f"{why}, attempt {attempt}"))),
        waiting_since=told.waiting_since or since,
        task_queue=told.task_queue if told.waiting_since else description.execution.task_queue,
    )


def _badness(told: Assessment) -> tuple[int, int, str]:
    """Of several in the same health always the same one comes first: Temporal lists them in any order."""
    return told.health.rank, -told.attempt, told.activity_id


def _assess_activity(activity: Activity, past: Past, patience: Patience, now: datetime) -> Assessment:
    failure = activity.last_failure
    waiting = _waiting_since(activity, patience, now)
    stalled = _stalled_since(activity, past.observations, patience, now)
    timed_out = failure is not None and failure.kind is FailureKind.HEARTBEAT_TIMEOUT
    unchanged = f"nothing new for {duration_text(now - stalled)}" if stalled else ""
    reasons = {
        Health.STRUGGLING: _failed(failure) if timed_out else "",
        Health.STALLED: f"heartbeats come, but have told {unchanged}" if unchanged else "",
        Health.WAITING: _not_picked_up(waiting, now) if waiting else "",
        Health.RETRYING: _failed(failure) if activity.attempt > 1 and not timed_out else "",
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
        timed_out=timed_out,
    )


def _without_activity(description: Description, patience: Patience, now: datetime) -> Assessment:
    """Nothing is pending: between two steps, or its very first step waits for a worker."""
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
        timed_out=False,
    )


def _with_earlier_timeouts(told: Assessment, failures: Iterable[SeenFailure]) -> Assessment:
    """A heartbeat timeout earlier in this execution makes it struggle, whatever has happened since."""
    timeouts = sum(seen.failure.kind is FailureKind.HEARTBEAT_TIMEOUT for seen in failures)
    if not timeouts or told.timed_out:
        return told
    times = "once" if timeouts == 1 else f"{timeouts} times"
    why = f"it timed out on heartbeat {times} earlier in this run"
    now = f"{why}; now {told.why}" if told.why else why
    return replace(told, health=Health.STRUGGLING, why=now, timed_out=True)


def _stalled_since(
    activity: Activity, observations: Collection[Observation], patience: Patience, now: datetime
) -> datetime | None:
    """Since when its heartbeats have told the same, if that is too long; heartbeats without details tell nothing."""
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
    """Since when it could have been picked up; a retry's time of backing off does not count."""
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

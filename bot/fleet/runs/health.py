"""Derives the health of one open run from its description and from earlier observations (docs/states.md).

Age does not count: a run that is 22 hours old on attempt 1 is healthy. A last heartbeat about as old as its timeout
is healthy too, because workers throttle heartbeats (docs/temporal-facts.md#heartbeats).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.runs.alert_reasons import alert_reasons
from bot.fleet.runs.assessment import (
    ActivityPaused,
    Assessment,
    HealthReason,
    LastFailure,
    NotPickedUp,
    Patience,
    RepeatedHeartbeat,
    SeveralActivities,
    TimedOutEarlier,
    WorkflowPaused,
    WorkflowTaskFails,
    WorkflowTaskNotTaken,
)
from bot.fleet.runs.heartbeat import Progress
from bot.fleet.runs.observation import failures_of, most_timeouts
from bot.fleet.runs.operations import with_operations
from bot.model import (
    Activity,
    ActivityState,
    Description,
    FailureKind,
    Health,
    Observation,
    Pause,
    Ref,
    SeenFailure,
    TaskKind,
)

_WELL = (Health.HEALTHY, Health.PAUSED)
_TIMEOUTS = (FailureKind.START_TO_CLOSE_TIMEOUT, FailureKind.SCHEDULE_TO_START_TIMEOUT)
_SeenKind = tuple[Ref, str, int, FailureKind]
_WITH_WORKER = (ActivityState.STARTED, ActivityState.CANCEL_REQUESTED)


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier passes have recorded about this run: when its heartbeat details last changed, and all failures
    seen."""

    observations: Collection[Observation] = ()
    failures: Collection[SeenFailure] = ()


def assess(description: Description, past: Past, patience: Patience, now: datetime) -> Assessment:
    """The health of an open run: that of its worst activity or Nexus operation, or else of its workflow task. A pause
    of the workflow, failures of its code, and a workflow task that no worker takes count too."""
    description = with_operations(description)
    queue = description.execution.task_queue
    on_queues = (
        activity if activity.task_queue else replace(activity, task_queue=queue)
        for activity in description.activities
    )
    by_activity = [_assess_activity(activity, past, patience, now) for activity in on_queues]
    worst = min(by_activity, key=_badness, default=None)
    assessment = worst or _without_activity(description, patience, now)
    if several := _several(description, by_activity):
        assessment = replace(assessment, reasons=(several, *assessment.reasons))
    if description.pause:
        assessment = _with_paused_workflow(assessment, description.pause, now)
    assessment = _with_earlier_timeouts(assessment, past.failures)
    if description.workflow_task_attempt > 1 and not description.pause:
        assessment = _with_failing_workflow_task(assessment, description, now)
    seen = _each_once(description, past, now)
    own = [each for each in seen if each[0] == description.execution.ref]
    assessment = replace(
        assessment,
        is_paused=assessment.is_paused or any(each.is_paused for each in by_activity),
        has_paused_attempt=any(each.has_paused_attempt for each in by_activity),
        failures=tuple(kind for *_, kind in sorted(seen)),
        failed_attempts=max((_failed_attempts(each, own) for each in description.activities), default=0),
        timeouts=max((_count(own, each.activity_id, _TIMEOUTS) for each in description.activities), default=0),
        operations=tuple(operation.name for operation in description.operations),
    )
    reasons = alert_reasons(assessment, patience)
    return replace(assessment, alert_reasons=reasons) if reasons else assessment


def _several(description: Description, by_activity: Sequence[Assessment]) -> SeveralActivities | None:
    """The pending activities that do not do well; None if there is only one activity, or if all do well."""
    if len(by_activity) == 1:
        return None
    failing = sorted((assessment for assessment in by_activity if assessment.health not in _WELL), key=_badness)
    return SeveralActivities.of(failing, description.activities) if failing else None


def _with_paused_workflow(assessment: Assessment, pause: Pause, now: datetime) -> Assessment:
    """The assessment of a run whose workflow is paused. Its health is PAUSED, but a run that struggles or is stalled
    keeps that health. A long wait for a worker is no trouble here, because Temporal holds back all tasks of a paused
    workflow."""
    paused = WorkflowPaused(pause, _paused_for(pause, now))
    goes_on = assessment.health in (Health.STRUGGLING, Health.STALLED)
    return replace(
        assessment,
        health=assessment.health if goes_on else Health.PAUSED,
        reasons=(*assessment.reasons, paused) if goes_on else (paused, *_without_waits(assessment.reasons)),
        waiting_since=None,
        is_paused=True,
    )


def _without_waits(reasons: tuple[HealthReason, ...]) -> tuple[HealthReason, ...]:
    return tuple(reason for reason in reasons if not isinstance(reason, NotPickedUp))


def _paused_for(pause: Pause, now: datetime) -> timedelta | None:
    return max(now - pause.at, timedelta(0)) if pause.at else None


def _each_once(description: Description, past: Past, now: datetime) -> set[_SeenKind]:
    """All failures, without repetitions. A failure may be recorded, and also be the last failure of its activity."""
    every = (*past.failures, *failures_of(description, now))
    return {(seen.ref, seen.activity_id, seen.attempt, seen.failure.kind) for seen in every}


def _failed_attempts(activity: Activity, seen: Collection[_SeenKind]) -> int:
    """How many attempts of a pending activity have failed for another reason than a heartbeat timeout. Includes
    attempts that the bot has not seen."""
    return activity.attempt - 1 - _count(seen, activity.activity_id, (FailureKind.HEARTBEAT_TIMEOUT,))


def _count(seen: Collection[_SeenKind], activity_id: str, kinds: Collection[FailureKind]) -> int:
    return len({(ref, attempt) for ref, of, attempt, kind in seen if of == activity_id and kind in kinds})


def _with_failing_workflow_task(assessment: Assessment, description: Description, now: datetime) -> Assessment:
    """The assessment, given that the workflow task is on a later attempt. Either the workflow's code fails and
    workers retry it, or the worker that had the task is gone and no other one takes it."""
    since, attempt = description.workflow_task_scheduled_at, description.workflow_task_attempt
    if since is None:
        return replace(assessment, health=Health.BLOCKED, reasons=(WorkflowTaskFails(attempt),))
    not_taken = WorkflowTaskNotTaken(max(now - since, timedelta(0)), attempt)
    return replace(
        assessment,
        health=min(assessment.health, Health.WAITING, key=lambda health: health.rank),
        reasons=(*assessment.reasons, not_taken),
        waiting_since=assessment.waiting_since or since,
        task_queue=assessment.task_queue if assessment.waiting_since else description.execution.task_queue,
        waits_for=assessment.waits_for if assessment.waiting_since else TaskKind.WORKFLOW,
    )


def _badness(assessment: Assessment) -> tuple[int, int, str]:
    """The sort key that puts the worst activity first. Attempt and id make the order stable, because Temporal lists
    activities in any order."""
    return assessment.health.rank, -assessment.attempt, assessment.activity_id


def _assess_activity(activity: Activity, past: Past, patience: Patience, now: datetime) -> Assessment:
    failure = activity.last_failure
    waiting = _waiting_since(activity, patience, now)
    stalled = _stalled_since(activity, past.observations, patience, now)
    heartbeat_timed_out = failure is not None and failure.kind is FailureKind.HEARTBEAT_TIMEOUT
    paused = ActivityPaused(activity.pause, _paused_for(activity.pause, now)) if activity.pause else None
    reasons: dict[Health, HealthReason | None] = {
        Health.STRUGGLING: LastFailure(failure) if heartbeat_timed_out else None,
        Health.STALLED: RepeatedHeartbeat(now - stalled) if stalled else None,
        Health.WAITING: NotPickedUp(now - waiting) if waiting else None,
        Health.PAUSED: paused,
        Health.RETRYING: LastFailure(failure) if activity.attempt > 1 and not heartbeat_timed_out else None,
    }
    return Assessment(
        health=next((health for health, reason in reasons.items() if reason), Health.HEALTHY),
        reasons=tuple(reason for reason in reasons.values() if reason),
        activity_id=activity.activity_id,
        attempt=activity.attempt,
        started_at=activity.started_at,
        last_failure=failure,
        last_heartbeat_at=activity.last_heartbeat_at,
        progress=Progress.of(activity.details),
        waiting_since=waiting,
        task_queue=activity.task_queue,
        is_paused=paused is not None,
        has_paused_attempt=paused is not None and activity.has_attempt,
        heartbeat_timeout=activity.heartbeat_timeout,
        stalled_since=stalled,
    )


def _without_activity(description: Description, patience: Patience, now: datetime) -> Assessment:
    """The assessment of a run without a pending activity: it is between two steps, or its first step waits for a
    worker."""
    scheduled = description.workflow_task_scheduled_at
    waiting = scheduled if scheduled and now - scheduled >= patience.no_worker_after else None
    return Assessment(
        health=Health.WAITING if waiting else Health.HEALTHY,
        reasons=(NotPickedUp(now - waiting),) if waiting else (),
        activity_id="",
        attempt=1,
        started_at=None,
        last_failure=None,
        last_heartbeat_at=None,
        progress=Progress(),
        waiting_since=waiting,
        task_queue=description.execution.task_queue,
        waits_for=TaskKind.WORKFLOW,
    )


def _with_earlier_timeouts(assessment: Assessment, failures: Iterable[SeenFailure]) -> Assessment:
    """The assessment, given the recorded failures. A heartbeat timeout makes the run struggling until it ends, even
    if later attempts go well."""
    timeouts = most_timeouts(failures)
    if not timeouts or assessment.health is Health.STRUGGLING:
        return assessment
    earlier = TimedOutEarlier(timeouts, assessment.reasons)
    return replace(assessment, health=Health.STRUGGLING, reasons=(earlier,))


def _stalled_since(
    activity: Activity, observations: Collection[Observation], patience: Patience, now: datetime
) -> datetime | None:
    """Since when the activity's heartbeats have repeated the same details. None if they have done so only for a short
    time, if none arrive any more, or if the details are absent or encrypted and so show nothing."""
    beat = activity.last_heartbeat_at
    seen = next((o for o in observations if o.activity_id == activity.activity_id), None)
    if beat is None or seen is None or not activity.details or activity.is_encrypted:
        return None
    if activity.state not in _WITH_WORKER:
        return None
    # A new attempt shows the details of the previous one until its own first heartbeat.
    since = max(seen.changed_at, activity.started_at or seen.changed_at)
    is_beating = now - beat <= (activity.heartbeat_timeout or patience.stalled_after)
    is_unchanged = seen.details == activity.details and now - since >= patience.stalled_after
    return since if is_beating and is_unchanged else None


def _waiting_since(activity: Activity, patience: Patience, now: datetime) -> datetime | None:
    """Since when the activity has waited for a worker. The backoff before a retry is not part of the wait. None
    unless the wait is too long."""
    if activity.state is not ActivityState.SCHEDULED:
        return None
    ready = max(filter(None, (activity.scheduled_at, activity.next_attempt_at)), default=None)
    return ready if ready and now - ready >= patience.no_worker_after else None

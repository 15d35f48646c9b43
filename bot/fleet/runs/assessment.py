"""The health of one open run and the reasons for it. ``bot.fleet.runs.health`` makes assessments."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.fleet.runs.heartbeat import Progress
from bot.model import Activity, AlertReason, Child, Failure, FailureKind, Health, Pause, TaskKind


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits after which a run needs a person: how long heartbeats may repeat the same details, how long work may
    wait for a worker, and how many attempts of one activity may fail."""

    stalled_after: timedelta
    no_worker_after: timedelta
    retries: int = 3


@dataclass(frozen=True, slots=True)
class TimedOutEarlier:
    """``times`` earlier attempts of one activity have timed out on heartbeat. Of all activities, this one has the
    most timeouts. ``now`` has the reasons for the health that the run would have without these timeouts."""

    times: int
    now: "tuple[HealthReason, ...]" = ()


@dataclass(frozen=True, slots=True)
class FailingActivity:
    """An unhealthy activity. ``activity_id`` is "" if no other pending activity has its type. ``progress`` is the
    text of its last heartbeat."""

    activity_type: str
    attempt: int
    activity_id: str = ""
    progress: str = ""
    heartbeat_timeout: timedelta | None = None


@dataclass(frozen=True, slots=True)
class SeveralActivities:
    """Some of the ``total`` pending activities are unhealthy: the ``failing`` ones, worst first."""

    failing: tuple[FailingActivity, ...]
    total: int

    @classmethod
    def of(cls, failing: "Iterable[Assessment]", activities: Sequence[Activity]) -> Self:
        """``failing`` are the assessments of some of these ``activities``."""
        types = {activity.activity_id: activity.activity_type for activity in activities}
        alike = Counter(activity.activity_type for activity in activities)
        named = (
            FailingActivity(
                (own := types[each.activity_id]),
                each.attempt,
                each.activity_id if alike[own] > 1 else "",
                each.progress.text,
                each.heartbeat_timeout,
            )
            for each in failing
        )
        return cls(tuple(named), len(activities))


@dataclass(frozen=True, slots=True)
class LastFailure:
    """The last attempt failed. ``failure`` says how; None if that is unknown."""

    failure: Failure | None


@dataclass(frozen=True, slots=True)
class RepeatedHeartbeat:
    """The activity's heartbeats have repeated the same details for ``unchanged_for``."""

    unchanged_for: timedelta


@dataclass(frozen=True, slots=True)
class NotPickedUp:
    """No worker has taken the activity for ``waited``. If the run has no pending activity, no worker has taken its
    workflow task for ``waited``."""

    waited: timedelta


@dataclass(frozen=True, slots=True)
class ActivityPaused:
    """Somebody has paused the activity. ``paused_for`` is the time since then; None if it is unknown."""

    pause: Pause
    paused_for: timedelta | None


@dataclass(frozen=True, slots=True)
class WorkflowPaused:
    """Somebody has paused the workflow. ``paused_for`` is the time since then; None if it is unknown."""

    pause: Pause
    paused_for: timedelta | None


@dataclass(frozen=True, slots=True)
class WorkflowTaskFails:
    """The workflow task is on a later attempt, and a worker is processing it."""

    attempt: int


@dataclass(frozen=True, slots=True)
class WorkflowTaskNotTaken:
    """The workflow task is on a later attempt, and no worker has taken it for ``waited``."""

    waited: timedelta
    attempt: int


HealthReason = (
    TimedOutEarlier
    | SeveralActivities
    | LastFailure
    | RepeatedHeartbeat
    | NotPickedUp
    | ActivityPaused
    | WorkflowPaused
    | WorkflowTaskFails
    | WorkflowTaskNotTaken
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The health of one run. ``reasons`` explain it; empty if there is nothing to explain.

    The fields from ``activity_id`` to ``progress``, and ``heartbeat_timeout``, describe the worst activity.
    ``activity_id`` is "" if no activity is pending. ``attempt`` counts from 1, and ``started_at`` is the start of
    that attempt. ``waiting_since`` is the time since which no worker has taken work from ``task_queue``; None unless
    the wait is too long. For a workflow task on a later attempt, any wait is too long. ``waits_for`` is the kind of
    task that waits there. ``failures`` has the kinds of all failed attempts seen in this run, of all its activities.
    ``alert_reasons`` are all reasons for an alert, worst first. ``failed_attempts`` counts failed attempts of one
    pending activity, without heartbeat timeouts. ``timeouts`` counts attempts of one pending activity that ran or
    waited for too long. Each of these two numbers is that of the activity with the most such attempts, so they may be
    about different activities. ``stalled_since`` is when the heartbeats of the worst activity last changed; None
    unless that is too long ago. ``is_paused``: the workflow or one of its activities is paused, so nobody knows when
    the run will end. ``has_paused_attempt``: the attempt of a paused activity has not ended; if it is silent, nothing
    ends it. ``operations`` names the Nexus operations that have not ended. ``child``: a workflow below the run does
    worse than the run, and the other fields describe that workflow. But ``failures``, ``alert_reasons``,
    ``is_paused``, ``has_paused_attempt`` and ``operations`` are always about the run and the workflows below it
    together.
    """

    health: Health
    reasons: tuple[HealthReason, ...]
    activity_id: str
    attempt: int
    started_at: datetime | None
    last_failure: Failure | None
    last_heartbeat_at: datetime | None
    progress: Progress
    waiting_since: datetime | None
    task_queue: str
    failures: tuple[FailureKind, ...] = ()
    alert_reasons: tuple[AlertReason, ...] = ()
    waits_for: TaskKind = TaskKind.ACTIVITY
    is_paused: bool = False
    has_paused_attempt: bool = False
    heartbeat_timeout: timedelta | None = None
    child: Child | None = None
    failed_attempts: int = 0
    timeouts: int = 0
    stalled_since: datetime | None = None
    operations: tuple[str, ...] = ()

    @property
    def alert_reason(self) -> AlertReason | None:
        """The worst reason for an alert; None if the run needs none."""
        return next(iter(self.alert_reasons), None)

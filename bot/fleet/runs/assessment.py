"""The health of one open run and the reasons for it. ``bot.fleet.runs.health`` makes assessments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.heartbeat import Progress
from bot.model import AlertReason, Child, Failure, FailureKind, Health, Pause, TaskKind


@dataclass(frozen=True, slots=True)
class TimedOutEarlier:
    """Earlier attempts of one activity have timed out on heartbeat so many times, more often than those of any other;
    ``now`` are the present reasons."""

    times: int
    now: "tuple[HealthReason, ...]" = ()


@dataclass(frozen=True, slots=True)
class SeveralActivities:
    """Of ``total`` pending activities these do not do well, worst first: the type of each, and its attempt."""

    failing: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class LastFailure:
    """How the last attempt ended, None when that is not known."""

    failure: Failure | None


@dataclass(frozen=True, slots=True)
class RepeatedHeartbeat:
    """Its heartbeats repeat the same details for this time."""

    unchanged_for: timedelta


@dataclass(frozen=True, slots=True)
class NotPickedUp:
    """No worker has taken the activity, or the first workflow task, for this time."""

    waited: timedelta


@dataclass(frozen=True, slots=True)
class ActivityPaused:
    """Somebody has paused the activity, for this time; None when that is not known."""

    pause: Pause
    paused_for: timedelta | None


@dataclass(frozen=True, slots=True)
class WorkflowPaused:
    """Somebody has paused the workflow, for this time; None when that is not known."""

    pause: Pause
    paused_for: timedelta | None


@dataclass(frozen=True, slots=True)
class WorkflowTaskFails:
    """The workflow task is on a later attempt, and a worker has it."""

    attempt: int


@dataclass(frozen=True, slots=True)
class WorkflowTaskNotTaken:
    """The workflow task is on a later attempt, and no worker has taken it for this time."""

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
    """One run's health; ``reasons`` explain it, empty when there is nothing to explain.

    ``activity_id`` to ``progress`` describe the worst activity; the id is "" when no activity is pending. ``attempt``
    counts from 1, and ``started_at`` is the start of that attempt.
    ``waiting_since`` is the moment since which no worker has taken work from ``task_queue``, None unless the wait is
    too long; ``waits_for`` is the kind of task that waits there. ``heartbeat_timeout`` is that of the worst activity.
    ``failures`` holds the kinds of all failed attempts seen in this run, of all its activities.
    ``alert_reason`` is None when the run needs no alert.
    ``is_paused``: the workflow or one of its activities is, so nobody knows when the run will end.
    ``child`` is the workflow below the run that all this is about, where that does worse than the run itself.
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
    alert_reason: AlertReason | None = None
    waits_for: TaskKind = TaskKind.ACTIVITY
    is_paused: bool = False
    heartbeat_timeout: timedelta | None = None
    child: Child | None = None

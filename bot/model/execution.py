"""What a workflow engine says of an execution, in our words (design.md §1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class ExecutionStatus(StrEnum):
    """How one workflow run stands, as the engine says it; ``GONE``: it was open when it was seen last, and the engine
    no longer knows it, so nobody can tell how it ended."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    TIMED_OUT = "timed out"
    CONTINUED_AS_NEW = "continued as new"
    GONE = "no longer known to Temporal"

    @property
    def is_open(self) -> bool:
        """Whether the run may still do something."""
        return self is ExecutionStatus.RUNNING


class ActivityState(StrEnum):
    """How a pending activity stands."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    CANCEL_REQUESTED = "cancel requested"
    PAUSED = "paused"


class FailureKind(StrEnum):
    """Why an attempt ended. Values are stored: they never change."""

    HEARTBEAT_TIMEOUT = "heartbeat timeout"
    START_TO_CLOSE_TIMEOUT = "start-to-close timeout"
    SCHEDULE_TO_START_TIMEOUT = "schedule-to-start timeout"
    SCHEDULE_TO_CLOSE_TIMEOUT = "schedule-to-close timeout"
    APPLICATION = "error"
    CANCELLED = "cancelled"
    OTHER = "failure"


@dataclass(frozen=True, order=True, slots=True)
class Ref:
    """One execution anywhere in the fleet: cluster, workflow id, run id."""

    cluster: str
    workflow_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one attempt of an activity ended; ``message`` is the vendor's or worker's own text."""

    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True)
class SeenFailure:
    """A failure the bot has seen, which the engine will have forgotten by the next one."""

    ref: Ref
    activity_id: str
    attempt: int
    failure: Failure
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Execution:
    """One workflow run as a listing tells it; ``hints`` are its search attributes and memo, as text.

    ``closed_at`` of one that is gone is when that was noticed.
    """

    ref: Ref
    workflow_type: str
    task_queue: str
    status: ExecutionStatus
    started_at: datetime
    closed_at: datetime | None = None
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """One pending activity of a running execution.

    ``attempt`` counts from 1. ``last_failure`` is why attempt − 1 (or an earlier one) ended.
    ``details`` is the last heartbeat's payload as canonical JSON text, "" when none came. ``task_queue`` is where it
    waits for a worker, "" for its workflow's own queue.
    """

    activity_id: str
    activity_type: str
    state: ActivityState
    attempt: int
    scheduled_at: datetime | None
    started_at: datetime | None
    last_heartbeat_at: datetime | None
    heartbeat_timeout: timedelta | None
    details: str
    last_failure: Failure | None
    next_attempt_at: datetime | None
    worker: str
    task_queue: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A running (or just closed) execution looked at closely.

    ``workflow_task_attempt`` above 1 means that the workflow's own code did not come to the end of a step;
    ``cancel_requested`` that a cancel has been asked for and not been carried out yet;
    ``workflow_task_scheduled_at`` since when a workflow task has been waiting for a worker, None when none waits.
    """

    execution: Execution
    activities: tuple[Activity, ...]
    cancel_requested: bool
    workflow_task_attempt: int
    workflow_task_scheduled_at: datetime | None = None

"""Executions of workflows and their activities, as Temporal reports them, without types of its SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.failure import Failure
from bot.model.operations import PendingOperation

# The text in place of a value that only the team's codec can read.
ENCRYPTED = "encrypted"
# The hints that hold the workflow id and the run id of a run's parent.
PARENT_HINT = "parent:id"
PARENT_RUN_HINT = "parent:run"
# Hints from descriptions, which listings lack (docs/temporal-facts.md#what-temporal-tells-about-a-run). CHAIN_HINT:
# the run id of the first run of the chain. CRON_HINT: for a later firing of a cron schedule, the run id of the first
# firing. CANCEL_HINT: for a closed run, whether its cancellation was ever requested, as YES or NO.
CHAIN_HINT = "chain:first"
CRON_HINT = "chain:cron"
CANCEL_HINT = "close:cancel requested"
YES, NO = "yes", "no"
# The longest heartbeat timeout of the run's activities, in seconds. Temporal reports it only while the run is open.
HEARTBEAT_HINT = "close:heartbeat timeout"
# The results of counts of the run's days (``bot.fleet.runs.run_counts``).
COUNTS_HINT = "close:counts"
# By how much the tables differed in those counts. A hint of its own, so that earlier versions can read the others.
ROWS_OFF_HINT = "close:rows off"
# The children of a completed run that count against it (``bot.fleet.runs.child_facts``). UNREAD_CHILDREN until the
# bot has listed them, because a description names only open children.
CHILDREN_HINT = "close:children"
UNREAD_CHILDREN = "unread"
# Present if the bot found children that count against a run only after it had read that there are none: listings lag.
LATE_CHILDREN_HINT = "close:children late"
# The names of the Nexus operations that had not ended when a run completed, as a JSON list. Absent if there are none.
OPERATIONS_HINT = "close:operations"
# Which comparisons of contents agreed when a day of the run was counted.
AGREED_HINT = "close:contents agreed"


class ExecutionStatus(StrEnum):
    """The status of one workflow run, as Temporal reports it.

    ``GONE`` is the bot's own: the run was open when last seen, and Temporal has no record of it any more.
    """

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
        """Whether the run has not closed."""
        return self is ExecutionStatus.RUNNING

    @property
    def may_be_followed(self) -> bool:
        """Whether the next link of a chain may begin as soon as a run closes with this status. A run that continued
        as new has a next link, a failed or timed-out run may be retried, and the reset of an open run terminates the
        run and begins the next link. After any other status, only a later reset by a person adds a link."""
        return self in _FOLLOWED

    @property
    def continues(self) -> bool:
        """Whether the run has closed because it continued as new."""
        return self is ExecutionStatus.CONTINUED_AS_NEW


_FOLLOWED = (
    ExecutionStatus.CONTINUED_AS_NEW,
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.TERMINATED,
)


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The first run of the chain of a described run: ``run_id`` is its run id. If a cron schedule began the chain,
    ``cron`` is the run id of the schedule's first firing. ``cron`` is "" without a schedule, and if the described run
    is the first firing itself."""

    run_id: str
    cron: str = ""


class ActivityState(StrEnum):
    """The state of a pending activity."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    CANCEL_REQUESTED = "cancel requested"
    PAUSED = "paused"
    # It is paused, and its attempt has not ended.
    PAUSE_REQUESTED = "pause requested"


class TaskKind(StrEnum):
    """What a worker polls a task queue for. Teams may have separate pools of workers for workflows and activities."""

    WORKFLOW = "workflow"
    ACTIVITY = "activity"


@dataclass(frozen=True, order=True, slots=True)
class Ref:
    """The full id of one execution: cluster, workflow id and run id."""

    cluster: str
    workflow_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody has paused a workflow or an activity in Temporal: nothing new begins until it is resumed there. What
    the server does not tell is "" or None."""

    by: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeenFailure:
    """A failure that the bot has seen. The bot stores it, because Temporal keeps only an activity's last failure."""

    ref: Ref
    activity_id: str
    attempt: int
    failure: Failure
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Execution:
    """One workflow run as a listing shows it. ``hints`` are texts: its search attributes, its memo, and the ids of
    its parent. Hints about its input (``bot.fleet.runs.input_hints``) and about its end
    (``bot.fleet.runs.close_facts``) are added once the bot has read the input and the end.

    ``closed_at`` of a run that is ``GONE`` is when the bot noticed.
    """

    ref: Ref
    workflow_type: str
    task_queue: str
    status: ExecutionStatus
    started_at: datetime
    closed_at: datetime | None = None
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def parent_workflow_id(self) -> str:
        """The workflow id of its parent, "" without one."""
        return self.hints.get(PARENT_HINT, "")

    @property
    def parent_run_id(self) -> str:
        """The run id of its parent, "" without one."""
        return self.hints.get(PARENT_RUN_HINT, "")

    @property
    def first_run_id(self) -> str:
        """The run id of the first run of its chain, which every continued, retried or reset run shares; its own run
        id while the first is not known."""
        return self.hints.get(CHAIN_HINT) or self.ref.run_id


@dataclass(frozen=True, slots=True)
class Activity:
    """One pending activity of a running execution.

    ``attempt`` counts from 1. ``last_failure`` is why attempt − 1 (or an earlier one) ended. ``details`` is the last
    heartbeat's payload as canonical JSON text, "" when none came or it holds nothing. ``task_queue`` is the queue on
    which it waits for a worker; "" stands for its workflow's own queue. If ``is_encrypted``, the bot cannot read the
    payload: ``details`` says only that, and may stay the same while the payload changes.
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
    task_queue: str = ""
    is_encrypted: bool = False
    pause: Pause | None = None

    @property
    def has_attempt(self) -> bool:
        """Whether Temporal counts an attempt as running: its worker may be gone, and nobody has noticed yet."""
        return self.state not in (ActivityState.SCHEDULED, ActivityState.PAUSED)


class ClosePolicy(StrEnum):
    """What happens to an open child when its parent ends: the child goes on, it is cancelled (which may take long),
    or it ends at once."""

    ABANDON = "abandon"
    REQUEST_CANCEL = "request cancel"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class PendingChild:
    """A child workflow that has not closed, as its parent's description names it."""

    ref: Ref
    workflow_type: str
    policy: ClosePolicy

    @property
    def is_abandoned(self) -> bool:
        """Whether it goes on when its parent ends."""
        return self.policy is ClosePolicy.ABANDON


@dataclass(frozen=True, slots=True)
class Description:
    """The result of describing one execution. For a closed execution, ``children`` and ``operations`` are those that
    were open when it closed.

    ``cancel_requested``: a cancellation was requested and has not taken effect yet. ``workflow_task_attempt`` above 1
    means that the workflow's own code failed in its current step. ``workflow_task_scheduled_at`` is when the workflow
    task that waits for a worker was scheduled; None when none waits.
    """

    execution: Execution
    activities: tuple[Activity, ...]
    cancel_requested: bool
    workflow_task_attempt: int
    workflow_task_scheduled_at: datetime | None = None
    pause: Pause | None = None
    children: tuple[PendingChild, ...] = ()
    operations: tuple[PendingOperation, ...] = ()

"""Converts Temporal's messages to the bot's values. Pure, and tolerant of values that newer servers add.
docs/temporal-facts.md#what-temporal-tells-about-a-run explains the fields, and which ones mislead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import (
    ParentClosePolicy,
    PendingActivityState,
    PendingWorkflowTaskState,
    TimeoutType,
    WorkflowExecutionStatus,
)
from temporalio.api.failure.v1 import Failure as FailureInfo
from temporalio.api.workflow.v1 import (
    PendingActivityInfo,
    PendingChildExecutionInfo,
    PendingWorkflowTaskInfo,
    WorkflowExecutionInfo,
)
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse

from bot.adapters.temporal import operations, payloads
from bot.model import (
    Activity,
    ActivityState,
    ClosePolicy,
    Description,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Pause,
    PendingChild,
    Ref,
)
from bot.model.execution import (
    CANCEL_HINT,
    CHAIN_HINT,
    CHILDREN_HINT,
    CRON_HINT,
    ENCRYPTED,
    HEARTBEAT_HINT,
    NO,
    PARENT_HINT,
    PARENT_RUN_HINT,
    UNREAD_CHILDREN,
    YES,
    FirstRun,
)
from bot.redaction import beginning, redact
from bot.wellformed import well_formed

LONGEST_MESSAGE = 2_000

_PAUSED = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED
_TASK_SCHEDULED = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
# Every other status counts as open: paused, and any status that only newer servers know.
_STATUS: Mapping[int, ExecutionStatus] = MappingProxyType(
    {
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED: ExecutionStatus.COMPLETED,
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED: ExecutionStatus.FAILED,
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED: ExecutionStatus.CANCELLED,
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED: ExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: ExecutionStatus.CONTINUED_AS_NEW,
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: ExecutionStatus.TIMED_OUT,
    }
)
_STATE: Mapping[int, ActivityState] = MappingProxyType(
    {
        PendingActivityState.PENDING_ACTIVITY_STATE_STARTED: ActivityState.STARTED,
        PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: ActivityState.CANCEL_REQUESTED,
        PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED: ActivityState.PAUSED,
        PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED: ActivityState.PAUSE_REQUESTED,
    }
)
_POLICY: Mapping[int, ClosePolicy] = MappingProxyType(
    {
        ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON: ClosePolicy.ABANDON,
        ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE: ClosePolicy.TERMINATE,
    }
)
_TIMEOUT: Mapping[int, FailureKind] = MappingProxyType(
    {
        TimeoutType.TIMEOUT_TYPE_HEARTBEAT: FailureKind.HEARTBEAT_TIMEOUT,
        TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE: FailureKind.START_TO_CLOSE_TIMEOUT,
        TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START: FailureKind.SCHEDULE_TO_START_TIMEOUT,
        TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: FailureKind.SCHEDULE_TO_CLOSE_TIMEOUT,
    }
)


def execution(cluster: str, info: WorkflowExecutionInfo, described: dict[str, str] | None = None) -> Execution:
    """One run, from a listing or a description. ``described`` are the hints that only a description gives."""
    status = _status(info)
    return Execution(
        ref=Ref(cluster, info.execution.workflow_id, info.execution.run_id),
        workflow_type=info.type.name,
        task_queue=info.task_queue,
        status=status,
        started_at=info.start_time.ToDatetime(tzinfo=UTC),
        # Some servers list a close time for runs that are merely paused.
        closed_at=None if status.is_open else _datetime_or_none(info.close_time),
        hints=payloads.hints(info.search_attributes.indexed_fields, info.memo.fields)
        | _parent(info)
        | (described or {}),
    )


def description(cluster: str, answer: DescribeWorkflowExecutionResponse, first: FirstRun) -> Description:
    """One described run with its pending activities, and the first run of its chain."""
    return Description(
        execution=execution(cluster, answer.workflow_execution_info, _described_hints(answer, first)),
        activities=tuple(activity(info) for info in answer.pending_activities),
        cancel_requested=answer.workflow_extended_info.cancel_requested,
        workflow_task_attempt=max(1, answer.pending_workflow_task.attempt),
        workflow_task_scheduled_at=_waiting_since(answer.pending_workflow_task),
        pause=_workflow_pause(answer),
        children=tuple(_child(cluster, info) for info in answer.pending_children),
        operations=tuple(map(operations.operation, answer.pending_nexus_operations)),
    )


def activity(info: PendingActivityInfo) -> Activity:
    """One pending activity; fields that the server leaves out are None."""
    return Activity(
        activity_id=info.activity_id,
        activity_type=info.activity_type.name,
        state=_STATE.get(info.state, ActivityState.SCHEDULED),
        attempt=max(1, info.attempt),
        scheduled_at=_datetime_or_none(info.scheduled_time),
        started_at=_datetime_or_none(info.last_started_time),
        last_heartbeat_at=_datetime_or_none(info.last_heartbeat_time),
        heartbeat_timeout=_timedelta_or_none(info.activity_options.heartbeat_timeout),
        details=payloads.details(info.heartbeat_details.payloads),
        last_failure=failure(info.last_failure) if info.HasField("last_failure") else None,
        next_attempt_at=_datetime_or_none(info.next_attempt_schedule_time),
        task_queue=info.activity_options.task_queue.name,
        is_encrypted=any(map(payloads.is_encrypted, info.heartbeat_details.payloads)),
        pause=_activity_pause(info),
    )


def failure(info: FailureInfo) -> Failure:
    """Why an attempt ended. The text begins with the exception's name, as workers print it."""
    name = info.application_failure_info.type
    message = beginning(_message(info))
    text = f"{name}: {message}" if name and message else message or name
    return Failure(_failure_kind(info), shown(text))


def shown(text: str) -> str:
    """The text for people in Slack: redacted and cut, because workers may put anything into it, even URLs with
    passwords."""
    return redact(well_formed(beginning(text)))[:LONGEST_MESSAGE]


def _described_hints(answer: DescribeWorkflowExecutionResponse, first: FirstRun) -> dict[str, str]:
    status = _status(answer.workflow_execution_info)
    hints = {CHAIN_HINT: first.run_id} | ({CRON_HINT: first.cron} if first.cron else {})
    if timeouts := [info.activity_options.heartbeat_timeout.ToTimedelta() for info in answer.pending_activities]:
        hints[HEARTBEAT_HINT] = f"{max(timeouts).total_seconds():g}"
    if not status.is_open:
        # The flag is kept after closing. It may still change while the run is open.
        hints[CANCEL_HINT] = YES if answer.workflow_extended_info.cancel_requested else NO
    if status is ExecutionStatus.COMPLETED:
        hints[CHILDREN_HINT] = UNREAD_CHILDREN
        hints |= operations.hints(answer.pending_nexus_operations)
    return hints


def _status(info: WorkflowExecutionInfo) -> ExecutionStatus:
    return _STATUS.get(info.status, ExecutionStatus.RUNNING)


def _message(info: FailureInfo) -> str:
    """The text of a failure. A worker with a codec may put it into the encoded attributes, and a fixed text into
    ``info.message``. Then the text comes from the attributes; ``ENCRYPTED`` if they cannot be read."""
    if not info.HasField("encoded_attributes"):
        return info.message
    attributes = payloads.json_or_none(info.encoded_attributes)
    return str(attributes.get("message", "")) if isinstance(attributes, dict) else ENCRYPTED


def _parent(info: WorkflowExecutionInfo) -> dict[str, str]:
    parent = info.parent_execution.workflow_id
    return {PARENT_HINT: well_formed(parent), PARENT_RUN_HINT: info.parent_execution.run_id} if parent else {}


def _child(cluster: str, info: PendingChildExecutionInfo) -> PendingChild:
    policy = _POLICY.get(info.parent_close_policy, ClosePolicy.REQUEST_CANCEL)
    return PendingChild(Ref(cluster, info.workflow_id, info.run_id), info.workflow_type_name, policy)


def _failure_kind(info: FailureInfo) -> FailureKind:
    if info.HasField("timeout_failure_info"):
        return _TIMEOUT.get(info.timeout_failure_info.timeout_type, FailureKind.OTHER)
    if info.HasField("application_failure_info"):
        return FailureKind.APPLICATION
    if info.HasField("canceled_failure_info"):
        return FailureKind.CANCELLED
    return FailureKind.OTHER


def _workflow_pause(answer: DescribeWorkflowExecutionResponse) -> Pause | None:
    if answer.workflow_execution_info.status != _PAUSED:
        return None
    info = answer.workflow_extended_info.pause_info
    return Pause(_line(info.identity), _datetime_or_none(info.paused_time), _line(info.reason))


def _activity_pause(info: PendingActivityInfo) -> Pause | None:
    if not info.paused and _STATE.get(info.state) not in (ActivityState.PAUSED, ActivityState.PAUSE_REQUESTED):
        return None
    paused = info.pause_info
    by = paused.rule if paused.HasField("rule") else paused.manual
    return Pause(_line(by.identity), _datetime_or_none(paused.pause_time), _line(by.reason))


def _line(text: str) -> str:
    return redact(well_formed(beginning(text)))[:LONGEST_MESSAGE]


def _waiting_since(task: PendingWorkflowTaskInfo) -> datetime | None:
    if task.state != _TASK_SCHEDULED:
        return None
    return _datetime_or_none(task.original_scheduled_time) or _datetime_or_none(task.scheduled_time)


def _datetime_or_none(stamp: Timestamp) -> datetime | None:
    """The moment; None when the field is absent, which some fields express as the epoch or as the year 1."""
    return stamp.ToDatetime(tzinfo=UTC) if stamp.seconds > 0 else None


def _timedelta_or_none(duration: Duration) -> timedelta | None:
    span = duration.ToTimedelta()
    return span if span else None

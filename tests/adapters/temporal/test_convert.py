"""Conversion of messages that a dev server does not send by itself."""

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import PendingActivityState, TimeoutType, WorkflowExecutionStatus
from temporalio.api.failure.v1 import ApplicationFailureInfo, CanceledFailureInfo, TimeoutFailureInfo
from temporalio.api.failure.v1 import Failure as FailureInfo
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo

from bot.adapters.temporal import convert
from bot.model import ActivityState, ExecutionStatus, Failure, FailureKind, Pause


@pytest.mark.parametrize("status", WorkflowExecutionStatus.values())
def test_every_closed_status_is_its_own_and_everything_else_is_open(
    status: WorkflowExecutionStatus.ValueType,
) -> None:
    info = WorkflowExecutionInfo(status=status)
    info.close_time.FromSeconds(1_770_000_000)
    shown = convert.execution("voice-prod", info)
    name = WorkflowExecutionStatus.Name(status).removeprefix("WORKFLOW_EXECUTION_STATUS_")
    is_open = name in {"UNSPECIFIED", "RUNNING", "PAUSED"}
    spelt = "cancelled" if name == "CANCELED" else name.lower().replace("_", " ")

    assert shown.status is (ExecutionStatus.RUNNING if is_open else ExecutionStatus(spelt))
    assert (shown.closed_at is None) == is_open


def test_a_status_of_a_later_server_is_open() -> None:
    info = WorkflowExecutionInfo(status=99)  # type: ignore[arg-type]

    assert convert.execution("voice-prod", info).status is ExecutionStatus.RUNNING


@pytest.mark.parametrize(
    ("state", "converted"),
    [
        (PendingActivityState.PENDING_ACTIVITY_STATE_UNSPECIFIED, ActivityState.SCHEDULED),
        (PendingActivityState.PENDING_ACTIVITY_STATE_STARTED, ActivityState.STARTED),
        (PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED, ActivityState.CANCEL_REQUESTED),
        (PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED, ActivityState.PAUSED),
        (PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED, ActivityState.PAUSE_REQUESTED),
    ],
)
def test_states_of_activities(state: PendingActivityState.ValueType, converted: ActivityState) -> None:
    assert convert.activity(PendingActivityInfo(state=state)).state is converted


def test_what_the_server_leaves_out_or_sets_to_zero_is_none() -> None:
    info = PendingActivityInfo()
    info.last_heartbeat_time.FromSeconds(0)
    info.next_attempt_schedule_time.FromSeconds(-62135596800)
    shown = convert.activity(info)

    assert (shown.last_heartbeat_at, shown.next_attempt_at, shown.heartbeat_timeout) == (None, None, None)
    assert (shown.attempt, shown.details, shown.last_failure) == (1, "", None)


@pytest.mark.parametrize(
    ("info", "converted"),
    [
        (_timeout, Failure(kind, "late"))
        for _timeout, kind in [
            (
                FailureInfo(message="late", timeout_failure_info=TimeoutFailureInfo(timeout_type=timeout)),
                kind,
            )
            for timeout, kind in [
                (TimeoutType.TIMEOUT_TYPE_HEARTBEAT, FailureKind.HEARTBEAT_TIMEOUT),
                (TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE, FailureKind.START_TO_CLOSE_TIMEOUT),
                (TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START, FailureKind.SCHEDULE_TO_START_TIMEOUT),
                (TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, FailureKind.SCHEDULE_TO_CLOSE_TIMEOUT),
                (TimeoutType.TIMEOUT_TYPE_UNSPECIFIED, FailureKind.OTHER),
            ]
        ]
    ]
    + [
        (
            FailureInfo(message="full", application_failure_info=ApplicationFailureInfo(type="OSError")),
            Failure(FailureKind.APPLICATION, "OSError: full"),
        ),
        (
            FailureInfo(application_failure_info=ApplicationFailureInfo(type="OSError")),
            Failure(FailureKind.APPLICATION, "OSError"),
        ),
        (FailureInfo(canceled_failure_info=CanceledFailureInfo()), Failure(FailureKind.CANCELLED, "")),
        (FailureInfo(message="else"), Failure(FailureKind.OTHER, "else")),
    ],
)
def test_failures_are_told_by_kind_with_the_workers_own_words(info: FailureInfo, converted: Failure) -> None:
    assert convert.failure(info) == converted


def test_what_a_worker_says_of_a_failure_is_told_without_the_secrets_in_it() -> None:
    shown = convert.failure(FailureInfo(message="no connection to postgresql://copy:marked@db/scores"))

    assert shown.message == "no connection to postgresql://(hidden)@db/scores"


def test_an_activity_with_a_task_queue_of_its_own_names_it() -> None:
    info = PendingActivityInfo()
    info.activity_options.task_queue.name = "big-copies"

    assert convert.activity(info).task_queue == "big-copies"
    assert convert.activity(PendingActivityInfo()).task_queue == ""


def test_a_failure_whose_text_only_a_codec_can_read_is_called_encrypted() -> None:
    sealed = Payload(metadata={"encoding": b"binary/encrypted"}, data=b"\x01")
    info = FailureInfo(
        message="Encoded failure",
        encoded_attributes=sealed,
        application_failure_info=ApplicationFailureInfo(type="DiskFull"),
    )

    assert convert.failure(info) == Failure(FailureKind.APPLICATION, "DiskFull: encrypted")


def test_an_activity_paused_by_a_rule_tells_who_made_the_rule() -> None:
    info = PendingActivityInfo(paused=True, state=PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED)
    info.pause_info.rule.identity, info.pause_info.rule.reason = "bob", "too many failures"

    assert convert.activity(info).pause == Pause("bob", None, "too many failures")

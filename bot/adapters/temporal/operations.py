"""Converts the pending Nexus operations of a description."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import PendingNexusOperationState
from temporalio.api.failure.v1 import Failure as FailureInfo
from temporalio.api.workflow.v1 import PendingNexusOperationInfo

from bot.model import Failure, FailureKind, PendingOperation
from bot.model.execution import OPERATIONS_HINT
from bot.redaction import beginning, redact
from bot.wellformed import well_formed

# In characters.
LONGEST_NAME = 200
LONGEST_MESSAGE = 300
# How many nested failures are read: the handler's failure contains that of the handler's code.
MOST_CAUSES = 5
# The hint keeps at most this many operations.
MOST_KEPT = 20

_FAILS = (
    PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_BACKING_OFF,
    PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_BLOCKED,
)


def operation(info: PendingNexusOperationInfo) -> PendingOperation:
    """The value for a pending Nexus operation. While it backs off or is blocked, ``attempt`` is the number of the
    next attempt."""
    fails = info.state in _FAILS
    return PendingOperation(
        name=well_formed(f"{info.endpoint}/{info.service}.{info.operation}")[:LONGEST_NAME],
        event_id=info.scheduled_event_id,
        has_begun=info.state == PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_STARTED,
        attempt=max(1, info.attempt + fails),
        scheduled_at=_datetime_or_none(info.scheduled_time),
        last_failure=_last_failure(info) if fails else None,
        next_attempt_at=_datetime_or_none(info.next_attempt_schedule_time) if fails else None,
    )


def hints(infos: Iterable[PendingNexusOperationInfo]) -> dict[str, str]:
    """The hint that a completed run gets if some of its Nexus operations had not ended: their names, at most
    ``MOST_KEPT``, as JSON. Empty if all had ended."""
    names = [operation(info).name for info in sorted(infos, key=lambda info: info.scheduled_event_id)]
    return {OPERATIONS_HINT: json.dumps(names[:MOST_KEPT])} if names else {}


def _last_failure(info: PendingNexusOperationInfo) -> Failure:
    text = info.blocked_reason or _message(info.last_attempt_failure)
    return Failure(FailureKind.OTHER, redact(well_formed(beginning(text)))[:LONGEST_MESSAGE])


def _message(failure: FailureInfo) -> str:
    """The messages of the failure and its causes, the outermost first."""
    messages = []
    for _ in range(MOST_CAUSES):
        messages.append(failure.message)
        if not failure.HasField("cause"):
            break
        failure = failure.cause
    return ": ".join(filter(None, messages))


def _datetime_or_none(stamp: Timestamp) -> datetime | None:
    return stamp.ToDatetime(tzinfo=UTC) if stamp.seconds or stamp.nanos else None

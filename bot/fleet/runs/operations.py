"""Nexus operations of a run: its health while it is open, and a doubt where it completed before they ended. Pure.

Of an operation, Temporal reports only whether it has begun. So an operation that has begun counts as healthy until
its caller says otherwise, and nobody waits for one whose caller has closed.
"""

import json
from dataclasses import replace

from bot.model import Activity, ActivityState, Description, Doubt, DoubtReason, Execution, PendingOperation
from bot.model.execution import OPERATIONS_HINT


def with_operations(description: Description) -> Description:
    """The description with its operations as further activities: one that cannot begin is tried again, as an activity
    is."""
    if not description.operations:
        return description
    return replace(description, activities=(*description.activities, *map(_as_activity, description.operations)))


def _as_activity(operation: PendingOperation) -> Activity:
    return Activity(
        activity_id=f"nexus:{operation.event_id}",
        activity_type=operation.name,
        state=ActivityState.SCHEDULED if operation.next_attempt_at else ActivityState.STARTED,
        attempt=operation.attempt,
        scheduled_at=operation.scheduled_at,
        started_at=None,
        last_heartbeat_at=None,
        heartbeat_timeout=None,
        details="",
        last_failure=operation.last_failure,
        next_attempt_at=operation.next_attempt_at,
        worker="",
    )


def operation_doubt(run: Execution) -> Doubt | None:
    """The doubt about a run that completed before all its operations had ended."""
    try:
        names: list[str] = json.loads(run.hints.get(OPERATIONS_HINT, "[]"))
    except ValueError:
        # Redacting a secret may have broken the JSON.
        return None
    if not names:
        return None
    return Doubt(DoubtReason.OPERATION_OPEN, child=str(names[0]), more_children=len(names) - 1)

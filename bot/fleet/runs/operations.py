"""Nexus operations of a run: how they count for the health of an open run, and the doubt about a completed run whose
operations had not ended. Pure.

Temporal reports whether an operation has begun, but not how it goes on. So an operation that has begun counts as
healthy, and the bot does not follow an operation whose caller has closed.
"""

import json
from dataclasses import replace

from bot.model import Activity, ActivityState, Description, Doubt, DoubtReason, Execution, PendingOperation
from bot.model.execution import OPERATIONS_HINT


def with_operations(description: Description) -> Description:
    """The description with its operations as further activities, because Temporal retries the start of an operation
    as it retries an activity."""
    if not description.operations:
        return description
    return replace(description, activities=(*description.activities, *map(_as_activity, description.operations)))


def _as_activity(operation: PendingOperation) -> Activity:
    return Activity(
        activity_id=f"nexus:{operation.event_id}",
        activity_type=operation.name,
        state=ActivityState.SCHEDULED if operation.next_attempt_at else ActivityState.STARTED,
        # Once it has begun, what failed before is over.
        attempt=1 if operation.has_begun else operation.attempt,
        scheduled_at=operation.scheduled_at,
        started_at=None,
        last_heartbeat_at=None,
        heartbeat_timeout=None,
        details="",
        last_failure=operation.last_failure,
        next_attempt_at=operation.next_attempt_at,
    )


def operation_doubt(run: Execution) -> Doubt | None:
    """The doubt about a run that completed before all its operations had ended; None if all had, or if the record of
    them cannot be read."""
    try:
        names: list[str] = json.loads(run.hints.get(OPERATIONS_HINT, "[]"))
    except ValueError:
        # Redacting a secret may have broken the JSON.
        return None
    if not names:
        return None
    return Doubt(DoubtReason.OPERATION_OPEN, child=str(names[0]), more_children=len(names) - 1)

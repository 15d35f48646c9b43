"""Nexus operations, as Temporal reports them while the workflow that called them is open."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.failure import Failure


@dataclass(frozen=True, slots=True)
class PendingOperation:
    """A Nexus operation that has not ended. ``name`` is its endpoint, service and operation, and ``event_id`` the
    event that scheduled it.

    ``has_begun``: its work goes on elsewhere, and Temporal does not tell how. ``attempt`` is the try to begin it,
    from 1. ``last_failure`` is why the try before failed, or why none is made at present.
    """

    name: str
    event_id: int
    has_begun: bool
    attempt: int
    scheduled_at: datetime | None
    last_failure: Failure | None
    next_attempt_at: datetime | None

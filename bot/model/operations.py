"""Nexus operations, as Temporal reports them while the workflow that called them is open."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.failure import Failure


@dataclass(frozen=True, slots=True)
class PendingOperation:
    """A Nexus operation that has not ended. ``name`` is its endpoint, service and operation, and ``event_id`` the
    event that scheduled it. ``has_begun``: it runs in another place, and Temporal does not report its progress.
    ``attempt`` counts the tries to begin it, from 1. ``last_failure`` is why the previous try failed, or why none is
    made at present."""

    name: str
    event_id: int
    has_begun: bool
    attempt: int
    scheduled_at: datetime | None
    last_failure: Failure | None
    next_attempt_at: datetime | None

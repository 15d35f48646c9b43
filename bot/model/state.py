"""The words of design.md §2: how a backfill stands, and how what runs is doing."""

from enum import StrEnum


class State(StrEnum):
    """How a customer's backfill stands, derived from the engine every time."""

    COMPLETE = "complete"
    RUNNING = "running"
    PARTIAL = "partial"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NOT_STARTED = "not started"
    NOT_APPLICABLE = "N/A"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """How an open execution is doing; the order of the members is worst first."""

    BLOCKED = "blocked"
    STRUGGLING = "struggling"
    STALLED = "stalled"
    WAITING = "waiting"
    RETRYING = "retrying"
    HEALTHY = "healthy"

    @property
    def rank(self) -> int:
        """Its place in that order: the worst is 0."""
        return list(Health).index(self)


class AlertReason(StrEnum):
    """Why a run has an alert; the order of the members is worst first. Values are stored: they never change."""

    HEARTBEAT_TIMEOUT = "heartbeat timeout"


class Ending(StrEnum):
    """How an episode ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    FAILED = "failed"
    CONTINUED = "continued as a new run"
    GONE = "no longer known to Temporal"
    INCOMPLETE = "ended with days missing"
    CUT_SHORT = "cancelled by its sequence"
    UNWATCHED = "no longer watched"

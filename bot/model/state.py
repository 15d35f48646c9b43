"""The states of a backfill, the health of an open run, and the reasons and endings of alerts (docs/states.md)."""

from enum import StrEnum


class State(StrEnum):
    """The state of a customer's backfill, derived from Temporal each time."""

    COMPLETE = "complete"
    IN_DOUBT = "in doubt"
    RUNNING = "running"
    PARTIAL = "partial"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NOT_STARTED = "not started"
    NOT_APPLICABLE = "N/A"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """The health of an open execution; members are ordered worst first."""

    BLOCKED = "blocked"
    STRUGGLING = "struggling"
    STALLED = "stalled"
    WAITING = "waiting"
    PAUSED = "paused"
    RETRYING = "retrying"
    HEALTHY = "healthy"

    @property
    def rank(self) -> int:
        """The position from worst to best; the worst health has 0."""
        return list(Health).index(self)


class AlertReason(StrEnum):
    """Why a run has an alert; members are ordered worst first. Values are stored, so they never change.

    ``FAILED``, ``MISMATCH`` and ``IN_DOUBT`` are about closed runs, the others about open ones.
    """

    FAILED = "failed"
    HEARTBEAT_TIMEOUT = "heartbeat timeout"
    BLOCKED = "blocked"
    STALLED = "stalled"
    NO_WORKER = "no worker"
    RETRYING = "retrying"
    MISMATCH = "mismatch"
    IN_DOUBT = "in doubt"

    @property
    def rank(self) -> int:
        """The position from worst to best; the worst reason has 0."""
        return list(AlertReason).index(self)


class Ending(StrEnum):
    """How an episode ended. Values are stored: bots of an earlier version cannot read a new one."""

    COMPLETED = "completed"
    IN_DOUBT = "completed, but in doubt"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    FAILED = "failed"
    CONTINUED = "continued as a new run"
    GONE = "no longer known to Temporal"
    INCOMPLETE = "ended with days missing"
    CUT_SHORT = "cancelled by its sequence"
    UNWATCHED = "no longer watched"
    RECOVERED = "recovered"
    REPLACED = "replaced by another run"

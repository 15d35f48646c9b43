"""What the steps of a sequence are told and tell: a start, how a followed run stands, a count.

Temporal keeps these as JSON: a field that is added later needs a default.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.execution import ExecutionStatus, Ref


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table of one window after it completed; ``expected`` is None where nothing is compared.

    ``days_off`` counts days that are not as expected: too many on one and too few on another may add up to nothing.
    ``merging`` are stored rows that merge away without being duplicates. Unless ``duplicates_known``, rows may be
    there twice without being seen.
    """

    table: str
    expected: int | None
    actual: int
    duplicates: int
    days_off: int = 0
    merging: int = 0
    duplicates_known: bool = True

    @property
    def differs(self) -> bool:
        """Whether rows are missing or too many."""
        return bool(self.days_off) or (self.expected is not None and self.expected != self.actual)


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a window; ``problem`` says why that is not all, or nothing."""

    tables: tuple[TableCount, ...] = ()
    problem: str = ""

    @property
    def differs(self) -> bool:
        """Whether any table does."""
        return any(table.differs for table in self.tables)

    @property
    def is_empty(self) -> bool:
        """Whether it was counted and holds no rows at all."""
        return bool(self.tables) and not self.problem and not any(table.actual for table in self.tables)


@dataclass(frozen=True, slots=True)
class StartOrder:
    """One run of the team's own workflow that is to be started; ``token`` makes repeating it harmless.

    ``arguments`` are the workflow's own, as JSON values; ``hints`` tell customer and days, as search attributes or
    memo.
    """

    workflow_id: str
    workflow_type: str
    task_queue: str
    arguments: tuple[object, ...]
    hints: dict[str, str]
    token: str


@dataclass(frozen=True, slots=True)
class StartResult:
    """What came of a start: ``ref``, or why Temporal refused it.

    ``is_found``: nothing was started, for somebody else's run ``ref`` has completed these days meanwhile.
    """

    ref: Ref | None
    refused: str = ""
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class FollowedRun:
    """How a followed run stands when the follower returns: closed, or open and timed out too often.

    ``closed_at`` is None while it is open. ``heartbeat_timeout`` is the longest one seen of its activities, zero when
    none was seen, and ``timeouts`` counts heartbeat timeouts. ``is_gone``: Temporal has forgotten it, so nobody knows
    how it ended; ``status`` is then FAILED.
    """

    ref: Ref
    status: ExecutionStatus
    started_at: datetime
    seen_at: datetime
    timeouts: int
    heartbeat_timeout: timedelta
    closed_at: datetime | None = None
    last_failure: str = ""
    is_gone: bool = False

    @property
    def took(self) -> timedelta:
        """How long it ran, or has run when it was last seen."""
        return (self.closed_at or self.seen_at) - self.started_at

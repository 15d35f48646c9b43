"""Arguments and results of the activities of a sequence: a start, a followed run, a count.

Temporal stores these as JSON, so a field that is added later needs a default.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.doubt import Doubt
from bot.model.execution import ExecutionStatus, Ref
from bot.model.window import Window


def followers_queue(task_queue: str) -> str:
    """The task queue of the activities that follow runs; ``task_queue`` has all other steps of the sequences."""
    return f"{task_queue}-followers"


@dataclass(frozen=True, slots=True)
class TableCount:
    """The count of one table after a window completed; ``expected`` is None when there is nothing to compare with.

    ``days_off`` counts the days whose rows differ. It is needed besides the sums, because a surplus on one day and a
    deficit on another may cancel out. ``merging`` counts stored rows that disappear when parts merge and that are not
    duplicates. When ``duplicates_known`` is False, duplicates cannot be counted. ``other_contents`` are the first
    days with as many rows as expected and other contents, and ``days_of_other_contents`` counts all of these.
    """

    table: str
    expected: int | None
    actual: int
    duplicates: int
    days_off: int = 0
    merging: int = 0
    duplicates_known: bool = True
    other_contents: tuple[Window, ...] = ()
    days_of_other_contents: int = 0

    @property
    def number_differs(self) -> bool:
        """Whether there are too few or too many rows."""
        return bool(self.days_off) or (self.expected is not None and self.expected != self.actual)

    @property
    def differs(self) -> bool:
        """Whether there are too few or too many rows, or rows with other contents."""
        return self.number_differs or bool(self.days_of_other_contents)


@dataclass(frozen=True, slots=True)
class Count:
    """The counts of a window's tables; ``problem`` says why some or all of them are missing."""

    tables: tuple[TableCount, ...] = ()
    problem: str = ""

    @property
    def differs(self) -> bool:
        """Whether any counted table has other rows than expected."""
        return any(table.differs for table in self.tables)

    @property
    def only_contents_differ(self) -> bool:
        """Whether every counted table has as many rows as expected, and some have other contents."""
        return self.differs and not any(table.number_differs for table in self.tables)

    @property
    def proves(self) -> bool:
        """Whether every table was counted and compared, and has exactly the rows of the source."""
        is_compared = all(table.expected is not None and table.duplicates_known for table in self.tables)
        return bool(self.tables) and not self.problem and is_compared and not self.differs

    @property
    def is_empty(self) -> bool:
        """Whether every table was counted and none has a row."""
        return bool(self.tables) and not self.problem and not any(table.actual for table in self.tables)


@dataclass(frozen=True, slots=True)
class StartOptions:
    """How a run is started. ``attempts`` is the limit of its retry policy; if None, the run has no retry policy.
    ``priority`` 1 is the most urgent. Among runs of equal priority, Temporal gives each ``fairness_key`` its turn."""

    execution_timeout: timedelta | None = None
    run_timeout: timedelta | None = None
    attempts: int | None = None
    priority: int | None = None
    fairness_key: str = ""


@dataclass(frozen=True, slots=True)
class StartOrder:
    """A request to start one run of the team's workflow; ``token`` makes it idempotent.

    ``arguments`` are the workflow's arguments as JSON values. ``hints`` name customer and days, and become search
    attributes if the namespace has them registered. ``memo`` are the fields of its memo.
    """

    workflow_id: str
    workflow_type: str
    task_queue: str
    arguments: tuple[object, ...]
    hints: dict[str, str]
    token: str
    memo: dict[str, str] = field(default_factory=dict)
    options: StartOptions = StartOptions()


@dataclass(frozen=True, slots=True)
class StartResult:
    """The result of a start. ``ref`` is the run that was started. If ``is_found``, nothing was started, and ``ref``
    is a run that somebody else started and that has completed these days in the meantime.

    If ``ref`` is None, nothing was started either. One of two texts then says why: ``unknown`` if the bot cannot find
    out whether somebody else has run the days meanwhile, else ``refused``.
    """

    ref: Ref | None
    refused: str = ""
    is_found: bool = False
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class FollowedRun:
    """The state of a followed run when following ends. Either the run, and the workflows that end with it, have
    closed, or the run has timed out too often.

    ``closed_at`` is None while the run is open. ``timeouts`` is the largest number of heartbeat timeouts that a
    single activity has had, in the run or in a workflow below it. ``heartbeat_timeout`` is the longest configured
    timeout of the activities seen, zero when none was seen. ``is_gone``: Temporal no longer knows the run, so its end
    is unknown; ``status`` is then FAILED. ``doubt`` is what speaks against a run that completed. ``below`` is None,
    or a workflow below the run that could still write the run's days after the run itself had closed. While that
    workflow is open, the run may still count as running.
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
    doubt: Doubt | None = None
    below: Ref | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it completed and nothing speaks against that."""
        return self.status is ExecutionStatus.COMPLETED and self.doubt is None

    @property
    def took(self) -> timedelta:
        """How long it ran; for an open run, until it was last seen."""
        return (self.closed_at or self.seen_at) - self.started_at

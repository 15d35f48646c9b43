"""Pictures as plain data: what a chart shows, without colours or words. An adapter draws them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator

from bot.model.window import Window


class DayState(StrEnum):
    """The state of one day of a backfill, best first. ``OUTSIDE`` days do not belong to what is shown."""

    COMPLETE = "complete"
    RUNNING = "running"
    IN_DOUBT = "in doubt"
    FAILED = "failed"
    MISSING = "missing"
    OUTSIDE = "not part of it"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one customer from ``start`` on, each with its state."""

    cluster: str
    customer: str
    start: date
    days: tuple[DayState, ...]
    kind: Literal["calendar"] = "calendar"

    def count(self, state: DayState) -> int:
        """How many days have this state."""
        return self.days.count(state)


@dataclass(frozen=True, slots=True)
class AttemptBar:
    """How far one attempt came: the day it was at, and the rows it had written. Both are None if the bot saw no
    progress of the attempt."""

    attempt: int
    day: date | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptsChart:
    """How far each ended attempt of a run came. ``total`` is how many rows the run has to write."""

    cluster: str
    customer: str
    total: int
    bars: tuple[AttemptBar, ...]
    kind: Literal["attempts"] = "attempts"


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """A point of the curve: from ``at`` on, the number of complete days was ``days``."""

    at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class ProgressChart:
    """How many days of all customers were complete over time. Each of the ``customers`` has to get the days of
    ``whole``, which makes ``total`` days.

    The work under way at the time ``at`` of the chart will bring the number of complete days to ``goal``, at some
    time between ``earliest`` and ``latest``. Both times are None if they cannot be estimated.
    """

    whole: Window
    customers: int
    total: int
    at: datetime
    points: tuple[ProgressPoint, ...]
    goal: int
    earliest: datetime | None = None
    latest: datetime | None = None
    kind: Literal["progress"] = "progress"

    @property
    def done(self) -> int:
        """How many days are complete."""
        return self.points[-1].days


@dataclass(frozen=True, slots=True)
class DayRows:
    """The rows of one day: expected, actual without duplicates, and duplicates. ``has_other_contents``: the number of
    rows is as expected, but the rows have other contents. ``is_open``: an open run or sequence may still write the
    missing rows."""

    expected: int
    actual: int
    duplicates: int = 0
    has_other_contents: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table on each day."""

    table: str
    days: tuple[DayRows, ...]

    @property
    def expected(self) -> int:
        """Rows expected on all days."""
        return sum(day.expected for day in self.days)

    @property
    def actual(self) -> int:
        """Rows of all days, without duplicates."""
        return sum(day.actual for day in self.days)


@dataclass(frozen=True, slots=True)
class CountsChart:
    """The rows of one customer by day, from ``start`` on, in tables in which something is not as expected."""

    cluster: str
    customer: str
    start: date
    tables: tuple[TableRows, ...]
    kind: Literal["counts"] = "counts"


Chart = Annotated[Calendar | AttemptsChart | ProgressChart | CountsChart, Discriminator("kind")]
"""Any chart that the bot can draw."""

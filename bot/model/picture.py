"""Pictures as plain data: what a chart shows, without colours or words. An adapter draws them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayState(StrEnum):
    """The state of one day of a backfill, best first."""

    COMPLETE = "complete"
    RUNNING = "running"
    IN_DOUBT = "in doubt"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one customer from ``start`` on, each with its state."""

    cluster: str
    customer: str
    start: date
    days: tuple[DayState, ...]

    def count(self, state: DayState) -> int:
        """How many days have this state."""
        return self.days.count(state)

"""Pictures as plain data: what a chart shows, without colours or words. An adapter draws them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator


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
    kind: Literal["calendar"] = "calendar"

    def count(self, state: DayState) -> int:
        """How many days have this state."""
        return self.days.count(state)


@dataclass(frozen=True, slots=True)
class AttemptBar:
    """How far one attempt came: the day it was at, and the rows it had written. Both are None if nobody saw it."""

    attempt: int
    day: date | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptsChart:
    """How far each ended attempt of a run came, of ``total`` rows."""

    cluster: str
    customer: str
    total: int
    bars: tuple[AttemptBar, ...]
    kind: Literal["attempts"] = "attempts"


Chart = Annotated[Calendar | AttemptsChart, Discriminator("kind")]
"""Whatever the bot draws."""

"""A plan: every window of one customer's range with what would become of it, how long it takes, and a digest."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.fleet.name_lookup import Target
from bot.fleet.planning.sizing import Size
from bot.fleet.planning.throughput import Pace
from bot.fleet.runs.run import Run
from bot.fleet.status.board import Silent
from bot.model import Window
from bot.model.coverage import total_days

DIGEST_LENGTH = 12


class Fate(StrEnum):
    """What becomes of a window: run, or skipped because it is complete, runs, is being cancelled, the customer has no
    rows in the whole range, or only others were asked for."""

    RUN = "run"
    COMPLETE = "complete"
    RUNNING = "running"
    CANCELLING = "being cancelled"
    NO_ROWS = "no rows in the source"
    NOT_ASKED = "not asked for"


@dataclass(frozen=True, slots=True)
class Estimate:
    """From ``low`` to ``high``."""

    low: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """``rows`` is None when the source did not say; ``time`` when the window is skipped, or nothing tells."""

    window: Window
    fate: Fate
    rows: int | None
    time: Estimate | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be started for ``target`` over ``whole``, and what not.

    ``rows`` and ``per_day`` are None when the source did not say (``source_silent`` is why). ``full_range`` is an
    open run over the whole campaign: it is no window, and must end before windows of the same days may run.
    ``running`` are the open runs of windows, oldest first, without those being cancelled: whoever runs the plan
    follows them first. ``notes`` are sentences about what else is open of the customer.
    """

    target: Target
    whole: Window
    rows: int | None
    per_day: float | None
    size: Size
    pace: Pace | None
    windows: tuple[PlannedWindow, ...]
    full_range: Run | None = None
    source_silent: str = ""
    expected: bool = True
    running: tuple[Run, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def to_run(self) -> tuple[PlannedWindow, ...]:
        """What would be started, in this order."""
        return tuple(planned for planned in self.windows if planned.fate is Fate.RUN)

    @property
    def skipped(self) -> tuple[PlannedWindow, ...]:
        """What would not."""
        return tuple(planned for planned in self.windows if planned.fate is not Fate.RUN)

    @property
    def days_to_run(self) -> int:
        """Days in what would be started."""
        return total_days(planned.window for planned in self.to_run)

    @property
    def rows_to_run(self) -> int | None:
        """Scorecards in it, None when the source did not say."""
        return None if self.rows is None else sum(planned.rows or 0 for planned in self.to_run)

    @property
    def eta(self) -> Estimate | None:
        """How long all of it takes, one window after the other."""
        times = [planned.time for planned in self.to_run if planned.time]
        if not times or len(times) < len(self.to_run):
            return None
        zero = timedelta(0)
        return Estimate(sum((time.low for time in times), zero), sum((time.high for time in times), zero))

    @property
    def digest(self) -> str:
        """The same as long as the same windows of the same customer would be started, in the same order."""
        started = [str(planned.window) for planned in self.to_run]
        told = json.dumps([self.target.cluster, self.target.customer, started])
        return sha256(told.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """No plan: the cluster did not say what is complete and what runs. ``notes`` as in ``Plan``."""

    target: Target
    whole: Window
    at: datetime
    silent: Silent
    notes: tuple[str, ...] = ()


PlanResult = Plan | Unplanned

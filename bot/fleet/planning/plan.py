"""A plan of one customer's range: its windows, which of them would run, how long these would take, and a plan
digest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from bot.fleet.name_lookup import Target
from bot.fleet.planning.sizing import Size
from bot.fleet.planning.throughput import Pace
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.runs.open_work import OpenWorkNote
from bot.fleet.runs.run import Run
from bot.fleet.status.board import Silent
from bot.fleet.status.estimate import Estimate, WorkLeft
from bot.model import DoubtfulDays, Window
from bot.model.coverage import total_days

DIGEST_LENGTH = 12


class Fate(StrEnum):
    """Whether a window would run, or why it would not.

    ``NO_ROWS``: the customer has no rows in the whole range. ``NOT_ASKED``: only failed windows were asked for.
    """

    RUN = "run"
    COMPLETE = "complete"
    RUNNING = "running"
    CANCELLING = "being cancelled"
    NO_ROWS = "no rows in the source"
    NOT_ASKED = "not asked for"


class Sized(Protocol):
    """The facts that explain the size of a customer's windows. ``Plan`` has them, and so has ``SizeFacts`` in a
    report."""

    @property
    def target(self) -> Target: ...

    @property
    def per_day(self) -> float | None: ...

    @property
    def size(self) -> Size: ...

    @property
    def pace(self) -> Pace | None: ...


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """One window of a plan.

    ``rows`` is None if the source did not answer. ``time`` is None if the window would not run, or if no pace is
    known.
    """

    window: Window
    fate: Fate
    rows: int | None
    time: Estimate | None


@dataclass(frozen=True, slots=True)
class SequenceUnknown:
    """It is unknown whether a sequence of the customer is open. ``why`` is the reason."""

    why: str


SequenceNote = OpenSequence | SequenceUnknown
PlanNote = SequenceNote | OpenWorkNote


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows of ``target`` over ``whole``: those that would run, and those that would not.

    ``rows`` and ``per_day`` are None if the source did not answer; ``source_silent`` is then the reason.
    ``full_range`` is an open run over the whole campaign. It is not a window, and has to end before windows of its
    days run. ``running`` are the open runs of windows, oldest first, which a sequence adopts before it runs the plan;
    runs that are being cancelled are not among them. ``notes`` are about other open work of the customer. ``doubts``
    are days that a run has completed and that would run again, because something speaks against them. ``at`` is when
    the cluster answered. ``is_typed``: a person has typed the range, so the answer repeats it. ``at_once`` is how
    many windows would run at a time.
    """

    target: Target
    whole: Window
    at: datetime
    rows: int | None
    per_day: float | None
    size: Size
    pace: Pace | None
    windows: tuple[PlannedWindow, ...]
    full_range: Run | None = None
    source_silent: str = ""
    expected: bool = True
    running: tuple[Run, ...] = ()
    notes: tuple[PlanNote, ...] = ()
    doubts: tuple[DoubtfulDays, ...] = ()
    is_typed: bool = False
    at_once: int = 1

    @property
    def to_run(self) -> tuple[PlannedWindow, ...]:
        """The windows that would run, in this order."""
        return tuple(planned for planned in self.windows if planned.fate is Fate.RUN)

    @property
    def skipped(self) -> tuple[PlannedWindow, ...]:
        """The windows that would not run."""
        return tuple(planned for planned in self.windows if planned.fate is not Fate.RUN)

    @property
    def days_to_run(self) -> int:
        """The number of days that would run."""
        return total_days(planned.window for planned in self.to_run)

    @property
    def rows_to_run(self) -> int | None:
        """The number of source rows in the windows that would run; None if the source did not answer."""
        return None if self.rows is None else sum(planned.rows or 0 for planned in self.to_run)

    @property
    def eta(self) -> Estimate | None:
        """How long the windows take, ``at_once`` at a time; None if there are none, or if one of them has no
        estimate."""
        times = [planned.time for planned in self.to_run if planned.time]
        if not times or len(times) < len(self.to_run):
            return None
        return Estimate(self._together(time.low for time in times), self._together(time.high for time in times))

    @property
    def work(self) -> WorkLeft | None:
        """The work of the windows that would run; None where ``eta`` is None."""
        eta, times = self.eta, [planned.time for planned in self.to_run if planned.time]
        if eta is None:
            return None
        low, high = (sum(ends, timedelta(0)) for ends in zip(*((t.low, t.high) for t in times), strict=True))
        return WorkLeft(self.target.cluster, eta, following=Estimate(low, high))

    def _together(self, times: Iterable[timedelta]) -> timedelta:
        """How long some windows take in all. Each window alone takes one of these ``times``, and ``at_once`` windows
        run in parallel. The result is never shorter than the longest of the times."""
        each = tuple(times)
        return max(sum(each, timedelta(0)) / self.at_once, *each)

    @property
    def digest(self) -> str:
        """The plan digest. It is equal for two plans in which the same windows of the same customer run in the same
        order."""
        windows = [str(planned.window) for planned in self.to_run]
        content = json.dumps([self.target.cluster, self.target.customer, windows])
        return sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """There is no plan: the cluster did not answer, so its runs are unknown. ``notes`` and ``is_typed`` as in
    ``Plan``."""

    target: Target
    whole: Window
    at: datetime
    silent: Silent
    notes: tuple[PlanNote, ...] = ()
    is_typed: bool = False


PlanResult = Plan | Unplanned

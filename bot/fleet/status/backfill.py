"""Derives the state of one customer's backfill on one cluster from its runs, each time anew (docs/states.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.runs.doubts import proven_days
from bot.fleet.runs.run import AGE, Run, worst_runs_first
from bot.fleet.status.estimate import WorkLeft
from bot.fleet.status.eta import WindowCount, count_windows, work_left
from bot.fleet.status.queue import QueuePlace, QueueSilent, Turn
from bot.model import (
    DoubtfulDays,
    ExecutionStatus,
    Health,
    Ref,
    SeenFailure,
    SequenceStanding,
    State,
    Window,
    coverage,
)

_FAILED = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED, ExecutionStatus.GONE)


@dataclass(frozen=True, slots=True)
class Stop:
    """When a customer's work stopped, and who stopped it. ``by`` is the user who stopped the work through the bot,
    and ``at`` is when. If nobody did, ``by`` is "", and ``at`` is when the customer's latest run ended."""

    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Backfill:
    """One customer on one cluster over the range ``whole``. ``runs`` are the runs with days in this range, oldest
    first.

    ``work`` is the work left for the missing days, with the time that it takes; None if no estimate is possible.
    ``expected`` is False for a customer that is not in the configuration. ``sequence`` is the open sequence of the
    customer. ``windows`` has the numbers of windows. An open sequence with windows reports them; otherwise they are
    derived from the runs (``count_windows``). ``windows`` is None if the runs show no number, or if an open sequence
    does not answer. ``completed_windows`` counts completed windows of the range, whoever started them. ``doubts`` are
    the days in doubt, in order. They are also among the ``missing`` days. ``verified_days`` counts the days that a
    count has proven. ``stop`` is set by ``with_stops``, and only if the customer's work has stopped. ``turn`` is set
    by ``with_queue``, if the customer waits in the queue of its cluster or if that queue does not answer.
    """

    cluster: str
    customer: str
    whole: Window
    state: State
    runs: tuple[Run, ...]
    missing: tuple[Window, ...]
    windows: WindowCount | None
    work: WorkLeft | None
    expected: bool = True
    sequence: SequenceStanding | None = None
    completed_windows: int = 0
    doubts: tuple[DoubtfulDays, ...] = ()
    verified_days: int = 0
    stop: Stop | None = None
    turn: Turn | None = None

    @property
    def full_name(self) -> str:
        """``cluster/customer``."""
        return f"{self.cluster}/{self.customer}"

    @property
    def left(self) -> timedelta | None:
        """How long the missing days take at the pace so far; None if no estimate is possible."""
        return self.work.time.low if self.work else None

    @property
    def is_verified(self) -> bool:
        """Whether it is complete, and counts have proven every day of it."""
        return self.state is State.COMPLETE and self.verified_days == self.whole.days

    @property
    def goes_on(self) -> bool:
        """Whether the work goes on without a person: a run or a sequence is open, and the sequence is not paused."""
        if self.sequence and self.sequence.progress and self.sequence.progress.paused_by:
            return False
        return self._is_open

    @property
    def place(self) -> QueuePlace | None:
        """The customer's place in the queue, if no run or sequence of the customer is open; None if one is, or if the
        customer is not known to wait in the queue."""
        return self.turn if isinstance(self.turn, QueuePlace) and not self._is_open else None

    @property
    def may_be_queued(self) -> bool:
        """Whether it is possible that the customer waits in the queue. True if the queue does not answer, and no run
        or sequence of the customer is open."""
        return isinstance(self.turn, QueueSilent) and not self._is_open

    @property
    def needs_person(self) -> bool:
        """Whether its work has stopped or is held, or a run of it is unhealthy. What waits in the queue begins by
        itself."""
        if self.place or self.may_be_queued:
            return bool(self.place and self.place.is_held)
        return not self.goes_on or (self.health or Health.HEALTHY) is not Health.HEALTHY

    @property
    def _is_open(self) -> bool:
        return self.sequence is not None or any(run.is_open for run in self.runs)

    @property
    def open_runs(self) -> tuple[Run, ...]:
        """Open runs, worst first."""
        return worst_runs_first(run for run in self.runs if run.is_open)

    @property
    def health(self) -> Health | None:
        """The worst health of the open runs, None when none is open or none could be described."""
        healths = [run.health.health for run in self.runs if run.health]
        return min(healths, key=lambda health: health.rank) if healths else None

    @property
    def covered_days(self) -> int:
        """Number of days of the range that completed runs have filled."""
        return self.whole.days - coverage.total_days(self.missing)

    @property
    def latest_missing(self) -> Run | None:
        """The closed run that best explains why days are missing. For each missing day, the latest closed run that
        should have filled it is considered. Of the considered runs, this is the latest one that failed, or else the
        latest of all; None if there are none."""
        latest = latest_of_missing(self.runs, self.missing)
        failed = (run for run in latest if run.execution.status in _FAILED)
        return next(failed, latest[0] if latest else None)


def derive(cluster: str, customer: str, whole: Window, runs: Sequence[Run], now: datetime) -> Backfill:
    """The backfill that results from the customer's runs; runs whose window does not touch ``whole`` are left out."""
    own = tuple(sorted((run for run in runs if run.window and run.window.intersection(whole)), key=AGE))
    missing = coverage.missing(whole, (window for run in own for window in run.complete_days))
    doubts = _doubts_of(own, missing)
    windows = count_windows(own, whole)
    return Backfill(
        cluster=cluster,
        customer=customer,
        whole=whole,
        state=_state(own, missing, doubts, whole),
        doubts=doubts,
        runs=own,
        missing=missing,
        windows=windows,
        work=work_left(cluster, own, whole, now) if missing else None,
        completed_windows=windows.done if windows else 0,
        verified_days=_verified_days(own, missing, whole),
    )


def _verified_days(runs: Sequence[Run], missing: Sequence[Window], whole: Window) -> int:
    proven = filter(None, (days.intersection(whole) for days in proven_days(runs)))
    return coverage.total_days(piece for days in proven for piece in coverage.missing(days, missing))


def with_unknown_past(backfill: Backfill) -> Backfill:
    """What is sure of the backfill if not all past runs are known: days that seem to be missing may be complete. A
    complete backfill stays as it is. Any other one loses the estimate of its work and the count of its windows,
    unless its open sequence has counted them. Its state becomes UNKNOWN, unless it is running or being cancelled."""
    if backfill.state is State.COMPLETE:
        return backfill
    is_open = backfill.state in (State.RUNNING, State.CANCELLING)
    progress = backfill.sequence.progress if backfill.sequence else None
    windows = backfill.windows if progress and progress.total else None
    return replace(backfill, state=backfill.state if is_open else State.UNKNOWN, windows=windows, work=None)


def with_failures(backfill: Backfill, failures: Mapping[Ref, tuple[SeenFailure, ...]]) -> Backfill:
    """The backfill with the recorded failures of its closed runs, which Temporal no longer has."""
    runs = (replace(run, failures=run.failures or _failures_of(run, failures)) for run in backfill.runs)
    return replace(backfill, runs=tuple(runs))


def _failures_of(run: Run, failures: Mapping[Ref, tuple[SeenFailure, ...]]) -> tuple[SeenFailure, ...]:
    """The failures of the run, with those of its earlier links first."""
    links = [link.ref for link in run.links]
    return tuple(failure for ref in (*links, run.execution.ref) for failure in failures.get(ref, ()))


def latest_of_missing(runs: Sequence[Run], missing: Sequence[Window]) -> list[Run]:
    """The closed runs that are the latest for at least one missing day, latest start first."""
    latest: list[Run] = []
    rest = tuple(missing)
    # A run that continued as new did not end. The run that continues it did, or is open.
    closed = [run for run in runs if not run.is_open and run.execution.status is not ExecutionStatus.CONTINUED_AS_NEW]
    for run in sorted(closed, key=lambda run: run.started_at, reverse=True):
        window = run.window
        if window is None or not any(gap.intersection(window) for gap in rest):
            continue
        latest.append(run)
        rest = tuple(piece for gap in rest for piece in coverage.missing(gap, [window]))
    return latest


def _doubts_of(runs: Sequence[Run], missing: Sequence[Window]) -> tuple[DoubtfulDays, ...]:
    """The days in doubt, each once, without days that a complete run or a count has proven."""
    found = {
        DoubtfulDays(part, days.doubt)
        for run in runs
        for days in run.doubts
        for gap in missing
        if (part := days.window.intersection(gap))
    }
    return tuple(sorted(found, key=lambda days: (days.window, days.doubt.reason)))


def _state(runs: Sequence[Run], missing: Sequence[Window], doubts: Sequence[DoubtfulDays], whole: Window) -> State:
    open_runs = [run for run in runs if run.is_open]
    if not missing:
        return State.COMPLETE
    if open_runs:
        return State.CANCELLING if all(run.cancel_requested for run in open_runs) else State.RUNNING
    uncovered = tuple(piece for gap in missing for piece in coverage.missing(gap, (days.window for days in doubts)))
    latest = {run.execution.status for run in latest_of_missing(runs, uncovered)}
    if latest.intersection(_FAILED):
        return State.FAILED
    if doubts:
        return State.IN_DOUBT
    if coverage.total_days(missing) < whole.days:
        return State.PARTIAL
    return State.CANCELLED if latest else State.NOT_STARTED

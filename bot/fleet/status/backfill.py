"""How one customer's backfill on one cluster stands (design.md §2), derived from its runs every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.runs.run import AGE, Run
from bot.fleet.status.eta import WindowCount, count_windows, work_left
from bot.model import (
    ExecutionStatus,
    Health,
    Phase,
    Ref,
    SeenFailure,
    SequenceSpec,
    SequenceStanding,
    State,
    Window,
    coverage,
)

_FAILED = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED, ExecutionStatus.GONE)


@dataclass(frozen=True, slots=True)
class Backfill:
    """One customer on one cluster over ``whole``; ``runs`` are those that concern it, oldest start first.

    ``left`` is how long the missing days would take, None when nothing tells. ``expected`` is False for a customer
    that is not in the configuration. ``sequence`` is the open one that runs its windows: while there is one,
    ``windows`` is as that counts them, None while it does not say. ``completed_windows`` are those of any sequence.
    """

    cluster: str
    customer: str
    whole: Window
    state: State
    runs: tuple[Run, ...]
    missing: tuple[Window, ...]
    windows: WindowCount | None
    left: timedelta | None
    expected: bool = True
    sequence: SequenceStanding | None = None
    completed_windows: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether something is done about it without anybody doing anything: it runs, and is not paused."""
        if self.sequence and self.sequence.progress and self.sequence.progress.paused_by:
            return False
        return bool(self.open_runs or self.sequence)

    @property
    def open_runs(self) -> tuple[Run, ...]:
        """What runs now, worst first."""
        return tuple(sorted((run for run in self.runs if run.is_open), key=_badness))

    @property
    def health(self) -> Health | None:
        """The worst health of what runs, None when nothing does or it could not be looked at."""
        told = [run.health.health for run in self.runs if run.health]
        return min(told, key=lambda health: health.rank) if told else None

    @property
    def covered_days(self) -> int:
        """Days of the range that are complete."""
        return self.whole.days - coverage.total_days(self.missing)

    @property
    def latest_missing(self) -> Run | None:
        """The latest closed run, one that failed before others, that should have filled what is still missing."""
        latest = latest_of_missing(self.runs, self.missing)
        failed = (run for run in latest if run.execution.status in _FAILED)
        return next(failed, latest[0] if latest else None)


def derive(cluster: str, customer: str, whole: Window, runs: Sequence[Run], now: datetime) -> Backfill:
    """The backfill that these runs of the customer amount to; windows that do not touch ``whole`` are left out."""
    own = tuple(sorted((run for run in runs if run.window and run.window.intersection(whole)), key=AGE))
    done = [run.window for run in own if run.window and run.execution.status is ExecutionStatus.COMPLETED]
    missing = coverage.missing(whole, done)
    windows = count_windows(own, whole)
    return Backfill(
        cluster=cluster,
        customer=customer,
        whole=whole,
        state=_state(own, missing, whole),
        runs=own,
        missing=missing,
        windows=windows,
        left=work_left(own, whole, now) if missing else None,
        completed_windows=windows.done if windows else 0,
    )


def with_sequence(backfill: Backfill, sequence: SequenceStanding | None, now: datetime) -> Backfill:
    """The same, run by this sequence: it is open between two windows, too."""
    if sequence is None:
        return backfill
    told = sequence.progress
    left = backfill.left
    if told and told.spec.parallel > 1 and backfill.missing:
        left = work_left(backfill.runs, backfill.whole, now, told.spec.parallel)
    windows = backfill.windows if told and not told.total else None
    if told and told.total:
        windows = WindowCount(told.closed, len(told.running), told.total)
    return replace(backfill, sequence=sequence, state=_driven(backfill, sequence), windows=windows, left=left)


def with_failures(backfill: Backfill, failures: Mapping[Ref, tuple[SeenFailure, ...]]) -> Backfill:
    """The same, with what was seen of its closed runs: Temporal has forgotten it."""
    runs = (replace(run, failures=run.failures or failures.get(run.execution.ref, ())) for run in backfill.runs)
    return replace(backfill, runs=tuple(runs))


def latest_of_missing(runs: Sequence[Run], missing: Sequence[Window]) -> list[Run]:
    """The closed runs that were, for at least one missing day, the latest to try it; latest start first."""
    latest: list[Run] = []
    rest = tuple(missing)
    # A run that continued as new is no attempt that ended: its successor is.
    closed = [run for run in runs if not run.is_open and run.execution.status is not ExecutionStatus.CONTINUED_AS_NEW]
    for run in sorted(closed, key=lambda run: run.execution.started_at, reverse=True):
        window = run.window
        if window is None or not any(gap.intersection(window) for gap in rest):
            continue
        latest.append(run)
        rest = tuple(piece for gap in rest for piece in coverage.missing(gap, [window]))
    return latest


def _driven(backfill: Backfill, sequence: SequenceStanding) -> State:
    told = sequence.progress
    if backfill.state is State.COMPLETE:
        return State.COMPLETE
    if told is None:
        return State.RUNNING
    if told.phase is Phase.ENDED or not _touches(told.spec, backfill.whole):
        return backfill.state
    only_cancels = not told.spec.days and not told.spec.adopt
    is_cancelling = told.phase is Phase.STOPPING or (told.phase is Phase.CLEARING and only_cancels)
    return State.CANCELLING if is_cancelling else State.RUNNING


def _touches(spec: SequenceSpec, whole: Window) -> bool:
    """Whether it does anything to these days, as far as is known."""
    held = [one.window for one in (*spec.clear, *spec.adopt)]
    return any(window is None or window.intersection(whole) for window in (*spec.days, *held))


def _state(runs: Sequence[Run], missing: Sequence[Window], whole: Window) -> State:
    open_runs = [run for run in runs if run.is_open]
    if not missing:
        return State.COMPLETE
    if open_runs:
        return State.CANCELLING if all(run.cancel_requested for run in open_runs) else State.RUNNING
    latest = {run.execution.status for run in latest_of_missing(runs, missing)}
    if latest.intersection(_FAILED):
        return State.FAILED
    if coverage.total_days(missing) < whole.days:
        return State.PARTIAL
    return State.CANCELLED if latest else State.NOT_STARTED


def _badness(run: Run) -> tuple[int, datetime]:
    health = run.health.health if run.health else Health.HEALTHY
    return health.rank, run.execution.started_at

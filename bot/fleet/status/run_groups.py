"""Runs of which the same is to be said: windows of one size that are complete, told together where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, Window
from bot.model.coverage import union

# So many lines a person reads.
APART = 10


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Complete runs of windows of ``days`` days each, in the order given, of which no failure was seen."""

    days: int
    runs: tuple[Run, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """Each of them once, in order."""
        return tuple(sorted({run.window for run in self.runs if run.window}))

    @property
    def covered(self) -> tuple[Window, ...]:
        """Their days, as the fewest windows."""
        windows = self.windows
        return union(windows, Window(windows[0].start, max(window.end for window in windows)))

    @property
    def latest_start(self) -> datetime:
        """When the last of them began."""
        return max(run.execution.started_at for run in self.runs)

    def took(self, now: datetime) -> tuple[timedelta, timedelta]:
        """The shortest and the longest of them."""
        ages = [run.age(now) for run in self.runs]
        return min(ages), max(ages)


def group_runs(runs: Sequence[Run]) -> list[Run | RunGroup]:
    """The runs in their order; those alike, where they are more than a few, stand where the first of them was."""
    by_days: dict[int, list[Run]] = {}
    for run in runs:
        if run.window and _is_simply_complete(run):
            by_days.setdefault(run.window.days, []).append(run)
    many = {days: RunGroup(days, tuple(alike)) for days, alike in by_days.items() if len(alike) > APART}
    told: dict[int, Run | RunGroup] = {}
    for run in runs:
        alike = many.get(run.window.days) if run.window and _is_simply_complete(run) else None
        told.setdefault(id(alike or run), alike or run)
    return list(told.values())


def _is_simply_complete(run: Run) -> bool:
    return run.execution.status is ExecutionStatus.COMPLETED and not run.failures

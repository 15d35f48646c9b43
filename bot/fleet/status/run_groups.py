"""Groups complete runs of equal window size, so that an answer shows many of them in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.run import Run
from bot.model import Window
from bot.model.coverage import union

# Up to this many runs of one size are listed one by one.
MAX_UNGROUPED = 10


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Complete runs whose windows have ``days`` days each, and of which no failure is recorded. They are in the order
    of the answer."""

    days: int
    runs: tuple[Run, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """The distinct windows, in order."""
        return tuple(sorted({run.window for run in self.runs if run.window}))

    @property
    def covered(self) -> tuple[Window, ...]:
        """The days of all runs, in as few windows as possible."""
        windows = self.windows
        return union(windows, Window(windows[0].start, max(window.end for window in windows)))

    @property
    def latest_start(self) -> datetime:
        """The start of the run that started last."""
        return max(run.started_at for run in self.runs)

    def took(self, now: datetime) -> tuple[timedelta, timedelta]:
        """The shortest and the longest duration of the runs."""
        ages = [run.age(now) for run in self.runs]
        return min(ages), max(ages)


def group_runs(runs: Sequence[Run]) -> list[Run | RunGroup]:
    """The runs in their order. More than ``MAX_UNGROUPED`` of one size become a group at the place of the first."""
    by_days: dict[int, list[Run]] = {}
    for run in runs:
        if run.window and _is_simply_complete(run):
            by_days.setdefault(run.window.days, []).append(run)
    groups = {days: RunGroup(days, tuple(alike)) for days, alike in by_days.items() if len(alike) > MAX_UNGROUPED}
    rows: dict[int, Run | RunGroup] = {}
    for run in runs:
        group = groups.get(run.window.days) if run.window and _is_simply_complete(run) else None
        rows.setdefault(id(group or run), group or run)
    return list(rows.values())


def _is_simply_complete(run: Run) -> bool:
    return run.is_complete and not run.failures

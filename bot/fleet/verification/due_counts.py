"""Decides which completed runs the bot counts by itself, without a question from a person. Pure.

A run is counted once, as soon as it can write no more. Rows may arrive later, by a merge or from another system. So a
count that differs is repeated after a while, before anybody is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.doubts import differed_since, settled_at
from bot.fleet.runs.mapping import is_started_by_bot
from bot.fleet.runs.run import Run, by_customer
from bot.fleet.runs.run_counts import counts_of
from bot.model import Ref, Window
from bot.model.coverage import missing


@dataclass(frozen=True, slots=True)
class DueCount:
    """The days of one completed run, to be counted now. ``is_second``: an earlier count differed."""

    ref: Ref
    customer: str
    window: Window
    is_second: bool


def due_counts(
    runs: Sequence[Run], filled: Mapping[str, Sequence[Window]], since: datetime, settle: timedelta, now: datetime
) -> list[DueCount]:
    """The counts that are due, oldest end first. Leaves out runs that closed before ``since``, windows that their
    sequences have counted themselves, and days that are being filled. All times are on the cluster's clock."""
    due: list[tuple[datetime, DueCount]] = []
    for customer, own in by_customer(runs).items():
        open_days = [*filled.get(customer, ()), *(run.window for run in own if run.is_open and run.window)]
        for run in own:
            closed = run.execution.closed_at
            if not run.is_completed or closed is None or closed < since or _is_counted_by_sequence(run):
                continue
            count = _due(run, own, settle, now)
            if count and missing(count.window, open_days) == (count.window,):
                due.append((closed, count))
    return [count for _, count in sorted(due, key=lambda each: (each[0], each[1].ref))]


def _is_counted_by_sequence(run: Run) -> bool:
    """Whether the run is a window of a sequence, which counts it at its end. If that count could not be recorded, the
    window is counted as other runs are."""
    return is_started_by_bot(run.execution) and bool(counts_of(run.execution))


def _due(run: Run, own: Sequence[Run], settle: timedelta, now: datetime) -> DueCount | None:
    settled = settled_at([run])
    if run.window is None or settled is None or now < settled:
        return None
    final = [count for count in counts_of(run.execution) if count.at >= settled]
    differing = [(differed_since(count, own), count.at) for count in final if not count.matches]
    if any(at < since + settle <= now for since, at in differing):
        return DueCount(run.execution.ref, run.name, run.window, is_second=True)
    # Where duplicates are not known, days that match are not recorded, so the run stays due. The watcher remembers
    # that it has counted the run.
    if missing(run.window, (count.window for count in final)):
        return DueCount(run.execution.ref, run.name, run.window, is_second=False)
    return None

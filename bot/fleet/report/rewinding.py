"""Derives from a run history how a cluster was at an earlier time. Pure.

The history has the start, the end and the latest counts of each run. Runs and counts that began after the earlier
time are left out, so nothing that they say puts a day in doubt. Attempts, health and the progress of sequences are
known only for the present, so a run that was open at the earlier time has none of them.
"""

from dataclasses import replace
from datetime import datetime

from bot.fleet.runs.doubts import Conditions, with_doubts
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.runs.run_counts import counts_of, with_counts
from bot.model import ExecutionStatus
from bot.model.execution import COUNTS_HINT


def rewound(view: ClusterView, at: datetime, conditions: Conditions) -> ClusterView:
    """The cluster at that time: runs and sequences that began later are left out, and runs that ended later are open.
    Days are in doubt only if something known at that time speaks against them. ``conditions`` say which results of
    runs mean that the days are complete."""
    runs = with_doubts([_rewound_run(run, at) for run in view.runs if run.started_at < at], conditions)
    sequences = tuple(replace(standing, progress=None) for standing in view.sequences if standing.started_at < at)
    return replace(view, at=at, runs=runs, sequences=sequences)


def _rewound_run(run: Run, at: datetime) -> Run:
    closed_at = run.execution.closed_at
    failures = tuple(seen for seen in run.failures if seen.seen_at < at)
    counted = replace(with_counts_until(run, at), failures=failures, doubts=())
    if closed_at is not None and closed_at < at:
        return counted
    execution = replace(counted.execution, status=ExecutionStatus.RUNNING, closed_at=None)
    return replace(counted, execution=execution, health=None, children=None)


def with_counts_until(run: Run, at: datetime) -> Run:
    """The run without the counts that began after ``at``."""
    counts = counts_of(run.execution)
    made = [count for count in counts if count.at <= at]
    if len(made) == len(counts):
        return run
    hints = {name: text for name, text in run.execution.hints.items() if name != COUNTS_HINT}
    bare = replace(run.execution, hints=hints)
    return replace(run, execution=replace(bare, hints=with_counts(bare, made)))

"""A cluster as it stood at an earlier time, from its run history. Pure.

The history has the start and end of each run. Attempts, health and the progress of sequences are known only for the
present, so a run that was open at the earlier time has none of them.
"""

from dataclasses import replace
from datetime import datetime

from bot.fleet.runs.run import ClusterView, Run
from bot.model import ExecutionStatus


def rewound(view: ClusterView, at: datetime) -> ClusterView:
    """The cluster at that time: runs and sequences that began later are left out, and runs that ended later are
    open."""
    runs = tuple(_rewound_run(run, at) for run in view.runs if run.started_at < at)
    sequences = tuple(replace(standing, progress=None) for standing in view.sequences if standing.started_at < at)
    return replace(view, at=at, runs=runs, sequences=sequences)


def _rewound_run(run: Run, at: datetime) -> Run:
    closed_at = run.execution.closed_at
    failures = tuple(seen for seen in run.failures if seen.seen_at < at)
    if closed_at is not None and closed_at < at:
        return replace(run, failures=failures)
    execution = replace(run.execution, status=ExecutionStatus.RUNNING, closed_at=None)
    return replace(run, execution=execution, failures=failures, doubts=(), health=None, children=None)

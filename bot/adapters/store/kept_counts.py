"""Keeps the counts in a run's row when the run is written again. The writer may have read the run before its rows
were counted, and would overwrite the counts."""

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import executions
from bot.fleet.runs.run_counts import agreed_of, counts_of, with_agreed, with_counts
from bot.model import Execution, Ref
from bot.model.execution import COUNTS_HINT


async def with_kept_counts(connection: AsyncConnection, seen: Sequence[Execution]) -> list[Execution]:
    """The runs, each with the counts that its row already has. The caller's transaction must be the only one that
    writes."""
    of_runs = executions.c.run_id.in_([run.ref.run_id for run in seen])
    result = await connection.execute(
        select(executions.c.cluster, executions.c.workflow_id, executions.c.run_id, executions.c.hints).where(
            of_runs, executions.c.hints.like(f'%"{COUNTS_HINT}"%')
        )
    )
    kept = {Ref(row.cluster, row.workflow_id, row.run_id): json.loads(row.hints) for row in result}
    return [merged(run, replace(run, hints=kept[run.ref])) if run.ref in kept else run for run in seen]


def merged(run: Execution, recorded: Execution) -> Execution:
    """The run with its own counts and those of ``recorded``, and with the recorded comparisons of contents. Unchanged
    if ``recorded`` has no counts."""
    if not (counts := counts_of(recorded)):
        return run
    counted = replace(run, hints=with_counts(run, counts))
    return replace(counted, hints=with_agreed(counted, agreed_of(recorded)))

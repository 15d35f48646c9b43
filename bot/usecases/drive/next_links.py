"""Finds the links of a chain after a closed link: the runs that continued it as new, or the run that retried or reset
it."""

from dataclasses import replace

from bot.errors import NotFound
from bot.fleet.runs.chains import chain_key
from bot.model import Execution, ExecutionStatus
from bot.services import Services


async def links_after(closed: Execution, services: Services) -> tuple[Execution, ...]:
    """The links of the chain after ``closed``, the latest last; empty if none is found.

    A listing lags and may be incomplete, so a later call may find more links.
    """
    if closed.status is not ExecutionStatus.CONTINUED_AS_NEW:
        return await latest_link(closed, services) if closed.status.may_be_followed else ()
    ref = closed.ref
    engine, limit = services.clusters[ref.cluster].engine, services.config.watch.time_limit
    listed = await engine.changed_executions(services.config.counted_types(ref.cluster), closed.closed_at, limit)
    of_workflow = (run for run in listed.executions if run.ref.workflow_id == ref.workflow_id)
    chain, last = [], closed
    for run in sorted(of_workflow, key=lambda run: run.started_at):
        if last.status is not ExecutionStatus.CONTINUED_AS_NEW:
            break
        # A successor must start later than its predecessor. This prevents an endless loop, even if clocks are wrong.
        if run.started_at > last.started_at and run.started_at >= (last.closed_at or last.started_at):
            chain.append(run)
            last = run
    return tuple(chain)


async def latest_link(closed: Execution, services: Services) -> tuple[Execution, ...]:
    """The latest run of the same workflow id, of any type, if it is another link of the same chain; otherwise empty.
    After a retry or a reset, this run does the work of ``closed`` again."""
    engine = services.clusters[closed.ref.cluster].engine
    try:
        latest = (await engine.describe(replace(closed.ref, run_id=""))).execution
    except NotFound:
        return ()
    is_other = latest.ref != closed.ref and chain_key(latest) == chain_key(closed)
    return (latest,) if is_other else ()

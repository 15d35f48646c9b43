"""Finds what speaks against a completed run, in the run itself and in the earlier runs of its chain."""

import asyncio

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.close_facts import passes_on_cancel
from bot.fleet.runs.complete_when import own_doubt
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus
from bot.services import Services
from bot.usecases.observe.past import ledger_limit

_log = structlog.get_logger(__name__)


async def doubt_about(run: Execution, services: Services) -> Doubt | None:
    """The doubt about a completed run; None if there is none, or if the run has not completed. The earlier runs of
    its chain come from the run history. Later runs of the same days, and counts, are not considered."""
    if run.status is not ExecutionStatus.COMPLETED:
        return None
    if doubt := own_doubt(run, services.conditions.get(run.workflow_type)):
        return doubt
    is_first = run.first_run_id == run.ref.run_id
    return Doubt(DoubtReason.CANCEL_REQUESTED) if not is_first and await _was_cancelled(run, services) else None


async def _was_cancelled(run: Execution, services: Services) -> bool:
    """Whether somebody requested the cancellation of an earlier run of the chain. False if the run history does not
    answer."""
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall_customer(run.ref.cluster, services.recogniser.customer_of(run))
    except (DependencyError, TimeoutError) as exc:
        _log.warning("chain not recalled", cluster=run.ref.cluster, reason=str(exc) or "no answer in time")
        return False
    chain = run.ref.workflow_id, run.first_run_id
    return any(
        (earlier.ref.workflow_id, earlier.first_run_id) == chain and passes_on_cancel(earlier)
        for earlier in recalled.executions
    )

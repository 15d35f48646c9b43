"""Makes plans for customers whose pace is not measured, so that estimates include these customers. Changes nothing.

Plans cost no call to Temporal, and one statement to the source of each cluster that has such customers. Each plan
takes some milliseconds. So only the digest and the report make them, and not each ``status``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.computing import compute
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan
from bot.fleet.planning.planned_work import with_planned_work, without_estimate
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Board, ClusterRow, Silent
from bot.services import Services
from bot.usecases.board import board
from bot.usecases.control.plan_inputs import plan_inputs_of
from bot.usecases.observe.shared import shared_look

# At most this many customers of a cluster get a plan. The source is asked about each of them, and about
# MEASURED_CUSTOMERS more.
PLANNED = 100

_log = structlog.get_logger(__name__)


async def planned_board(services: Services) -> Board:
    """All clusters over the whole campaign, as ``board_of_fleet`` shows them. An open customer without an estimate
    gets the estimate of its plan."""
    views: dict[str, ClusterView] = {}

    async def keep(cluster: str, services: Services) -> ClusterView:
        views[cluster] = await shared_look(cluster, services)
        return views[cluster]

    async def planned(row: ClusterRow | Silent) -> ClusterRow | Silent:
        return row if isinstance(row, Silent) else await _with_plans(row, views[row.cluster], services)

    config = services.config
    found = await board(tuple(config.clusters), config.campaign.window, services, keep)
    return replace(found, rows=tuple(await asyncio.gather(*map(planned, found.rows))))


async def _with_plans(row: ClusterRow, view: ClusterView, services: Services) -> ClusterRow:
    customers = [backfill.customer for backfill in without_estimate(row)]
    plans = await plans_of(customers, view, services)
    return await compute(with_planned_work, row, plans, view.at) if plans else row


async def plans_of(customers: Sequence[str], view: ClusterView, services: Services) -> Mapping[str, Plan]:
    """The plans of the first ``PLANNED`` customers; none if the source takes too long."""
    names = list(dict.fromkeys(customers))[:PLANNED]
    if not names:
        return {}
    targets = [Target(view.cluster, name) for name in names]
    try:
        async with asyncio.timeout(services.config.watch.time_limit.total_seconds()):
            inputs = await plan_inputs_of(targets, view, services)
    except TimeoutError:
        _log.warning("source not asked", cluster=view.cluster, reason="no answer in time")
        return {}
    return await compute(_planned, inputs, services)


def _planned(inputs: Sequence[PlanInputs], services: Services) -> dict[str, Plan]:
    config = services.config
    plans = (make_plan(each, config.campaign.window, None, config.sizing.rules) for each in inputs)
    return {plan.target.customer: replace(plan, at_once=config.control.parallel) for plan in plans}

"""Builds the board: the state of all customers over one range. Asks all clusters at once, each with its own time
limit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.backfill import Backfill, with_failures
from bot.fleet.status.board import Board, ClusterRow, people_of, row_of, with_volumes, without_run
from bot.fleet.status.known_backfills import KnownBackfills
from bot.fleet.status.stop import STOPPING, stopped, with_stops
from bot.model import Subject, Window
from bot.services import Services
from bot.usecases.display_names import names_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import look_at_customer
from bot.usecases.observe.recalled import recall_acts, recall_failures
from bot.usecases.observe.shared import shared_look
from bot.usecases.queue.standing import standing, with_queue_of

ObserveCluster = Callable[[str, Services], Awaitable[ClusterView]]

_log = structlog.get_logger(__name__)


async def board(
    clusters: Sequence[str], whole: Window, services: Services, observe_cluster: ObserveCluster = shared_look
) -> Board:
    """The rows of these clusters, over the days of ``whole``. A cluster that does not answer gets a ``Silent`` row,
    which has the number of its customers and not their states. If only its queue does not answer, the row has
    everything except what the queue knows. A caller that changes something passes ``observe``, which asks the
    clusters for everything now."""

    async def ask(cluster: str) -> ClusterRow:
        until = _until(services)
        view, queue = await asyncio.gather(observe_cluster(cluster, services), standing(cluster, services))
        row = await row_in_view(view, services.config.clusters[cluster].customers, whole, until, services)
        return with_queue_of(row, queue, services)

    rows = await ask_all(ask, clusters, services)
    people = await names_of(people_of(rows), services)
    return Board(whole, services.now(), tuple(rows), people, services.config.slots)


async def board_of_fleet(services: Services) -> Board:
    """All clusters over the whole campaign."""
    config = services.config
    return await board(tuple(config.clusters), config.campaign.window, services)


async def row_of_customer(target: Target, whole: Window, services: Services) -> ClusterRow:
    """The row of the target's cluster with this customer alone. Raises Unavailable or Refused if Temporal cannot be
    asked."""
    until = _until(services)
    view, queue = await asyncio.gather(
        look_at_customer(target.cluster, target.customer, services), standing(target.cluster, services)
    )
    row = await row_in_view(view, (target.customer,), whole, until, services)
    return with_queue_of(row, queue, services)


async def row_in_view(
    view: ClusterView, customers: Collection[str], whole: Window, until: float, services: Services
) -> ClusterRow:
    """The row of a cluster that has answered. Asks the source for the volumes of customers without a run: if a
    customer has no rows there, there is nothing to start. ``until`` is the time of the event loop by which the source
    has to answer."""
    cluster, limit = view.cluster, services.config.watch.time_limit
    known = services.backfills.setdefault(cluster, KnownBackfills())
    cluster_row = await _with_failures(await compute(row_of, view, customers, whole, known), services)
    customers_without_run = without_run(cluster_row)
    if not customers_without_run:
        return cluster_row
    try:
        async with asyncio.timeout_at(until):
            volumes = await services.clusters[cluster].warehouse.volumes(customers_without_run, whole)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else f"no answer within {limit.total_seconds():g} s"
        _log.warning("source not asked", cluster=cluster, reason=why)
        return replace(cluster_row, source_silent=why)
    return with_volumes(cluster_row, {customer: sum(days.values()) for customer, days in volumes.items()})


async def _with_failures(cluster_row: ClusterRow, services: Services) -> ClusterRow:
    """The row with more facts about its customers. Each open customer without an open run gets the recorded failures
    of one run: the latest that left days missing (``Backfill.latest_missing``). For each stopped customer, the row
    also says when the work ended, and who ended it."""
    latest = {b.customer: b.latest_missing for b in cluster_row.open if not b.open_runs}
    failures = await recall_failures([ref for run in latest.values() if run for ref in run.refs], services)
    customers = tuple(with_failures(b, failures) if b.customer in latest else b for b in cluster_row.customers)
    return replace(cluster_row, customers=await _with_stops(customers, services))


async def _with_stops(customers: tuple[Backfill, ...], services: Services) -> tuple[Backfill, ...]:
    """The same customers. For each stopped customer, ``stop`` says when the work ended, and who ended it; if the
    journal does not answer, only when its last run ended."""
    names = [Subject(b.cluster, b.customer).full_name for b in stopped(customers)]
    return with_stops(customers, await recall_acts(names, STOPPING, services)) if names else customers


def _until(services: Services) -> float:
    return asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()

"""Reports the state of the backfills: of all clusters, of one cluster, or of one customer (docs/states.md)."""

import asyncio
from dataclasses import replace

from bot.commands import Status
from bot.fleet.name_lookup import Target
from bot.fleet.runs.open_work import elsewhere_notes
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.backfill import with_failures
from bot.fleet.status.board import ClusterRow, Silent, people_of
from bot.fleet.status.stop import ENDING, ended_by
from bot.model import Subject, Window
from bot.services import Services
from bot.usecases.board import board, row_of_customer
from bot.usecases.display_names import names_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.latest import open_since_listing
from bot.usecases.observe.open_work import open_work_elsewhere
from bot.usecases.observe.recalled import recall_acts, recall_failures
from bot.usecases.resolve import resolve_target


async def status(command: Status, services: Services) -> StatusResult:
    """Raises Declined for a name that is unknown or ambiguous."""
    whole = command.range or services.config.campaign.window
    if not command.target:
        return FleetStatus(await board(tuple(services.config.clusters), whole, services))
    target = await resolve_target(command.target, services)
    if not target.customer:
        return ClusterStatus(target.cluster, await board((target.cluster,), whole, services))
    return await _customer(target, whole, services)


async def _customer(target: Target, whole: Window, services: Services) -> CustomerStatus:
    async def ask(_cluster: str) -> ClusterRow:
        return await row_of_customer(target, whole, services)

    (answer,), others = await asyncio.gather(
        ask_all(ask, (target.cluster,), services), open_work_elsewhere(target, services, open_since_listing)
    )
    notes = elsewhere_notes(target.customer, others)
    if isinstance(answer, Silent):
        return CustomerStatus(target.cluster, target.customer, whole, services.now(), answer, notes=notes)
    (backfill,) = answer.customers
    is_expected = target.customer in services.config.clusters[target.cluster].customers
    closed = [ref for run in backfill.runs if not run.is_open for ref in run.refs]
    name = Subject(target.cluster, target.customer).full_name
    failures, acts = await asyncio.gather(recall_failures(closed, services), recall_acts([name], ENDING, services))
    by = ended_by(backfill.runs, acts)
    standing = with_failures(replace(backfill, expected=is_expected), failures)
    return CustomerStatus(
        cluster=target.cluster,
        customer=target.customer,
        whole=whole,
        at=await cluster_time(target.cluster, services),
        standing=standing,
        source_silent=answer.source_silent,
        sequences_silent=answer.sequences_silent,
        history_silent=answer.history_silent,
        people=await names_of({*people_of([replace(answer, extras=())]), *by.values()}, services),
        notes=notes,
        ended_by=by,
    )

"""Finds the earlier links of the chains of a cluster's open runs, in the listing or else in the run history."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.runs.chains import Links, earlier_links
from bot.fleet.runs.past import RecordedPast
from bot.model import Description, Execution, Ref
from bot.services import Services
from bot.usecases.observe.past import ledger_limit

_log = structlog.get_logger(__name__)


async def with_earlier_links(
    cluster: str,
    news: tuple[Execution, ...],
    past: RecordedPast,
    described: Mapping[Ref, Description],
    services: Services,
) -> tuple[tuple[Execution, ...], Links]:
    """Returns two things: the ``news``, with those earlier links of chains added that are in neither the ``news`` nor
    the ``past``; and for each described run, the earlier links of its chain. Raises no DependencyError: without the
    run history, a chain begins with its first listed link."""
    runs = [description.execution for description in described.values()]
    customers = {services.recogniser.customer_of(run) or None for run in runs}
    async with past.turn:
        recorded = await compute(past.of, customers)
    known = {execution.ref: execution for execution in (*recorded, *news)}
    links = await compute(earlier_links, runs, known.values())
    if all(links.values()):
        return news, links
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall(cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return news, links
    known = {execution.ref: execution for execution in (*recalled.executions, *known.values())}
    links = await compute(earlier_links, runs, known.values())
    listed = {execution.ref for execution in (*recorded, *news)}
    added = {link.ref: link for chain in links.values() for link in chain if link.ref not in listed}
    return (*news, *added.values()), links

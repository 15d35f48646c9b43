"""Finds the earlier links of the chains of a cluster's open runs, in the listing or else in the run history."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.runs.chains import Links, earlier_links
from bot.model import Description, Execution, Ref
from bot.services import Services
from bot.usecases.observe.history import ledger_limit

_log = structlog.get_logger(__name__)


async def with_earlier_links(
    cluster: str, executions: tuple[Execution, ...], described: Mapping[Ref, Description], services: Services
) -> tuple[tuple[Execution, ...], Links]:
    """The executions, with the missing links of their chains added; and the links before each described run. Raises
    no DependencyError: without the run history, a chain begins with its first listed link."""
    runs = [description.execution for description in described.values()]
    links = await compute(earlier_links, runs, executions)
    if all(links.values()):
        return executions, links
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recorded = await services.ledger.recall(cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return executions, links
    listed = {execution.ref for execution in executions}
    known = {execution.ref: execution for execution in (*recorded.executions, *executions)}
    links = await compute(earlier_links, runs, known.values())
    added = {link.ref: link for chain in links.values() for link in chain if link.ref not in listed}
    return (*executions, *added.values()), links

"""Lists the open work of customers on many clusters. It uses listings alone, so it is fast even for many clusters and
runs."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

import structlog

from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.runs.open_work import OpenWork, OpenWorkReport, elsewhere
from bot.model import Execution, SequenceStanding, Window
from bot.services import Services

_Answer = TypeVar("_Answer")
ListOpen = Callable[[str, Services], Awaitable[Sequence[Execution]]]

_log = structlog.get_logger(__name__)


async def open_now(cluster: str, services: Services) -> Sequence[Execution]:
    """The open runs that fill days, listed now."""
    return await services.clusters[cluster].engine.open_executions(services.config.counted_types(cluster))


async def open_work_on(
    clusters: Collection[str], services: Services, list_open: ListOpen = open_now
) -> OpenWorkReport:
    """The open work on these clusters. Raises no DependencyError: ``silent`` names the clusters that do not answer. A
    caller that changes nothing passes ``open_since_listing``, which lists fewer runs."""
    answers = await asyncio.gather(*(_open_on(cluster, services, list_open) for cluster in clusters))
    return OpenWorkReport(
        tuple(work for open_work, _ in answers for work in open_work),
        tuple(cluster for cluster, (_, is_whole) in zip(clusters, answers, strict=True) if not is_whole),
    )


async def open_work_elsewhere(target: Target, services: Services, list_open: ListOpen = open_now) -> OpenWorkReport:
    """This customer's open work on other clusters, with those of them that did not answer. If the customer is
    configured on the target's cluster, the other clusters on which it is configured are left out (``elsewhere``).
    Empty if the target is a cluster."""
    if not target.customer:
        return OpenWorkReport()
    configured = {name: cluster.customers for name, cluster in services.config.clusters.items()}
    others = tuple(cluster for cluster in configured if cluster != target.cluster)
    return elsewhere(target, configured, await open_work_on(others, services, list_open))


async def _open_on(cluster: str, services: Services, list_open: ListOpen) -> tuple[list[OpenWork], bool]:
    """The open work of each customer on the cluster, and whether all of the cluster's open work is known."""
    runs, sequences = await asyncio.gather(
        _answer(cluster, list_open(cluster, services), services),
        _answer(cluster, services.clusters[cluster].control.sequences(), services),
    )
    return _by_customer(cluster, runs or (), sequences or (), services), runs is not None and sequences is not None


async def _answer(cluster: str, question: Awaitable[_Answer], services: Services) -> _Answer | None:
    limit = services.config.watch.time_limit.total_seconds()
    try:
        async with asyncio.timeout(limit):
            return await question
    except (DependencyError, TimeoutError) as exc:
        reason = exc.why if isinstance(exc, DependencyError) else f"no answer within {limit:g} s"
        _log.warning("open runs not known", cluster=cluster, reason=reason)
        return None


def _by_customer(
    cluster: str, runs: Iterable[Execution], sequences: Iterable[SequenceStanding], services: Services
) -> list[OpenWork]:
    windows: dict[str, list[Window]] = {}
    for run in runs:
        identity = services.recogniser.identify(run)
        if identity and services.covers(run, identity):
            windows.setdefault(identity.customer, []).append(identity.window)
    with_sequence = {standing.customer for standing in sequences}
    return [
        OpenWork(Target(cluster, name), tuple(windows.get(name, ())), name in with_sequence)
        for name in sorted({*windows, *with_sequence})
    ]

"""Every run of a cluster, past ones included: what Temporal tells of it now, and what the ledger remembers.

Only what has changed is asked for. Where the two differ Temporal is believed. When the ledger does not answer, what
the cluster tells is told all the same. A long past is gone through beside the loop, which answers others meanwhile.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.history import (
    advance_reading,
    changed_runs,
    differences,
    has_gap,
    merge_runs,
    refs_to_describe,
    since,
    start_reading,
)
from bot.model import Execution, Portion, Reading, Recalled, Ref
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.describe import describe_runs, settled

# The ledger is near and fast: of a cluster's time limit it gets this share for each thing asked of it.
LEDGER_SHARE = 0.25
# The first reading of a long past takes several looks: each spends this share of the cluster's time limit on it, and
# while there is more of it no more than the other share on what has changed, which may be much as well.
READING_SHARE = 0.5
CHANGES_SHARE = 0.25

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class History:
    """All runs, oldest start first, before any of them has been looked at closely.

    ``known`` is what the run history says of them. ``refs_to_describe`` are those that only one of the two has as
    open, because listings lag. ``reading`` is how far reading has come now, and ``before`` how far it had; both are
    None when the store did not answer. ``silent`` says why not all of the past is known, else it is "".
    """

    cluster: str
    executions: tuple[Execution, ...]
    known: Mapping[Ref, Execution]
    refs_to_describe: tuple[Ref, ...]
    before: Reading | None
    reading: Reading | None
    silent: str


async def history_of(cluster: str, services: Services) -> History:
    """Raises Unavailable or Refused when the cluster does not answer."""
    types, limit = services.config.workflow.types, services.config.watch.time_limit
    until = asyncio.get_running_loop().time() + limit.total_seconds() * READING_SHARE
    try:
        recalled = await _recall(cluster, services)
    except DependencyError as exc:
        listed = await services.clusters[cluster].engine.changed_executions(types, None, _left(until))
        told = {one.ref: one for one in listed.executions}
        return History(cluster, merge_runs({}, told), {}, (), None, None, f"the store does not tell: {exc.why}")
    begun = start_reading(recalled.reading, cluster, types, services.now())
    within = limit * CHANGES_SHARE if begun.rest_until else _left(until)
    changes = await services.clusters[cluster].engine.changed_executions(types, since(begun), within)
    older = await _older(begun, changes, until, services)
    reading = advance_reading(begun, changes, older, services.now(), await cluster_time(cluster, services))
    told = {one.ref: one for one in (*(older.executions if older else ()), *changes.executions)}
    return await asyncio.to_thread(_put_together, recalled, told, reading)


def _put_together(recalled: Recalled, told: Mapping[Ref, Execution], reading: Reading) -> History:
    known = {one.ref: one for one in recalled.executions if one.workflow_type in reading.types}
    executions, silent = merge_runs(known, told), ""
    if not reading.is_whole:
        ended = sum(not one.status.is_open for one in executions)
        silent = f"{ended:,} ended runs read so far, the rest follows"
    return History(
        reading.cluster, executions, known, refs_to_describe(known, told), recalled.reading, reading, silent
    )


async def keep(history: History, executions: Collection[Execution], until: float, services: Services) -> None:
    """Write down what these say anew, and how far reading has come; ``executions`` are all of them. What is not
    written ``until`` then (of the loop's clock) is not waited for; what is not written at all is told again."""
    told = await asyncio.to_thread(changed_runs, history.known, executions)
    for difference in differences(history.known, told):
        _log.warning(
            "ledger corrected",
            cluster=history.cluster,
            workflow=difference.current.ref.workflow_id,
            run=difference.current.ref.run_id,
            ledger=difference.remembered.status.value,
            temporal=difference.current.status.value,
        )
    if not told and history.reading == history.before:
        return
    try:
        async with asyncio.timeout_at(until):
            await services.ledger.keep(told, history.reading)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not written", cluster=history.cluster, reason=str(exc) or "no answer in time")


async def catch_up(cluster: str, services: Services) -> bool:
    """Bring the ledger up to date without anybody asking; False while there is more of the past to read.

    Raises Unavailable or Refused when the cluster does not answer.
    """
    limit, clock = services.config.watch.time_limit, asyncio.get_running_loop().time
    until = clock() + limit.total_seconds()
    history = await history_of(cluster, services)
    looked = await describe_runs(cluster, history.refs_to_describe, until, services)
    executions = settled(history.executions, looked, await cluster_time(cluster, services))
    await keep(history, executions, clock() + ledger_limit(services), services)
    return history.reading is None or history.reading.rest_until is None


def ledger_limit(services: Services) -> float:
    """In seconds, for each thing asked of the ledger."""
    return services.config.watch.time_limit.total_seconds() * LEDGER_SHARE


async def _recall(cluster: str, services: Services) -> Recalled:
    try:
        async with asyncio.timeout(ledger_limit(services)):
            return await services.ledger.recall(cluster)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else "no answer in time"
        _log.warning("ledger not read", cluster=cluster, reason=why)
        raise Unavailable("store", why) from exc


async def _older(begun: Reading, changes: Portion, until: float, services: Services) -> Portion | None:
    """More of the past, where there is more and time for it."""
    left = _left(until)
    if begun.rest_until is None or has_gap(begun, changes) or left <= timedelta(0):
        return None
    engine = services.clusters[begun.cluster].engine
    try:
        return await engine.ended_executions(begun.types, begun.rest_until, left)
    except Unavailable as exc:
        _log.info("past not read on", cluster=begun.cluster, reason=str(exc))
        return None


def _left(until: float) -> timedelta:
    return timedelta(seconds=max(0.0, until - asyncio.get_running_loop().time()))

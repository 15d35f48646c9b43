"""Asks one cluster how its executions are doing, within its time limit, and keeps what Temporal will forget.

The journal only helps here: when it does not answer, what the cluster said is told all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.errors import NotFound, SystemAnswer, Unavailable
from bot.fleet.health import Past, Patience, assess
from bot.fleet.looks import failures_of, joined, observations_of
from bot.fleet.runs import ClusterView, Run
from bot.model import Description, Entry, Execution, Observation, Ref, SeenFailure
from bot.ports import Engine
from bot.services import Services
from bot.usecases.open_sequences import open_sequences

# The journal is near and fast: of a cluster's time limit it gets this share for each thing asked of it.
JOURNAL_SHARE = 0.25
# Looking at very many executions may take longer than anybody waits; what has been seen by then is told.
LOOKING_SHARE = 0.8

_Listing = Callable[[Collection[str]], Awaitable[list[Execution]]]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What the journal knows of one cluster's open runs; empty when it did not answer."""

    observations: Sequence[Observation] = ()
    failures: Mapping[Ref, tuple[SeenFailure, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What looking gave, and what it was looked at with."""

    runs: tuple[Run, ...]
    described: tuple[Description, ...]
    remembered: _Remembered


async def observe(cluster: str, services: Services) -> ClusterView:
    """Every run the cluster knows. Raises Unavailable, also when it takes longer than its time limit, or Refused."""
    return await _observe(cluster, services.clusters[cluster].engine.executions, services)


async def observe_open(cluster: str, services: Services) -> ClusterView:
    """The open runs only. Raises as ``observe`` does."""
    return await _observe(cluster, services.clusters[cluster].engine.open_executions, services)


async def recall_failures(refs: Collection[Ref], services: Services) -> Mapping[Ref, tuple[SeenFailure, ...]]:
    """Failures seen of these runs; none when the journal does not answer."""
    if not refs:
        return {}
    try:
        async with asyncio.timeout(_journal_limit(services)):
            return await services.journal.failures(refs)
    except (SystemAnswer, TimeoutError) as exc:
        _log.warning("journal not read", reason=str(exc) or "no answer in time")
        return {}


async def _observe(cluster: str, listing: _Listing, services: Services) -> ClusterView:
    limit = services.config.watch.time_limit
    until = asyncio.get_running_loop().time() + limit.total_seconds() * LOOKING_SHARE
    try:
        async with asyncio.timeout(limit.total_seconds()):
            seen, sequences = await asyncio.gather(
                _look(cluster, listing, until, services), open_sequences(cluster, until, services)
            )
    except TimeoutError as exc:
        raise Unavailable(cluster, f"no answer within {limit.total_seconds():g} s") from exc
    await _record(cluster, seen.described, seen.remembered, services)
    return ClusterView(cluster, services.now(), seen.runs, sequences.standings, sequences.silent)


async def _look(cluster: str, listing: _Listing, until: float, services: Services) -> _Seen:
    listed = await listing(services.config.workflow.types)
    refs = [execution.ref for execution in listed if execution.status.is_open]
    described, remembered = await asyncio.gather(
        _describe(cluster, refs, until, services), _recall(cluster, refs, services)
    )
    runs = [_run(e, described.get(e.ref), remembered, services) for e in listed]
    told = await _with_pollers(runs, services.clusters[cluster].engine)
    return _Seen(told, tuple(described.values()), remembered)


async def _describe(cluster: str, refs: Sequence[Ref], until: float, services: Services) -> dict[Ref, Description]:
    """A close look at each. One that fails, is not made ``until`` then (of the loop's clock), or is of a run gone by
    now, is left out; when all fail that is raised."""
    engine, turns = services.clusters[cluster].engine, asyncio.Semaphore(services.config.watch.describes_at_once)

    async def one(ref: Ref) -> Description:
        try:
            async with asyncio.timeout_at(until), turns:
                return await engine.describe(ref)
        except TimeoutError as exc:
            raise Unavailable(cluster, "no answer in time") from exc

    looks = await asyncio.gather(*(one(ref) for ref in refs), return_exceptions=True)
    described: dict[Ref, Description] = {}
    failed: list[SystemAnswer] = []
    for ref, look in zip(refs, looks, strict=True):
        match look:
            case Description():
                described[ref] = look
            case NotFound():
                continue
            case SystemAnswer():
                failed.append(look)
            case _:
                raise look
    if failed and not described:
        raise failed[0]
    if failed:
        _log.warning("not described", cluster=cluster, count=len(failed), reason=str(failed[0]))
    return described


async def _recall(cluster: str, refs: Collection[Ref], services: Services) -> _Remembered:
    try:
        async with asyncio.timeout(_journal_limit(services)):
            memory = await services.journal.memory(cluster, refs)
    except (SystemAnswer, TimeoutError) as exc:
        _log.warning("journal not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return _Remembered()
    return _Remembered(memory.observations, await recall_failures(refs, services))


def _journal_limit(services: Services) -> float:
    return services.config.watch.time_limit.total_seconds() * JOURNAL_SHARE


async def _record(
    cluster: str, described: Collection[Description], remembered: _Remembered, services: Services
) -> None:
    now = services.now()
    entry = Entry(
        failures=tuple(failure for d in described for failure in failures_of(d, now)),
        observations=tuple(o for d in described for o in observations_of(d, remembered.observations, now)),
        seen={cluster: now},
    )
    try:
        async with asyncio.timeout(_journal_limit(services)):
            await services.journal.record(entry, now)
    except (SystemAnswer, TimeoutError) as exc:
        _log.warning("journal not written", cluster=cluster, reason=str(exc) or "no answer in time")


def _run(listed: Execution, description: Description | None, remembered: _Remembered, services: Services) -> Run:
    """Listings lag: where a description is at hand, that is how the run stands."""
    execution = description.execution if description else listed
    run = Run(
        execution=execution,
        identity=services.recogniser.identify(execution),
        link=services.clusters[execution.ref.cluster].engine.link(execution.ref),
        failures=remembered.failures.get(execution.ref, ()),
    )
    return _assessed(run, description, remembered, services) if description else run


def _assessed(run: Run, description: Description, remembered: _Remembered, services: Services) -> Run:
    now, watch = services.now(), services.config.watch
    failures = joined(run.failures, failures_of(description, now))
    own = [seen for seen in remembered.observations if seen.ref == description.execution.ref]
    patience = Patience(watch.stalled_after, watch.no_worker_after)
    health = assess(description, Past(own, failures), patience, now) if run.is_open else None
    return replace(run, health=health, cancel_requested=description.cancel_requested, failures=failures)


async def _with_pollers(runs: Sequence[Run], engine: Engine) -> tuple[Run, ...]:
    """Where nobody picks work up, whether anybody is there who could."""
    polled: dict[str, int] = {}
    for queue in sorted({queue for run in runs if (queue := _waits_on(run))}):
        try:
            polled[queue] = await engine.pollers(queue)
        except SystemAnswer as exc:
            _log.warning("pollers not counted", queue=queue, reason=str(exc))
    return tuple(replace(run, pollers=polled.get(_waits_on(run))) for run in runs)


def _waits_on(run: Run) -> str:
    """The queue from which nobody picks it up, "" for a run that does not wait."""
    return run.health.task_queue if run.health and run.health.waiting_since else ""

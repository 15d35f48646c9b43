"""Asks one cluster how its executions are doing, within its time limit, and keeps what Temporal will forget.

Journal and ledger only help here: when they do not answer, what the cluster said is told all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.health import Past, Patience, assess
from bot.fleet.runs.observation import failures_of, joined, observations_of
from bot.fleet.runs.run import ClusterView, Run
from bot.model import Description, Entry, Execution, Observation, Ref, SeenFailure
from bot.ports import Engine
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.describe import describe_runs, settled
from bot.usecases.observe.history import History, history_of, keep, ledger_limit
from bot.usecases.observe.sequences import open_sequences

# The journal is near and fast: of a cluster's time limit it gets this share for each thing asked of it.
JOURNAL_SHARE = 0.25
# Looking at very many executions may take longer than anybody waits; what has been seen by then is told.
LOOKING_SHARE = 0.8

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What the journal knows of one cluster's open runs; empty when it did not answer."""

    observations: Sequence[Observation] = ()
    failures: Mapping[Ref, tuple[SeenFailure, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What looking gave, and what it was looked at with; ``executions`` are all of them as they stand now.

    ``at`` is when, by the cluster's own clock. ``history`` is None where only the open ones were asked for.
    """

    runs: tuple[Run, ...]
    executions: tuple[Execution, ...]
    described: tuple[Description, ...]
    remembered: _Remembered
    at: datetime
    history: History | None = None


_Looking = Callable[[str, float, Services], Awaitable[_Seen]]


async def observe(cluster: str, services: Services) -> ClusterView:
    """Every run the cluster knows, and those that it has forgotten. Raises Unavailable, also when it takes longer
    than its time limit, or Refused."""
    return await _observe(cluster, _look_at_all, services)


async def observe_open(cluster: str, services: Services) -> ClusterView:
    """The open runs only. Raises as ``observe`` does."""
    return await _observe(cluster, _look_at_open, services)


async def observe_whole(cluster: str, services: Services) -> ClusterView:
    """As ``observe``, for decisions: while the past is not known whole it raises Unavailable, since what seems
    missing may have been done."""
    view = await observe(cluster, services)
    if view.history_silent:
        raise Unavailable(cluster, f"its past runs are not all known: {view.history_silent}")
    return view


async def recall_failures(refs: Collection[Ref], services: Services) -> Mapping[Ref, tuple[SeenFailure, ...]]:
    """Failures seen of these runs; none when the journal does not answer."""
    if not refs:
        return {}
    try:
        async with asyncio.timeout(_journal_limit(services)):
            return await services.journal.failures(refs)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not read", reason=str(exc) or "no answer in time")
        return {}


async def _observe(cluster: str, look: _Looking, services: Services) -> ClusterView:
    limit, clock = services.config.watch.time_limit, asyncio.get_running_loop().time
    end, until = clock() + limit.total_seconds(), clock() + limit.total_seconds() * LOOKING_SHARE
    try:
        async with asyncio.timeout_at(end):
            seen, sequences = await asyncio.gather(
                look(cluster, until, services), open_sequences(cluster, until, services)
            )
    except TimeoutError as exc:
        raise Unavailable(cluster, f"no answer within {limit.total_seconds():g} s") from exc
    # Whoever asks is answered in time: what is not written by then is written while nobody waits.
    await _record(cluster, seen, min(end, clock() + _journal_limit(services)), services)
    if seen.history:
        await keep(seen.history, seen.executions, min(end, clock() + ledger_limit(services)), services)
    silent = seen.history.silent if seen.history else ""
    return ClusterView(cluster, seen.at, seen.runs, sequences.standings, sequences.silent, silent)


async def _look_at_all(cluster: str, until: float, services: Services) -> _Seen:
    history = await history_of(cluster, services)
    return replace(await _look(cluster, history.executions, until, services), history=history)


async def _look_at_open(cluster: str, until: float, services: Services) -> _Seen:
    listed = await services.clusters[cluster].engine.open_executions(services.config.workflow.types)
    return await _look(cluster, listed, until, services)


async def _look(cluster: str, listed: Sequence[Execution], until: float, services: Services) -> _Seen:
    refs = [execution.ref for execution in listed if execution.status.is_open]
    looked, remembered = await asyncio.gather(
        describe_runs(cluster, refs, until, services), _recall(cluster, refs, services)
    )
    now = await cluster_time(cluster, services)
    executions = settled(listed, looked, now)
    # A long past would keep the loop from everything else.
    runs = await asyncio.to_thread(_runs, executions, looked.described, remembered, services, now)
    told = await _with_pollers(runs, services.clusters[cluster].engine)
    return _Seen(told, executions, tuple(looked.described.values()), remembered, now)


def _runs(
    executions: Iterable[Execution],
    described: Mapping[Ref, Description],
    remembered: _Remembered,
    services: Services,
    now: datetime,
) -> list[Run]:
    def make(execution: Execution) -> Run:
        made = _run(execution, remembered, services)
        found = described.get(execution.ref)
        return _assessed(made, found, remembered, services, now) if found else made

    ended = services.ended_runs
    return [make(one) if one.status.is_open or one.ref in described else ended.of(one, make) for one in executions]


async def _recall(cluster: str, refs: Collection[Ref], services: Services) -> _Remembered:
    try:
        async with asyncio.timeout(_journal_limit(services)):
            memory = await services.journal.memory(cluster, refs)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return _Remembered()
    return _Remembered(memory.observations, await recall_failures(refs, services))


def _journal_limit(services: Services) -> float:
    return services.config.watch.time_limit.total_seconds() * JOURNAL_SHARE


async def _record(cluster: str, seen: _Seen, until: float, services: Services) -> None:
    now, observations = services.now(), seen.remembered.observations
    entry = Entry(
        failures=tuple(failure for d in seen.described for failure in failures_of(d, seen.at)),
        observations=tuple(o for d in seen.described for o in observations_of(d, observations, seen.at)),
        seen={cluster: now},
    )
    try:
        async with asyncio.timeout_at(until):
            await services.journal.record(entry, now)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not written", cluster=cluster, reason=str(exc) or "no answer in time")


def _run(execution: Execution, remembered: _Remembered, services: Services) -> Run:
    return Run(
        execution=execution,
        identity=services.recogniser.identify(execution),
        link=services.clusters[execution.ref.cluster].engine.link(execution.ref),
        failures=remembered.failures.get(execution.ref, ()),
    )


def _assessed(run: Run, description: Description, remembered: _Remembered, services: Services, now: datetime) -> Run:
    watch = services.config.watch
    failures = joined(run.failures, failures_of(description, now))
    own = [seen for seen in remembered.observations if seen.ref == description.execution.ref]
    patience = Patience(watch.stalled_after, watch.no_worker_after)
    health = assess(description, Past(own, failures), patience, now) if run.is_open else None
    return replace(run, health=health, cancel_requested=description.cancel_requested, failures=failures)


async def _with_pollers(runs: Sequence[Run], engine: Engine) -> tuple[Run, ...]:
    """Where nobody picks work up, whether anybody is there who could."""
    polled: dict[str, int] = {}
    waiting = {number: queue for number, run in enumerate(runs) if run.health and (queue := _waits_on(run))}
    for queue in sorted(set(waiting.values())):
        try:
            polled[queue] = await engine.pollers(queue)
        except DependencyError as exc:
            _log.warning("pollers not counted", queue=queue, reason=str(exc))
    told = list(runs)
    for number, queue in waiting.items():
        told[number] = replace(runs[number], pollers=polled.get(queue))
    return tuple(told)


def _waits_on(run: Run) -> str:
    """The queue from which nobody picks it up, "" for a run that does not wait."""
    return run.health.task_queue if run.health and run.health.waiting_since else ""

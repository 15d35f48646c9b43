"""Observes the runs of one cluster within its time limit, and records what Temporal will remove.

If the journal or the ledger does not answer, the result has only what the cluster answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.computing import compute
from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.observation import failures_of, observations_of
from bot.fleet.runs.past import RecordedPast
from bot.fleet.runs.run import ClusterView, RunsByCustomer
from bot.model import Description, Execution, JournalEntry, Ref
from bot.services import Services
from bot.usecases.observe.chains import with_earlier_links
from bot.usecases.observe.children import children_of
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.describe import Descriptions, describe_runs, with_descriptions
from bot.usecases.observe.history import History, history_of, save_history
from bot.usecases.observe.latest import changed_since_listing, describe_or_recall
from bot.usecases.observe.observed_runs import Answers, all_runs, of_customer, with_pollers
from bot.usecases.observe.past import empty_past, ledger_limit
from bot.usecases.observe.recalled import Recalled, journal_limit, recall, with_failures_of_links
from bot.usecases.observe.sequences import open_sequences

# Describing very many runs may take longer than anybody waits. After this share of the time limit, the result has the
# runs that are described by then.
DESCRIBING_SHARE = 0.8

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Observed:
    """All runs as they were at the time ``at`` of the cluster's clock, and the answers of the cluster and the journal
    on which these runs are based. ``described`` are the descriptions that were made now, and ``ages`` has the ages of
    earlier ones. ``history`` is None if only open runs were asked for."""

    runs: RunsByCustomer
    news: tuple[Execution, ...]
    described: tuple[Description, ...]
    recalled: Recalled
    at: datetime
    ages: Mapping[Ref, timedelta]
    history: History | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an observation starts from: the listed ``news``, the recorded ``past``, and the function that describes
    the open runs."""

    news: Sequence[Execution]
    past: RecordedPast
    describe: "_Describe" = describe_runs


_Observer = Callable[[str, float, Services], Awaitable[_Observed]]
_Describe = Callable[[str, Sequence[Ref], float, Services], Awaitable[Descriptions]]


async def observe(cluster: str, services: Services) -> ClusterView:
    """All runs of the cluster, including those that Temporal has removed. Raises Unavailable if Temporal does not
    answer within the cluster's time limit, and Refused if it refuses the request."""
    return await _observe(cluster, _observe_all, services)


async def observe_open(cluster: str, services: Services) -> ClusterView:
    """The open runs alone. Raises as ``observe`` does."""
    return await _observe(cluster, _observe_open, services)


async def look(cluster: str, services: Services) -> ClusterView:
    """All runs, for callers that only read, such as answers to people. Some runs may have an earlier description;
    ``view.age`` is the age of the oldest such description."""
    return await _observe(cluster, _look_at_all, services)


async def look_at_customer(cluster: str, customer: str, services: Services) -> ClusterView:
    """Like ``look``, but only with the runs and the sequence of one customer. The customer's open runs are described
    now."""
    return await _observe(cluster, partial(_look_at_customer, customer), services, customer)


async def observe_whole(cluster: str, services: Services) -> ClusterView:
    """As ``observe``, for decisions. Raises Unavailable also if not all past runs are known, because days that seem
    to be missing may be complete."""
    view = await observe(cluster, services)
    if view.history_silent:
        raise Unavailable(cluster, f"its past runs are not all known: {view.history_silent}")
    return view


async def _observe(cluster: str, read: _Observer, services: Services, customer: str = "") -> ClusterView:
    limit, clock = services.config.watch.time_limit, asyncio.get_running_loop().time
    end, until = clock() + limit.total_seconds(), clock() + limit.total_seconds() * DESCRIBING_SHARE
    try:
        async with asyncio.timeout_at(end):
            observed, sequences = await asyncio.gather(
                read(cluster, until, services), open_sequences(cluster, until, services, customer)
            )
    except TimeoutError as exc:
        raise Unavailable(cluster, f"no answer within {limit.total_seconds():g} s") from exc
    # The answer must come in time. What cannot be recorded by then is left to the next observation.
    await _record(cluster, observed, min(end, clock() + journal_limit(services)), services)
    if observed.history:
        await save_history(observed.history, observed.news, min(end, clock() + ledger_limit(services)), services)
    silent = observed.history.silent if observed.history else ""
    age = max(observed.ages.values(), default=timedelta(0))
    return ClusterView(cluster, observed.at, observed.runs, sequences.standings, sequences.silent, silent, age)


async def _observe_all(cluster: str, until: float, services: Services) -> _Observed:
    history = await history_of(cluster, services)
    observed = await _describe(cluster, _Asked(history.news, history.past), until, services)
    return replace(observed, history=history)


async def _observe_open(cluster: str, until: float, services: Services) -> _Observed:
    listed = await services.clusters[cluster].engine.open_executions(services.config.counted_types(cluster))
    return await _describe(cluster, _Asked(listed, empty_past(cluster, services)), until, services)


async def _look_at_all(cluster: str, until: float, services: Services) -> _Observed:
    history = await history_of(cluster, services, changed_since_listing)
    describe = partial(describe_or_recall, frozenset(history.refs_to_describe))
    observed = await _describe(cluster, _Asked(history.news, history.past, describe), until, services)
    return replace(observed, history=history)


async def _look_at_customer(customer: str, cluster: str, until: float, services: Services) -> _Observed:
    history = await history_of(cluster, services, changed_since_listing)
    async with history.past.turn:
        own = await compute(of_customer, customer, history, services)
    observed = await _describe(cluster, _Asked(own, history.past), until, services)
    runs = RunsByCustomer({customer: tuple(observed.runs.of([customer]))})
    # The runs of other customers are recorded as they were listed.
    described = {run.ref: run for run in observed.news}
    news = tuple(described.get(run.ref, run) for run in history.news)
    return replace(observed, runs=runs, news=news, history=history)


async def _describe(cluster: str, asked: _Asked, until: float, services: Services) -> _Observed:
    listed, past = asked.news, asked.past
    refs = [execution.ref for execution in listed if execution.status.is_open]
    descriptions, recalled = await asyncio.gather(
        asked.describe(cluster, refs, until, services), recall(cluster, refs, services)
    )
    now = await cluster_time(cluster, services)
    news = with_descriptions(listed, descriptions, now)
    executions, links = await with_earlier_links(cluster, news, past, descriptions.described, services)
    recalled = await with_failures_of_links(recalled, links, services)
    below = await children_of(cluster, descriptions.described, now, until, services)
    answers = Answers(descriptions.described, recalled, below.of, now, descriptions.ages)
    async with past.turn:
        # In a thread, because thousands of runs would block the event loop.
        runs, customers = await compute(all_runs, executions, past, answers, services)
    polled_runs = await with_pollers(runs, customers, services.clusters[cluster].engine)
    described = (*descriptions.described_now, *below.described)
    observations = {**recalled.observations, **below.recalled.observations}
    recalled = replace(recalled, observations=observations)
    return _Observed(polled_runs, news, described, recalled, now, descriptions.ages)


async def _record(cluster: str, observed: _Observed, until: float, services: Services) -> None:
    now = services.now()
    # In a thread, because thousands of runs would block the event loop.
    entry = await compute(_entry, cluster, observed, now)
    try:
        async with asyncio.timeout_at(until):
            await services.journal.record(entry, now)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not written", cluster=cluster, reason=str(exc) or "no answer in time")


def _entry(cluster: str, observed: _Observed, now: datetime) -> JournalEntry:
    described, before = observed.described, observed.recalled.observations
    return JournalEntry(
        failures=tuple(failure for d in described for failure in failures_of(d, observed.at)),
        observations=tuple(
            o for d in described for o in observations_of(d, before.get(d.execution.ref, ()), observed.at)
        ),
        seen={cluster: now},
    )

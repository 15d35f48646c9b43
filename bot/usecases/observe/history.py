"""Reads all runs of a cluster, also ended ones, from Temporal and from the run history (in code: the ledger).

Only changes are read from Temporal. Where the two differ, Temporal is right. If the ledger does not answer, the
result is what Temporal lists. Thousands of runs are processed in threads, because they would block the event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.computing import compute, compute_over
from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.close_facts import Unread, unread
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
from bot.fleet.runs.past import RecordedPast
from bot.model import Execution, ExecutionStatus, Portion, Reading, Ref
from bot.model.text import plural
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.describe import describe_runs, with_descriptions
from bot.usecases.observe.latest import changed
from bot.usecases.observe.past import empty_past, ledger_limit, recorded_past

# A long past is read for the first time in several calls. Each call spends READING_SHARE of the cluster's time limit
# on it. Until all of the past is read, a call spends at most CHANGES_SHARE of the limit on changes, which may be many
# too.
READING_SHARE = 0.5
CHANGES_SHARE = 0.25
# Reading inputs gets at least this share of the time limit, for runs whose input was not read when they were listed.
INPUT_SHARE = 0.1
# Reading the ends of lately closed runs gets at least this share of the time limit.
FACTS_SHARE = 0.1

_log = structlog.get_logger(__name__)

ListChanges = Callable[[str, datetime | None, timedelta, Services], Awaitable[Portion]]


@dataclass(frozen=True, slots=True)
class History:
    """All runs before any of them is described: the recorded ``past``, and the ``news``, oldest first.

    News are the runs that Temporal lists as open or as ended lately, and recorded runs that may have changed. If the
    run history already has one of the news, ``recorded`` has the version that is stored there. ``refs_to_describe``
    are the runs that are open only in the listing or only in the run history: listings lag, so a description has to
    show which is right. ``reading`` is how much of the past has been read from Temporal, and ``before`` how much had
    been read before this call; both are None if the store does not answer. ``silent`` says why not all of the past is
    known; "" if all of it is.
    """

    cluster: str
    past: RecordedPast
    news: tuple[Execution, ...]
    recorded: Mapping[Ref, Execution]
    refs_to_describe: tuple[Ref, ...]
    before: Reading | None
    reading: Reading | None
    silent: str
    has_unread_inputs: bool = False
    has_unread_ends: bool = False

    @property
    def total(self) -> int:
        """How many runs there are."""
        return len(self.past) + len(self.news) - len(self.recorded)


async def history_of(cluster: str, services: Services, list_changes: ListChanges = changed) -> History:
    """The runs of the cluster, from the run history and from a listing of what has changed. Raises Unavailable or
    Refused if the cluster does not answer."""
    types, limit = services.config.counted_types(cluster), services.config.watch.time_limit
    until = asyncio.get_running_loop().time() + limit.total_seconds() * READING_SHARE
    try:
        past = await recorded_past(cluster, services)
    except DependencyError as exc:
        portion = await changed(cluster, None, _left(until), services)
        runs = {run.ref: run for run in portion.executions}
        silent = f"the store does not tell: {exc.why}"
        listed_now = History(cluster, empty_past(cluster, services), merge_runs({}, runs), {}, (), None, None, silent)
        return await _with_facts(listed_now, max(_left(until), limit * FACTS_SHARE), services)
    start = start_reading(past.reading, cluster, types, services.now())
    time_left = limit * CHANGES_SHARE if start.rest_until else _left(until)
    changes = await list_changes(cluster, since(start), time_left, services)
    older = await _older(start, changes, until, services)
    reading = advance_reading(start, changes, older, services.now(), await cluster_time(cluster, services))
    listed = {run.ref: run for run in (*(older.executions if older else ()), *changes.executions)}
    unsettled = services.clusters[cluster].close_facts.unsettled
    async with past.turn:
        history = await compute(_merge, past, listed, unsettled, reading)
    recognisable = await _with_inputs(history, max(_left(until), limit * INPUT_SHARE), services)
    return await _with_facts(recognisable, max(_left(until), limit * FACTS_SHARE), services)


async def _with_facts(history: History, within: timedelta, services: Services) -> History:
    """The history with the facts of ended runs. A completed run covers nothing until it is known how it completed.
    While this is unknown for any run, not all of the past is known (``silent``)."""
    news = await services.clusters[history.cluster].close_facts.with_facts(history.news, within)
    waiting = await compute_over(news, lambda runs: sum(map(_is_unread_claim, runs)))
    silent = f"how {waiting:,} of {plural(history.total, 'run')} ended is not read yet" if waiting else ""
    return replace(
        history,
        news=tuple(news),
        has_unread_ends=waiting > 0,
        silent="; ".join(filter(None, (history.silent, silent))),
    )


def _is_unread_claim(run: Execution) -> bool:
    is_claim = run.status in (ExecutionStatus.COMPLETED, ExecutionStatus.CONTINUED_AS_NEW)
    return is_claim and unread(run) is Unread.WAITS


async def _with_inputs(history: History, within: timedelta, services: Services) -> History:
    """The history with inputs. A run that needs its input cannot be recognised until the input is read. While any
    such input is unread, not all of the past is known (``silent``)."""
    news = await services.clusters[history.cluster].inputs.with_inputs(history.news, within)
    unread = 0
    if services.recogniser.reads_inputs(history.cluster):
        unread = await compute_over(news, lambda runs: sum(map(services.recogniser.needs_input, runs)))
    silent = f"the inputs of {unread:,} of {plural(history.total, 'run')} are not read yet" if unread else ""
    return replace(
        history,
        news=tuple(news),
        has_unread_inputs=unread > 0,
        silent="; ".join(filter(None, (history.silent, silent))),
    )


def _merge(
    past: RecordedPast, listed: Mapping[Ref, Execution], unsettled: Iterable[Ref], reading: Reading
) -> History:
    recorded = past.recorded({*listed, *past.unsettled, *unsettled})
    news, silent = merge_runs(recorded, listed), ""
    if not reading.is_whole:
        ended = past.ended + sum(_has_ended_since(run, recorded) for run in news)
        silent = f"{ended:,} ended runs read so far, the rest follows"
    return History(
        reading.cluster, past, news, recorded, refs_to_describe(recorded, listed), past.reading, reading, silent
    )


def _has_ended_since(run: Execution, recorded: Mapping[Ref, Execution]) -> bool:
    before = recorded.get(run.ref)
    return not run.status.is_open and (before is None or before.status.is_open)


async def save_history(history: History, executions: Collection[Execution], until: float, services: Services) -> None:
    """Write to the ledger (the run history) how much of the past has been read, and those of ``executions`` that
    differ from what the ledger has. ``executions`` are the runs of ``history.news``, each in its latest known state.

    Does not wait beyond ``until``, a time of the event loop. What is not written by then will be read from Temporal
    again.
    """
    changed = await compute(changed_runs, history.recorded, executions)
    for difference in differences(history.recorded, changed):
        _log.warning(
            "run history corrected",
            cluster=history.cluster,
            workflow=difference.current.ref.workflow_id,
            run=difference.current.ref.run_id,
            recorded=difference.remembered.status.value,
            temporal=difference.current.status.value,
        )
    if not changed and history.reading == history.before:
        return
    try:
        async with asyncio.timeout_at(until):
            await services.ledger.keep(changed, history.reading)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("run history not written", cluster=history.cluster, reason=str(exc) or "no answer in time")


async def catch_up(cluster: str, services: Services) -> bool:
    """Bring the ledger up to date. Returns False if more of the past is still to be read. Returns True otherwise,
    also if the store does not answer: then it is not known whether anything is left to read.

    Raises Unavailable or Refused if the cluster does not answer.
    """
    limit, clock = services.config.watch.time_limit, asyncio.get_running_loop().time
    until = clock() + limit.total_seconds()
    history = await history_of(cluster, services)
    descriptions = await describe_runs(cluster, history.refs_to_describe, until, services)
    executions = with_descriptions(history.news, descriptions, await cluster_time(cluster, services))
    await save_history(history, executions, clock() + ledger_limit(services), services)
    has_unread = history.has_unread_inputs or history.has_unread_ends
    return history.reading is None or (history.reading.rest_until is None and not has_unread)


async def read_earlier_ends(cluster: str, services: Services) -> bool:
    """Read again the ends of some of the runs that an earlier version of the bot has recorded, and write them to the
    ledger. Returns whether more such runs are left. Raises Unavailable when the store does not answer."""
    facts, limit = services.clusters[cluster].close_facts, services.config.watch.time_limit
    past = await recorded_past(cluster, services)
    if not facts.has_earlier:
        return False
    read = await facts.read_again(past.executions, limit)
    if read:
        await services.ledger.keep(read)
    return facts.has_earlier


async def _older(start: Reading, changes: Portion, until: float, services: Services) -> Portion | None:
    """The next portion of the past. None if all of it has been read, if no time is left, or if the cluster does not
    answer. Also None if time ran out before all changes were read, because the changes come first."""
    left = _left(until)
    if start.rest_until is None or has_gap(start, changes) or left <= timedelta(0):
        return None
    engine = services.clusters[start.cluster].engine
    try:
        return await engine.ended_executions(start.types, start.rest_until, left)
    except Unavailable as exc:
        _log.info("past not read on", cluster=start.cluster, reason=str(exc))
        return None


def _left(until: float) -> timedelta:
    return timedelta(seconds=max(0.0, until - asyncio.get_running_loop().time()))

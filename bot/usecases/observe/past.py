"""Keeps what is derived from a cluster's recorded runs (``bot.fleet.runs.past``), and brings it up to date."""

import asyncio
from dataclasses import replace
from sys import intern

import structlog

from bot.computing import compute
from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.past import PastRules, RecordedPast
from bot.fleet.runs.run import Run
from bot.model import Execution, HistoryMark, RecordedChanges, Window
from bot.services import Services
from bot.usecases.campaigns.scope import campaigns_of

# The share of a cluster's time limit for one request to the ledger, which is near and fast.
LEDGER_SHARE = 0.25

_log = structlog.get_logger(__name__)


async def recorded_past(cluster: str, services: Services) -> RecordedPast:
    """The past as the run history has it now. Raises Unavailable if the store does not answer."""
    types = services.config.counted_types(cluster)
    past = services.pasts.setdefault((cluster, frozenset(types)), empty_past(cluster, services))
    # A thread cannot be cancelled, so ``reading_on`` keeps the turn until the thread is done, even if no caller waits
    # any more.
    reading_on = asyncio.ensure_future(_read_on(past, cluster, services))
    reading_on.add_done_callback(_note_failure)
    await asyncio.shield(reading_on)
    return past


def empty_past(cluster: str, services: Services) -> RecordedPast:
    """A past without recorded runs."""
    systems, windows = services.clusters[cluster], dict[Window, Window]()

    def make(execution: Execution) -> Run:
        identity = services.recogniser.identify(execution)
        # Thousands of runs have few different customers and windows, so equal ones share one object.
        if identity:
            window = windows.setdefault(identity.window, identity.window)
            identity = replace(identity, customer=intern(identity.customer), window=window)
        campaigns = campaigns_of(execution, identity, services)
        return Run(execution, identity, systems.engine.link(execution.ref), campaigns=campaigns)

    def belongs(run: Run) -> bool:
        return services.covers(run.execution, run.identity)

    def is_settled(execution: Execution) -> bool:
        return systems.inputs.is_settled(execution) and systems.close_facts.is_settled(execution)

    types = frozenset(services.config.counted_types(cluster))
    return RecordedPast(PastRules(types, make, belongs, is_settled, services.conditions))


def ledger_limit(services: Services) -> float:
    """The time limit for one request to the ledger, in seconds."""
    return services.config.watch.time_limit.total_seconds() * LEDGER_SHARE


async def _read_on(past: RecordedPast, cluster: str, services: Services) -> None:
    """Apply what the run history has recorded since ``past.mark``. Asks the store before it takes the lock
    ``past.turn``; otherwise a store that does not answer would hold up one caller after the other."""
    systems, is_known = services.clusters[cluster], False
    while not is_known:
        since = past.mark
        changes = await _changes(since, cluster, services)
        async with past.turn:
            if past.mark == since:
                await systems.inputs.remember(changes.executions)
                await systems.close_facts.remember(changes.executions)
                await compute(past.apply, changes)
            # Another task may have applied these changes meanwhile, or later ones too.
            is_known = past.has(changes.mark)


async def _changes(since: HistoryMark | None, cluster: str, services: Services) -> RecordedChanges:
    try:
        async with asyncio.timeout(ledger_limit(services)):
            return await services.ledger.recall_changes(cluster, since)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else "no answer in time"
        _log.warning("run history not read", cluster=cluster, reason=why)
        raise Unavailable("store", why) from exc


def _note_failure(reading_on: asyncio.Future[None]) -> None:
    """Mark the exception as retrieved. A caller that still waits raises it; otherwise it is in the log already."""
    if not reading_on.cancelled():
        reading_on.exception()

"""Asks why the workflow tasks of blocked runs fail, and since when, for their alerts."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.errors import DependencyError, Refused
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertFacts, AlertReason, Cause, Episode, Ref
from bot.services import Services
from bot.usecases.watch.state import WatchState

# A faulty deployment blocks all runs of a cluster at once. A pass asks about at most this many of them, and the next
# passes about the others.
MOST_AT_ONCE = 20
# The alerts of a pass wait for these answers. What comes later is asked for again.
ANSWERED_WITHIN = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


async def with_task_failures(
    runs: Sequence[DescribedRun], episodes: Iterable[Episode], state: WatchState, services: Services
) -> list[DescribedRun]:
    """The same runs. Each blocked run gets the reason why its workflow tasks fail, and since when. Temporal is asked
    about a run until there is an answer, and then not again while the run stays blocked. The answer would be the
    same, because the history keeps only the first of consecutive failures. If an open alert already says why,
    Temporal is not asked either, even after a restart of the bot."""
    blocked = [run.ref for run in runs if run.alert_reason is AlertReason.BLOCKED]
    _forget({run.ref for run in runs}.difference(blocked), state)
    recorded = {alert.ref: alert.facts for alert in episodes if _says_why(alert)}
    unknown = [ref for ref in blocked if ref not in state.task_failures and ref not in recorded]
    asked = sorted(unknown, key=lambda ref: ref in state.unanswered)[: min(MOST_AT_ONCE, state.budget.spare)]
    state.budget.spend(asyncio.get_running_loop().time(), len(asked))
    await asyncio.gather(*(_ask(ref, state, services) for ref in asked))
    return [_with_failure(run, recorded, state) for run in runs]


def _forget(refs: Iterable[Ref], state: WatchState) -> None:
    for ref in refs:
        state.task_failures.pop(ref, None)
        state.unanswered.discard(ref)


def _says_why(alert: Episode) -> bool:
    return alert.is_open and alert.alert_reason is AlertReason.BLOCKED and bool(alert.facts.causes)


async def _ask(ref: Ref, state: WatchState, services: Services) -> None:
    try:
        async with asyncio.timeout(ANSWERED_WITHIN.total_seconds()):
            state.task_failures[ref] = await services.clusters[state.cluster].engine.task_failure(ref)
    except (DependencyError, TimeoutError) as exc:
        _log.info("failure of a workflow task not read", workflow_id=ref.workflow_id, reason=str(exc) or "no answer")
        state.unanswered.add(ref)
        if isinstance(exc, Refused):
            state.task_failures[ref] = None


def _with_failure(run: DescribedRun, recorded: Mapping[Ref, AlertFacts], state: WatchState) -> DescribedRun:
    if run.alert_reason is not AlertReason.BLOCKED:
        return run
    if found := state.task_failures.get(run.ref):
        return replace(run, facts=replace(run.facts, since=found.at, causes=(Cause(found.failure),)))
    if known := recorded.get(run.ref):
        return replace(run, facts=replace(run.facts, since=known.since, causes=known.causes))
    return run

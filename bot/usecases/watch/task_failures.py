"""Asks why the workflow tasks of blocked runs fail, and since when, for their alerts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertReason, Cause, Ref
from bot.services import Services
from bot.usecases.watch.state import WatchState

# A faulty deployment blocks all runs of a cluster at once. The others are asked about in the next passes.
MOST_AT_ONCE = 20

_log = structlog.get_logger(__name__)


async def with_task_failures(
    runs: Sequence[DescribedRun], state: WatchState, services: Services
) -> list[DescribedRun]:
    """The runs, with why and since when for those that are blocked. Each of these is asked about once, because the
    history keeps only the first of failures that follow one another."""
    blocked = [run.ref for run in runs if run.alert_reason is AlertReason.BLOCKED]
    for ref in {run.ref for run in runs}.difference(blocked):
        state.task_failures.pop(ref, None)
    unknown = [ref for ref in blocked if ref not in state.task_failures]
    await asyncio.gather(*(_ask(ref, state, services) for ref in unknown[:MOST_AT_ONCE]))
    return [_with_failure(run, state) if run.alert_reason is AlertReason.BLOCKED else run for run in runs]


async def _ask(ref: Ref, state: WatchState, services: Services) -> None:
    try:
        state.task_failures[ref] = await services.clusters[state.cluster].engine.task_failure(ref)
    except DependencyError as exc:
        _log.info("failure of a workflow task not read", workflow_id=ref.workflow_id, reason=str(exc))


def _with_failure(run: DescribedRun, state: WatchState) -> DescribedRun:
    found = state.task_failures.get(run.ref)
    return replace(run, facts=replace(run.facts, since=found.at, causes=(Cause(found.failure),))) if found else run

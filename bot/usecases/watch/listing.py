"""Lists the open runs of a cluster, at a slow interval of its own: finds new runs, and runs that have ended.

Listings lag, so they only decide which runs to describe. After a listing, the watcher may also update the run history
and outdated cards, and end the alerts of clusters that are no longer configured (``update_history``).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.runs.run import Run
from bot.model import Execution, Ref
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book
from bot.usecases.observe.history import catch_up, read_earlier_ends
from bot.usecases.observe.latest import latest_answers
from bot.usecases.watch.closed_runs import judge_closed_runs, runs_with_doubts
from bot.usecases.watch.completion import tell_completion
from bot.usecases.watch.describe import run_isolated
from bot.usecases.watch.outdated_cards import mark_overtaken
from bot.usecases.watch.state import WatchState, due_at
from bot.usecases.watch.unconfigured import end_unconfigured

_log = structlog.get_logger(__name__)


async def list_runs(state: WatchState, services: Services) -> None:
    """Fill the queue from a new listing. If the cluster does not answer, the queue stays as it is. Raises Unavailable
    if the store does not answer."""
    now, cluster = services.now(), state.cluster
    state.began_at = state.began_at or now
    state.restart_if_set_back(now)
    # Runs of the first pages are described and judged while the rest is listed, which takes seconds for 10,000 runs.
    await campaign_book(services)
    state.budget.spend(asyncio.get_running_loop().time())
    watched, begun = services.config.watched_types(cluster), set[Ref]()
    on_page = partial(_queue_new, state, begun, now)
    try:
        listed = await services.clusters[cluster].engine.open_executions(watched, on_page)
    except DependencyError as exc:
        if not state.is_silent:
            _log.warning("cluster does not answer", cluster=cluster, reason=str(exc))
        state.is_silent = True
        return
    if state.is_silent:
        _log.info("cluster answers again", cluster=cluster)
    there = now - await services.clusters[cluster].engine.ahead()
    latest_answers(cluster, services).note_listing(watched, listed, there)
    episodes = (await services.journal.memory(cluster, ())).episodes
    refs = frozenset(execution.ref for execution in listed)
    alerted = {e.ref for e in episodes if e.is_open and e.alert_reason not in CLOSED_REASONS}
    _fill_queue(state, refs, alerted, begun, now)
    if refs != state.listed:
        state.history_due = None
    state.listed, state.listed_at, state.is_silent, state.is_recorded = refs, now, False, False


async def update_history(state: WatchState, services: Services) -> None:
    """Bring the run history up to date if runs have begun or ended, and in each ``[watch] slow_round``. Also read
    again the ends of runs that an earlier version of the bot has recorded, and end alerts of unconfigured clusters.
    Once the past is read completely, also judge closed runs, announce what is complete, and update outdated cards."""
    if state.is_silent or (state.history_due and state.history_due > services.now()):
        return
    cluster = state.cluster
    is_whole: bool | None = await run_isolated(_catch_up(cluster, services), None, "past not read", cluster)
    has_earlier = is_whole is not None and await _read_earlier_ends(cluster, services)
    if is_whole:
        is_whole = await _conclude_past(state, services)
        await run_isolated(mark_overtaken(cluster, services), None, "overtaken cards keep their buttons", cluster)
    await run_isolated(end_unconfigured(services), None, "alerts of clusters that are not configured go on", cluster)
    # ``history_due`` is None if more of the past is still to be read: the next listing goes on. A part that failed is
    # tried again in the next slow round.
    state.history_due = (
        None if has_earlier or is_whole is False else services.now() + services.config.watch.slow_round
    )


async def _conclude_past(state: WatchState, services: Services) -> bool | None:
    """Judge the closed runs, and announce what is complete. Returns whether everything about closed runs is decided;
    None if judging failed, which is tried again later."""
    cluster = state.cluster
    runs: Sequence[Run] | None = await run_isolated(_past(cluster, services), None, "past not recalled", cluster)
    if runs is None:
        return None
    is_judged = await run_isolated(_judge(runs, state, services), None, "closed runs not judged", cluster)
    await run_isolated(tell_completion(runs, state, services), None, "completion not told", cluster)
    return is_judged


async def _past(cluster: str, services: Services) -> Sequence[Run] | None:
    return await runs_with_doubts(cluster, services)


async def _read_earlier_ends(cluster: str, services: Services) -> bool:
    return await run_isolated(read_earlier_ends(cluster, services), False, "ends not read again", cluster)


async def _judge(runs: Sequence[Run], state: WatchState, services: Services) -> bool | None:
    return await judge_closed_runs(runs, state, services)


async def _catch_up(cluster: str, services: Services) -> bool | None:
    return await catch_up(cluster, services)


def _queue_new(state: WatchState, begun: set[Ref], now: datetime, listed: Sequence[Execution]) -> None:
    """Add each listed run that the queue lacks to the queue and to ``begun``. These runs are due now. Leaves children
    out until the listing is complete: if the parent is on a later page, a child would get its own alert."""
    new = {run.ref for run in listed if run.ref not in state.queue and not run.parent_run_id}
    begun |= new
    for ref in new:
        state.queue.put(ref, due_at(now))
    if new:
        state.on_queued()


def _drop_unlisted(state: WatchState, listed: frozenset[Ref]) -> None:
    """Remove from the queue the runs that are not listed, and the workflows that were queued only because they are
    below such a run."""
    names = {ref.workflow_id for ref in listed}
    for ref in [ref for ref in state.queue.refs if ref not in listed and ref not in state.families]:
        state.queue.discard(ref)
        if ref.workflow_id not in names:
            state.families.forget(ref.workflow_id)
    kept = listed | state.families.refs
    # A ref without run id means the latest run of its workflow id, so it stays.
    for ref in [ref for ref in state.queue.refs if ref.run_id and ref not in kept]:
        state.queue.discard(ref)


def _fill_queue(state: WatchState, listed: frozenset[Ref], alerted: set[Ref], begun: set[Ref], now: datetime) -> None:
    """Put the listed runs into the queue, except those in ``begun``: this listing has queued them already. New runs
    are due now. Runs with an alert are due now, too, because people watch these runs and act on them. A run with an
    alert stays in the queue even if it is no longer listed: then it has probably ended."""
    queue = state.queue
    _drop_unlisted(state, listed | alerted)
    for ref in (listed | alerted) - (listed & begun):
        before = queue.get(ref)
        if before is None or ref not in listed:
            queue.put(ref, due_at(now))
        elif ref in alerted and before.round_at > now:
            queue.put(ref, replace(before, round_at=now))

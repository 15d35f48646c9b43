"""Opens, continues and ends the alerts about closed runs of a cluster, from its run history.

The description of a closed run does not show whether another run replaces it, or what speaks against it. All runs of
its customer together do. So a pass that sees a run fail leaves the alert to this module, which runs as soon as the
run history is up to date.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.computing import compute
from bot.fleet.alerts.closed_alerts import ClosedRuns, describe_closed
from bot.fleet.alerts.closed_runs import (
    CLOSED_REASONS,
    ClosedTrouble,
    Filled,
    FilledWindow,
    Since,
    closed_troubles,
    failed_before,
)
from bot.fleet.alerts.reconcile import Pass, newly_alerting, reconcile
from bot.fleet.notifications.keys import episode_id
from bot.fleet.runs.observation import DescribedRun
from bot.fleet.runs.run import Run
from bot.model import AlertReason, Episode, JournalEntry, KnownReason, Opened, Window
from bot.services import Services
from bot.usecases.campaigns.scope import is_over
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.days_being_filled import days_of_sequence
from bot.usecases.observe.past import recorded_past
from bot.usecases.observe.sequences import open_sequences
from bot.usecases.watch.alert_campaigns import alert_campaigns
from bot.usecases.watch.describe import DescribeCalls
from bot.usecases.watch.state import WatchState, alert_rules
from bot.usecases.watch.suggested_windows import with_suggested_windows

# A sequence that does not answer may fill any day.
_ANY_DAY = (Window(date.min, date.max),)


async def judge_closed_runs(runs: Sequence[Run], state: WatchState, services: Services) -> bool:
    """Decide about the alerts of closed runs, and record the changes. ``runs`` are the result of
    ``runs_with_doubts``. Returns False if something is not decided yet. Raises DependencyError if the store does not
    answer, or Conflict if somebody changes an alert meanwhile. In all these cases the next call does the rest."""
    cluster, now = state.cluster, services.now()
    ahead = now - await cluster_time(cluster, services)
    known = await _known_reasons(runs, state, services)
    of_closed = {run.execution.ref for run in runs if is_over(run.execution, run.identity, services)}
    watched = [run for run in runs if run.execution.ref not in of_closed]
    troubles = await _troubles(watched, {reason: at - ahead for reason, at in known.items()}, cluster, services)
    if troubles is None:
        return False
    alerts = services.config.alerts
    remembered = (await services.journal.memory(cluster, (), now - alerts.storm_within)).episodes
    unsure = await _maybe_followed(troubles, remembered, state, services)
    closed = ClosedRuns(runs, troubles, frozenset(known), unsure, of_closed)
    described = await compute(describe_closed, closed, remembered, services.clusters[cluster].engine.link)
    described = await _with_recurrences(described, remembered, services)
    executions = {run.execution.ref: run.execution for run in runs}
    campaigns = await alert_campaigns(newly_alerting(described, remembered), executions, services)
    # The threads of sequences are not needed: what a sequence deals with by itself is no trouble here.
    this_pass = Pass(cluster, described, remembered, {}, now, threads=None, ahead=ahead, campaigns=campaigns)
    this_pass = replace(this_pass, runs=await with_suggested_windows(this_pass, services))
    changes = reconcile(this_pass, alert_rules(cluster, services))
    if changes.episodes:
        ids = frozenset(episode.id for episode in remembered)
        opened = Opened(cluster, now - alerts.storm_within, ids)
        entry = JournalEntry(episodes=changes.episodes, messages=changes.messages, opened=opened)
        await services.journal.record(entry, now)
        state.on_messages()
    return not unsure


async def runs_with_doubts(cluster: str, services: Services) -> tuple[Run, ...]:
    """The runs of the cluster that fill days, one for each chain, as the run history has them."""
    past = await recorded_past(cluster, services)
    async with past.turn:
        runs, _ = await compute(past.derived_with, ())
    return await compute(lambda: tuple(runs))


async def filled_days(cluster: str, services: Services) -> Filled | None:
    """The days that open sequences fill or have still to fill, by customer: all days for a sequence that does not
    answer. None if the sequences cannot be listed."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    sequences = await open_sequences(cluster, until, services)
    if sequences.silent:
        return None
    filled: dict[str, list[FilledWindow]] = {}
    for standing in sequences.standings:
        # A customer may have a sequence in each campaign.
        days = days_of_sequence(standing.progress) if standing.progress else _ANY_DAY
        filled.setdefault(standing.customer, []).extend(FilledWindow(window, standing.campaign) for window in days)
    return filled


async def _troubles(
    watched: Sequence[Run], since: Since, cluster: str, services: Services
) -> list[ClosedTrouble] | None:
    """The closed runs among ``watched`` that need a person, each with the reason; None if that is unknown. The open
    sequences are read only if the answer depends on them."""
    settle = services.config.reasons_on(cluster).mismatch.settle
    troubles = await compute(closed_troubles, watched, {}, since, settle)
    if not troubles:
        return []
    filled = await filled_days(cluster, services)
    return None if filled is None else await compute(closed_troubles, watched, filled, since, settle)


async def _maybe_followed(
    troubles: Iterable[ClosedTrouble], episodes: Iterable[Episode], state: WatchState, services: Services
) -> frozenset[str]:
    """The names of runs that failed just now and may have a successor already, by a retry or a reset. Listings lag,
    so the latest run of each workflow id is described."""
    known = {episode.name for episode in episodes if episode.is_open and episode.alert_reason is AlertReason.FAILED}
    failed = {
        replace(trouble.run.execution.ref, run_id=""): trouble.run
        for trouble in troubles
        if trouble.reason is AlertReason.FAILED and trouble.run.name not in known
    }
    engine, at_once = services.clusters[state.cluster].engine, services.config.watch.describes_at_once
    described = await DescribeCalls(engine, at_once, state.budget).describe(list(failed))
    latest = {replace(d.execution.ref, run_id=""): d.execution.ref for d in described.descriptions}
    is_last = {ref for ref, run in failed.items() if latest.get(ref) == run.execution.ref or ref in described.gone}
    return frozenset(run.name for ref, run in failed.items() if ref not in is_last)


async def _known_reasons(
    runs: Sequence[Run], state: WatchState, services: Services
) -> Mapping[AlertReason, datetime]:
    """For each reason that is switched on: the time since which it opens alerts about closed runs. If no time is
    recorded for a reason yet, records the time at which the watcher began. Failures before that time open no alerts;
    only their number is recorded, for the next digest."""
    cluster = state.cluster
    switched_on = services.config.reasons_on(cluster).switched_on & CLOSED_REASONS
    recorded = {each.reason: each for each in await services.journal.known_reasons() if each.cluster == cluster}
    new = sorted(switched_on - recorded.keys())
    if new:
        began = state.began_at or services.now()
        ahead = services.now() - await cluster_time(cluster, services)
        failed = await compute(failed_before, runs, began - ahead)
        known = [KnownReason(cluster, each, began, failed if each is AlertReason.FAILED else 0) for each in new]
        await services.journal.record(JournalEntry(known=tuple(known)), services.now())
        recorded |= {each.reason: each for each in known}
    return {reason: recorded[reason].since for reason in switched_on}


async def _with_recurrences(
    runs: Sequence[DescribedRun], episodes: Iterable[Episode], services: Services
) -> list[DescribedRun]:
    """The same runs. A run that opens an alert gets the number of its earlier alerts."""
    new = {run.ref for run in newly_alerting(runs, (episode for episode in episodes if episode.is_open))}
    return [await _with_recurrence(run, services) if run.ref in new else run for run in runs]


async def _with_recurrence(run: DescribedRun, services: Services) -> DescribedRun:
    recurrence = 0
    while await services.journal.episode(episode_id(run.ref, recurrence)):
        recurrence += 1
    return replace(run, recurrence=recurrence)

"""Makes one pass of the watcher over one cluster: list the open runs, describe those that are due, decide, record.

Listings lag, so they only find runs; every decision rests on a description made in this pass. A cluster that does not
answer changes nothing: silence neither opens nor ends an alert. If a person changes an alert during a pass, the pass
records no decision about alerts and leaves it to the next one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from bot.errors import Conflict, DependencyError
from bot.fleet.alerts.reconcile import Pass, Rules, newly_alerting, reconcile
from bot.fleet.notifications.keys import episode_id
from bot.fleet.runs.health import Past, Patience, assess
from bot.fleet.runs.heartbeat import Progress
from bot.fleet.runs.observation import DescribedRun, failures_of, joined, next_look, observations_of
from bot.model import (
    ClusterRecord,
    Description,
    Ending,
    Episode,
    ExecutionStatus,
    JournalEntry,
    Opened,
    Ref,
    SeenFailure,
)
from bot.services import Services
from bot.usecases.observe.history import catch_up
from bot.usecases.watch.describe import PassDescriptions, describe_all, isolate_odd_runs, run_isolated
from bot.usecases.watch.outdated_cards import mark_overtaken
from bot.usecases.watch.sequences import observe_sequences
from bot.usecases.watch.unconfigured import end_unconfigured

_ENDINGS = {
    ExecutionStatus.COMPLETED: Ending.COMPLETED,
    ExecutionStatus.CANCELLED: Ending.CANCELLED,
    ExecutionStatus.TERMINATED: Ending.TERMINATED,
    ExecutionStatus.FAILED: Ending.FAILED,
    ExecutionStatus.TIMED_OUT: Ending.FAILED,
    ExecutionStatus.CONTINUED_AS_NEW: Ending.CONTINUED,
}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rounds:
    """When each open run of a cluster is due to be described again. A run that is not in ``due`` is new, and due now.

    ``is_silent``: the cluster did not answer in the last pass. The log tells when this begins and ends.
    ``history_due`` is when the run history is brought up to date at the latest; None means in the next pass.
    ``made_at`` is when the pass that determined these times was made.
    """

    due: Mapping[Ref, datetime] = field(default_factory=dict)
    is_silent: bool = False
    history_due: datetime | None = None
    made_at: datetime | None = None

    def valid_at(self, now: datetime) -> "Rounds":
        """These rounds; if the clock was set back since, all runs are due now, or they would wait too long."""
        return Rounds(is_silent=self.is_silent) if self.made_at and now < self.made_at else self


@dataclass(frozen=True, slots=True)
class _PassTime:
    """The time of a pass by the bot's clock (``here``), and by the clock of the cluster's server (``there``)."""

    here: datetime
    there: datetime


async def watch(cluster: str, rounds: Rounds, services: Services) -> Rounds:
    """Returns when each run is due next. Raises Unavailable when the store does not answer."""
    now = services.now()
    rounds = rounds.valid_at(now)
    try:
        open_now = await services.clusters[cluster].engine.open_executions(services.config.watched_types(cluster))
    except DependencyError as exc:
        if not rounds.is_silent:
            _log.warning("cluster does not answer", cluster=cluster, reason=str(exc))
        return replace(rounds, is_silent=True)
    if rounds.is_silent:
        _log.info("cluster answers again", cluster=cluster)
    # A new run is due now, and so has its turn before all runs that become due later.
    due_times = {execution.ref: rounds.due.get(execution.ref, now) for execution in open_now}
    next_rounds = await _pass(cluster, due_times, services, now)
    return replace(
        next_rounds, history_due=await _update_history(cluster, due_times.keys(), rounds, services), made_at=now
    )


async def _pass(cluster: str, due_times: Mapping[Ref, datetime], services: Services, now: datetime) -> Rounds:
    """Describe the runs that are due, decide, and record; ``due_times`` has all open runs."""
    engine, config = services.clusters[cluster].engine, services.config.watch
    alerts = (await services.journal.memory(cluster, ())).episodes
    due = _due(due_times, alerts, now)[: config.describes_a_pass]
    memory = await services.journal.memory(cluster, due)
    described = await describe_all(engine, due, config.describes_at_once)
    # A run's times are by its server's clock; alerts and due times are by the bot's clock.
    ahead = await engine.ahead()
    try:
        odd = await isolate_odd_runs(
            described, partial(_conclude, cluster, memory, services, _PassTime(now, now - ahead))
        )
    except Conflict as exc:
        _log.info("pass overtaken", cluster=cluster, reason=str(exc))
        return Rounds(due_times)
    next_due = {d.execution.ref: next_look(d, now - ahead, config.slow_round) + ahead for d in described.descriptions}
    # Runs that could not be described or that cause a bug are tried again soon; the others do not wait for them.
    again = dict.fromkeys(described.unanswered | odd, now + config.every)
    return Rounds({ref: at for ref, at in {**due_times, **next_due, **again}.items() if ref in due_times})


async def _conclude(
    cluster: str, memory: ClusterRecord, services: Services, now: _PassTime, described: PassDescriptions
) -> None:
    """Decide and record. Raises Conflict when somebody changed an alert meanwhile, but records failures even then."""
    # Describing takes seconds in which people click: read alerts again, but keep the observations from before.
    since = now.here - services.config.alerts.storm_within
    memory = replace(memory, episodes=(await services.journal.memory(cluster, (), since)).episodes)
    entry = await _entry(cluster, memory, described, services, now)
    try:
        await services.journal.record(entry, now.here)
    except Conflict:
        # Temporal may have forgotten these by the next pass.
        await services.journal.record(JournalEntry(failures=entry.failures, seen=entry.seen), now.here)
        raise


async def _update_history(
    cluster: str, open_refs: Collection[Ref], rounds: Rounds, services: Services
) -> datetime | None:
    """Brings the run history up to date when runs have begun or ended, and in slow rounds. Then also
    updates outdated cards, and ends alerts of unconfigured clusters. Returns when all this is due next."""
    is_unchanged = open_refs == rounds.due.keys()
    if is_unchanged and rounds.history_due and rounds.history_due > services.now():
        return rounds.history_due
    is_whole: bool | None = await run_isolated(_catch_up(cluster, services), None, "past not read", cluster)
    if is_whole:
        await run_isolated(mark_overtaken(cluster, services), None, "overtaken cards keep their buttons", cluster)
    await run_isolated(end_unconfigured(services), None, "alerts of clusters that are not configured go on", cluster)
    # None: more of the past is to be read. What failed is tried again in the next slow round.
    return None if is_whole is False else services.now() + services.config.watch.slow_round


async def _catch_up(cluster: str, services: Services) -> bool | None:
    return await catch_up(cluster, services)


def _due(due_times: Mapping[Ref, datetime], episodes: Iterable[Episode], now: datetime) -> list[Ref]:
    """The runs to describe in this pass: those with an alert that are no longer listed, then those that are due,
    longest overdue first, then all others with an alert, as people watch those and act on them."""
    alerted = [episode.ref for episode in episodes if episode.is_open]
    unlisted = [ref for ref in alerted if ref not in due_times]
    ready = sorted((ref for ref, at in due_times.items() if at <= now), key=lambda ref: (due_times[ref], ref))
    return list(dict.fromkeys([*unlisted, *ready, *alerted]))


async def _entry(
    cluster: str, memory: ClusterRecord, described: PassDescriptions, services: Services, now: _PassTime
) -> JournalEntry:
    """Decides, and returns everything that this pass records."""
    fresh = tuple(failure for d in described.descriptions for failure in failures_of(d, now.there))
    refs = {d.execution.ref for d in described.descriptions} | {e.ref for e in memory.episodes}
    recorded = await services.journal.failures(refs)
    failures = {ref: joined(recorded.get(ref, ()), tuple(f for f in fresh if f.ref == ref)) for ref in refs}
    runs = [_described_run(d, memory, failures, services, now.there) for d in described.descriptions]
    runs += [_gone(episode) for episode in memory.episodes if episode.ref in described.gone]
    episodes = await _with_reopened(runs, memory.episodes, services)
    sequences = await observe_sequences(cluster, newly_alerting(runs, episodes), episodes, services)
    alerts = services.config.alerts
    rules = Rules(alerts.storm, alerts.remind_after, alerts.storm_within)
    this_pass = Pass(
        cluster, runs, episodes, failures, now.here, sequences.threads, sequences.left, ahead=now.here - now.there
    )
    changes = reconcile(this_pass, rules)
    observations = [o for d in described.descriptions for o in observations_of(d, memory.observations, now.there)]
    opens_alert = any(not episode.revision for episode in changes.episodes)
    ids = frozenset(episode.id for episode in memory.episodes)
    opened = Opened(cluster, now.here - alerts.storm_within, ids) if opens_alert else None
    seen = {cluster: now.here}
    return JournalEntry(fresh, tuple(observations), changes.episodes, changes.messages, seen, opened=opened)


async def _with_reopened(
    runs: Iterable[DescribedRun], episodes: Iterable[Episode], services: Services
) -> tuple[Episode, ...]:
    """Adds ended episodes, opened again, whose runs still need an alert: Temporal had lost the run and knows it
    again, or the sequence that had taken over the alert has ended before the run."""
    by_id = {episode.id: episode for episode in episodes}
    for run in newly_alerting(runs, (episode for episode in by_id.values() if episode.is_open)):
        ended = await services.journal.episode(episode_id(run.ref))
        if ended:
            by_id[ended.id] = replace(ended, ending=None, sequence=None)
    return tuple(by_id.values())


def _described_run(
    description: Description,
    memory: ClusterRecord,
    failures: Mapping[Ref, tuple[SeenFailure, ...]],
    services: Services,
    now: datetime,
) -> DescribedRun:
    execution, config = description.execution, services.config
    ref = execution.ref
    observations = [seen for seen in memory.observations if seen.ref == ref]
    patience = Patience(config.watch.stalled_after, config.watch.no_worker_after)
    assessment = assess(description, Past(observations, failures.get(ref, ())), patience, now)
    before = next((seen.details for seen in observations if seen.activity_id == assessment.activity_id), "")
    identity = services.recogniser.identify(execution)
    return DescribedRun(
        ref=ref,
        customer=identity.customer if identity else "",
        window=identity.window if identity else None,
        link=services.clusters[ref.cluster].engine.link(ref),
        started_at=execution.started_at,
        health=assessment.health,
        alert_reason=assessment.alert_reason,
        activity_id=assessment.activity_id,
        attempt=assessment.attempt,
        cancel_requested=description.cancel_requested,
        progress=assessment.progress.text,
        last_heartbeat_at=assessment.last_heartbeat_at,
        last_failure=assessment.last_failure,
        before=Progress.of(before).text,
        ending=_ENDINGS.get(execution.status),
    )


def _gone(episode: Episode) -> DescribedRun:
    """A run that Temporal no longer knows, as the episode last recorded it."""
    return DescribedRun(**episode.standing(), alert_reason=episode.alert_reason, ending=Ending.GONE)

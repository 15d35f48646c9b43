"""One pass of the watcher over one cluster: find, look at what is due, decide, record.

Listings lag, so they only find; every decision rests on a describe of this very pass. A cluster that does not
answer changes nothing: no alert opens or resolves because of silence. Nor does a pass overwrite what somebody has
done to an alert meanwhile: it leaves the decision to the next one.
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
from bot.model import Description, Ending, Entry, Episode, ExecutionStatus, Memory, Opened, Ref, SeenFailure
from bot.services import Services
from bot.usecases.observe.history import catch_up
from bot.usecases.watch.describe import Found, besides, describe_all, isolate_odd_runs
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
        """All runs are due now if the clock was set back since: otherwise they would wait until it has caught up."""
        return Rounds(is_silent=self.is_silent) if self.made_at and now < self.made_at else self


@dataclass(frozen=True, slots=True)
class _Now:
    """The moment of a pass by the bot's clock, and by that of the cluster's server."""

    here: datetime
    there: datetime


async def watch(cluster: str, rounds: Rounds, services: Services) -> Rounds:
    """Make one pass; returns when to look at what next. Raises Unavailable when the store does not answer."""
    now = services.now()
    rounds = rounds.valid_at(now)
    try:
        open_now = await services.clusters[cluster].engine.open_executions(services.config.workflow.types)
    except DependencyError as exc:
        if not rounds.is_silent:
            _log.warning("cluster does not answer", cluster=cluster, reason=str(exc))
        return replace(rounds, is_silent=True)
    if rounds.is_silent:
        _log.info("cluster answers again", cluster=cluster)
    # What is new waits from now on: it has its turn before what becomes due later, however much that is.
    waiting = {execution.ref: rounds.due.get(execution.ref, now) for execution in open_now}
    made = await _pass(cluster, waiting, services, now)
    return replace(made, history_due=await _past_due(cluster, waiting.keys(), rounds, services), made_at=now)


async def _pass(cluster: str, waiting: Mapping[Ref, datetime], services: Services, now: datetime) -> Rounds:
    """Look at what is due, decide, and record it; ``waiting`` is when each open run is due."""
    engine, config = services.clusters[cluster].engine, services.config.watch
    alerts = (await services.journal.memory(cluster, ())).episodes
    due = _due(waiting, alerts, now)[: config.describes_a_pass]
    memory = await services.journal.memory(cluster, due)
    found = await describe_all(engine, due, config.describes_at_once)
    # All that a run tells is by its server's clock; alerts, and when to look next, are by the bot's.
    ahead = await engine.ahead()
    try:
        odd = await isolate_odd_runs(found, partial(_conclude, cluster, memory, services, _Now(now, now - ahead)))
    except Conflict as exc:
        _log.info("pass overtaken", cluster=cluster, reason=str(exc))
        return Rounds(waiting)
    next_due = {d.execution.ref: next_look(d, now - ahead, config.slow_round) + ahead for d in found.descriptions}
    # One that cannot be described, or understood, stands in nobody's way.
    again = dict.fromkeys(found.unanswered | odd, now + config.every)
    return Rounds({ref: at for ref, at in {**waiting, **next_due, **again}.items() if ref in waiting})


async def _conclude(cluster: str, memory: Memory, services: Services, now: _Now, found: Found) -> None:
    """Decide, and record it. Raises Conflict when somebody was quicker; what was seen is recorded all the same."""
    # Looking takes seconds, in which people click: alerts as they are now, observations as they were before the look.
    since = now.here - services.config.alerts.storm_within
    memory = replace(memory, episodes=(await services.journal.memory(cluster, (), since)).episodes)
    entry = await _entry(cluster, memory, found, services, now)
    try:
        await services.journal.record(entry, now.here)
    except Conflict:
        # Temporal may have forgotten these by the next pass.
        await services.journal.record(Entry(failures=entry.failures, seen=entry.seen), now.here)
        raise


async def _past_due(cluster: str, open_refs: Collection[Ref], rounds: Rounds, services: Services) -> datetime | None:
    """Brings the ledger up to date when runs have begun or ended, and in slow rounds; tells when the next one is.
    Then it is also seen to alerts that no pass sees to."""
    is_unchanged = open_refs == rounds.due.keys()
    if is_unchanged and rounds.history_due and rounds.history_due > services.now():
        return rounds.history_due
    is_read: bool | None = await besides(_caught_up(cluster, services), None, "past not read", cluster)
    if is_read:
        await besides(mark_overtaken(cluster, services), None, "overtaken cards keep their buttons", cluster)
    await besides(end_unconfigured(services), None, "alerts of clusters that are not configured go on", cluster)
    # What failed has a slow round's time to mend itself.
    return None if is_read is False else services.now() + services.config.watch.slow_round


async def _caught_up(cluster: str, services: Services) -> bool | None:
    return await catch_up(cluster, services)


def _due(waiting: Mapping[Ref, datetime], episodes: Iterable[Episode], now: datetime) -> list[Ref]:
    """What to look at in this pass: alerts that left the listing, then what is due, longest overdue first.

    What else has an alert comes last: people watch it and act on it, so each pass should know of it.
    """
    alerted = [episode.ref for episode in episodes if episode.is_open]
    left = [ref for ref in alerted if ref not in waiting]
    ready = sorted((ref for ref, at in waiting.items() if at <= now), key=lambda ref: (waiting[ref], ref))
    return list(dict.fromkeys([*left, *ready, *alerted]))


async def _entry(cluster: str, memory: Memory, found: Found, services: Services, now: _Now) -> Entry:
    """Everything this pass has to record."""
    fresh = tuple(failure for d in found.descriptions for failure in failures_of(d, now.there))
    refs = {d.execution.ref for d in found.descriptions} | {e.ref for e in memory.episodes}
    known = await services.journal.failures(refs)
    failures = {ref: joined(known.get(ref, ()), tuple(f for f in fresh if f.ref == ref)) for ref in refs}
    looks = [_look_at(d, memory, failures, services, now.there) for d in found.descriptions]
    looks += [_gone(episode) for episode in memory.episodes if episode.ref in found.gone]
    episodes = await _with_returned(looks, memory.episodes, services)
    told = await observe_sequences(cluster, newly_alerting(looks, episodes), episodes, services)
    alerts = services.config.alerts
    rules = Rules(alerts.storm, alerts.remind_after, alerts.storm_within)
    seen_now = Pass(cluster, looks, episodes, failures, now.here, told.threads, told.left, ahead=now.here - now.there)
    changes = reconcile(seen_now, rules)
    observations = [o for d in found.descriptions for o in observations_of(d, memory.observations, now.there)]
    begun = any(not episode.revision for episode in changes.episodes)
    ids = frozenset(episode.id for episode in memory.episodes)
    opened = Opened(cluster, now.here - alerts.storm_within, ids) if begun else None
    seen = {cluster: now.here}
    return Entry(fresh, tuple(observations), changes.episodes, changes.messages, seen, opened=opened)


async def _with_returned(
    looks: Iterable[DescribedRun], remembered: Iterable[Episode], services: Services
) -> tuple[Episode, ...]:
    """The episodes, and with them ended ones whose runs still need an alert: Temporal had lost such a run and knows
    it again, or the sequence that had taken it over has ended before it. These episodes are open again."""
    known = {episode.id: episode for episode in remembered}
    for look in newly_alerting(looks, (episode for episode in known.values() if episode.is_open)):
        ended = await services.journal.episode(episode_id(look.ref))
        if ended:
            known[ended.id] = replace(ended, ending=None, sequence=None)
    return tuple(known.values())


def _look_at(
    description: Description,
    memory: Memory,
    failures: Mapping[Ref, tuple[SeenFailure, ...]],
    services: Services,
    now: datetime,
) -> DescribedRun:
    execution, config = description.execution, services.config
    ref = execution.ref
    observations = [seen for seen in memory.observations if seen.ref == ref]
    patience = Patience(config.watch.stalled_after, config.watch.no_worker_after)
    told = assess(description, Past(observations, failures.get(ref, ())), patience, now)
    before = next((seen.details for seen in observations if seen.activity_id == told.activity_id), "")
    identity = services.recogniser.identify(execution)
    return DescribedRun(
        ref=ref,
        customer=identity.customer if identity else "",
        window=identity.window if identity else None,
        link=services.clusters[ref.cluster].engine.link(ref),
        started_at=execution.started_at,
        health=told.health,
        alert_reason=told.alert_reason,
        activity_id=told.activity_id,
        attempt=told.attempt,
        cancel_requested=description.cancel_requested,
        progress=told.progress.text,
        last_heartbeat_at=told.last_heartbeat_at,
        last_failure=told.last_failure,
        before=Progress.of(before).text,
        ending=_ENDINGS.get(execution.status),
    )


def _gone(episode: Episode) -> DescribedRun:
    """The last that is known of a run that Temporal has forgotten."""
    return DescribedRun(**episode.standing(), alert_reason=episode.alert_reason, ending=Ending.GONE)

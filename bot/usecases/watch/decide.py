"""Decides what a pass records about described runs. Gathers the failures, episodes and sequences that it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.closed_alerts import is_left_to_history
from bot.fleet.alerts.reconcile import Pass, newly_alerting, reconcile
from bot.fleet.notifications.keys import episode_id
from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.observation import DescribedRun, by_run, failures_of, joined, observations_of
from bot.model import (
    ClusterRecord,
    Ending,
    Episode,
    JournalEntry,
    Opened,
    Ref,
    SeenFailure,
)
from bot.services import Services
from bot.usecases.group_mates import group_mates
from bot.usecases.watch.alert_campaigns import alert_campaigns
from bot.usecases.watch.describe import PassDescriptions, PassTime
from bot.usecases.watch.described_runs import Recalled, gone_run, judged_runs, with_pollers
from bot.usecases.watch.families import DescribedRuns, top_runs
from bot.usecases.watch.sequences import Alerting, ObservedSequences, observe_sequences
from bot.usecases.watch.state import WatchState, alert_rules
from bot.usecases.watch.suggested_windows import with_suggested_windows
from bot.usecases.watch.task_failures import with_task_failures

_log = structlog.get_logger(__name__)


async def decide(
    memory: ClusterRecord, described: PassDescriptions, state: WatchState, services: Services, now: PassTime
) -> JournalEntry:
    """Everything that this pass records."""
    cluster = state.cluster
    memory = replace(memory, episodes=_with_chains(memory.episodes, described))
    fresh = tuple(failure for d in described.descriptions for failure in failures_of(d, now.there))
    recalled = await _recall(memory, described, fresh, services)
    if fresh or memory.episodes:
        await _ask_what_is_offered(state, services)
    runs = await judged_runs(described, recalled, state, services, now.there)
    runs = await with_pollers(runs, state, services)
    runs = await with_task_failures(runs, memory.episodes, state, services)
    runs += [gone_run(episode) for episode in memory.episodes if episode.ref in described.gone]
    tops = top_runs(DescribedRuns(runs, recalled.failures), described, memory.episodes, state, services)
    runs = _without_left(tops.runs, described, memory.episodes, cluster, services)
    runs, episodes = await _with_earlier(runs, memory.episodes, services, now)
    runs = await _with_starts(runs, episodes, cluster, services)
    executions = {d.execution.ref: d.execution for d in described.descriptions}
    alerting = [Alerting(run, executions.get(run.ref)) for run in newly_alerting(runs, episodes)]
    sequences = await _sequences(alerting, episodes, state, services)
    ahead = now.here - now.there
    this_pass = Pass(cluster, runs, episodes, tops.failures, now.here, sequences.threads, sequences.left, ahead=ahead)
    earlier = await _earlier_firings(runs, episodes, services)
    this_pass = replace(this_pass, apart=sequences.apart, earlier_firings=earlier)
    campaigns = await alert_campaigns(newly_alerting(runs, episodes), executions, services)
    this_pass = replace(this_pass, campaigns=campaigns)
    this_pass = replace(this_pass, runs=await with_suggested_windows(this_pass, services))
    changes = reconcile(this_pass, alert_rules(cluster, services))
    opens_alert = any(not episode.revision for episode in changes.episodes)
    ids = frozenset(episode.id for episode in memory.episodes)
    opened = Opened(cluster, now.here - services.config.alerts.storm_within, ids) if opens_alert else None
    observations = tuple(
        seen
        for d in described.descriptions
        for seen in observations_of(d, recalled.observations.get(d.execution.ref, ()), now.there)
    )
    return JournalEntry(fresh, observations, changes.episodes, changes.messages, {cluster: now.here}, opened=opened)


def _without_left(
    runs: Iterable[DescribedRun],
    described: PassDescriptions,
    episodes: Iterable[Episode],
    cluster: str,
    services: Services,
) -> list[DescribedRun]:
    """The cluster's runs, without those that are left to the run history. A run is left to it if runs of this type
    fill days, and if the history decides about the run's alert (``is_left_to_history``)."""
    alerts = {episode.chain: episode for episode in episodes if episode.is_open}
    types = {d.execution.ref: d.execution.workflow_type for d in described.descriptions}
    counted, switched_on = services.config.counted_types(cluster), services.config.reasons_on(cluster).switched_on

    def is_left(run: DescribedRun) -> bool:
        return types.get(run.ref) in counted and is_left_to_history(run, alerts.get(run.chain), switched_on)

    return [run for run in runs if not is_left(run)]


async def _recall(
    memory: ClusterRecord, described: PassDescriptions, fresh: Iterable[SeenFailure], services: Services
) -> Recalled:
    """What is recorded about these runs. If a run has an open alert, and this alert was also about earlier links of
    the run's chain, the failures of those links count as failures of the run."""
    links = _earlier_links(memory.episodes, described)
    recorded = await services.journal.failures([*described.refs, *(ref for refs in links.values() for ref in refs)])
    by_ref = by_run(fresh)
    failures = {
        ref: joined(
            [seen for link in (*links.get(ref, ()), ref) for seen in recorded.get(link, ())], by_ref.get(ref, ())
        )
        for ref in described.refs
    }
    return Recalled(by_run(memory.observations), failures)


async def _ask_what_is_offered(state: WatchState, services: Services) -> None:
    """Note whether the server can give activities more time and reset them; the adapter caches the answers. If the
    server does not answer, what was noted last stays."""
    control = services.clusters[state.cluster].control
    try:
        state.offers_more_time = await control.offers_heartbeat_timeouts()
        state.offers_resets = await control.offers_resets()
    except DependencyError as exc:
        _log.info("what can be done with activities is not known", cluster=state.cluster, reason=str(exc))


def _earlier_links(episodes: Iterable[Episode], described: PassDescriptions) -> Mapping[Ref, Sequence[Ref]]:
    """For each described run whose chain has an open alert: the earlier links of the chain that are recorded with the
    alert (``Episode.runs``)."""
    chains = {episode.chain: episode.runs for episode in episodes if episode.is_open}
    runs = (description.execution for description in described.descriptions)
    return {run.ref: sorted(chains[chain_key(run)] - {run.ref}) for run in runs if chain_key(run) in chains}


def _with_chains(episodes: Iterable[Episode], described: PassDescriptions) -> tuple[Episode, ...]:
    """The episodes with their chains. Alerts that an earlier version of the bot opened lack the chain. Such an alert
    gets the chain of the link that was described in place of its run (``PassDescriptions.followed``); without such a
    link, it stays as it is."""
    followed = described.followed
    return tuple(
        replace(episode, first_run_id=followed[episode.ref]) if episode.ref in followed else episode
        for episode in episodes
    )


async def _with_starts(
    runs: Sequence[DescribedRun], episodes: Iterable[Episode], cluster: str, services: Services
) -> list[DescribedRun]:
    """The same runs. A run that newly needs an alert gets the start time of its chain, if the run history has that
    time."""
    late = {run.chain: run for run in newly_alerting(runs, episodes) if run.chain != run.ref}
    if not late:
        return list(runs)
    try:
        recorded = await services.ledger.recall(cluster)
    except DependencyError as exc:
        _log.warning("run history not read", cluster=cluster, reason=str(exc))
        return list(runs)
    starts = {run.ref: run.started_at for run in recorded.executions if run.ref in late}
    return [replace(run, started_at=starts.get(run.chain, run.started_at)) for run in runs]


async def _sequences(
    alerting: Sequence[Alerting], episodes: Iterable[Episode], state: WatchState, services: Services
) -> ObservedSequences:
    """The open sequences. The cluster is asked for them once after each listing, and whenever a run newly needs an
    alert."""
    if state.sequences is None or alerting or not state.is_recorded:
        state.sequences = await observe_sequences(state.cluster, alerting, episodes, services)
        return state.sequences
    return replace(state.sequences, left={})


async def _with_earlier(
    runs: Sequence[DescribedRun], episodes: Iterable[Episode], services: Services, now: PassTime
) -> tuple[list[DescribedRun], tuple[Episode, ...]]:
    """The runs and the episodes. A run that newly needs an alert has the number of its earlier alerts. An ended
    episode whose run still needs an alert is opened again: either Temporal had lost the run and now knows it again,
    or the sequence that took over the alert has ended before the run. Trouble that had passed and comes back gets a
    new episode. An episode that has ended since the run was described stays as it is."""
    by_id = {episode.id: episode for episode in episodes}
    recurrences: dict[Ref, int] = {}
    reopened: list[Episode] = []
    for run in newly_alerting(runs, (episode for episode in by_id.values() if episode.is_open)):
        ended = await services.journal.episode(episode_id(run.ref))
        while ended and ended.ending is Ending.RECOVERED:
            recurrences[run.ref] = ended.recurrence + 1
            ended = await services.journal.episode(episode_id(run.ref, ended.recurrence + 1))
        if ended and ended.ended_at and now.here < ended.ended_at <= services.now():
            by_id[ended.id] = ended
        elif ended:
            reopened.append(ended)
    mates = {mate.id: mate for mate in await group_mates(reopened, services)}
    by_id = mates | by_id | {each.id: replace(each, ending=None, sequence=None) for each in reopened}
    counted = [replace(run, recurrence=recurrences.get(run.ref, 0)) for run in runs] if recurrences else list(runs)
    return counted, tuple(by_id.values())


async def _earlier_firings(
    runs: Sequence[DescribedRun], episodes: Iterable[Episode], services: Services
) -> Mapping[Ref, Episode]:
    """For each firing of a cron schedule that newly needs an alert, the latest alert about its schedule."""
    firings = [run for run in newly_alerting(runs, episodes) if run.is_later_firing]
    latest = {run.ref: await services.journal.latest_episode(run.ref.cluster, run.ref.workflow_id) for run in firings}
    return {ref: episode for ref, episode in latest.items() if episode}

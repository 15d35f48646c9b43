"""Decides what one pass over a cluster changes in its alerts. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from bot.fleet.alerts.answers import answered_before
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.alerts.episodes import (
    Step,
    card,
    is_handed_over,
    new_episode,
    update_episode,
    with_facts,
)
from bot.fleet.alerts.handed_over import release_from_sequence, released
from bot.fleet.alerts.reminders import with_reminders
from bot.fleet.alerts.storms import AlertGroup, join_groups, storm_cards
from bot.fleet.campaigns.membership import AlertCampaigns
from bot.fleet.notifications.keys import card_key, is_within_sequence
from bot.fleet.runs.alert_reasons import is_left_to_sequences
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    TO_TEAM,
    AlertReason,
    Ending,
    Episode,
    OutboxMessage,
    Ref,
    Route,
    RoutingRule,
    SeenFailure,
    route_of,
)

Failures = Mapping[Ref, tuple[SeenFailure, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """Alerts of several customers within ``storm_within`` share a message. With more than ``storm`` customers, that
    message suggests a common cause. After ``remind_after``, the channel is reminded of an alert that nobody has
    acknowledged. ``routing`` says where new alerts go. An alert ends if its reason is not ``switched_on`` and its run
    has no other reason."""

    storm: int
    remind_after: timedelta
    storm_within: timedelta = timedelta(minutes=10)
    routing: tuple[RoutingRule, ...] = ()
    switched_on: Collection[AlertReason] = frozenset(AlertReason)


@dataclass(frozen=True, slots=True)
class Changes:
    """Changed episodes, and the messages to post or edit, in order."""

    episodes: tuple[Episode, ...]
    messages: tuple[OutboxMessage, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """The input of one pass over ``cluster``.

    ``remembered`` holds the cluster's open episodes, the ended ones that share their message with an open one, and
    all that opened a short while ago. ``runs`` holds the runs that this pass has described. Alerts of other runs stay
    as they are. ``failures`` has the known failures of each run. ``threads`` maps each customer with an open sequence
    to the outbox key of that sequence's thread. It is None when the open sequences are not known. ``apart`` are runs
    that no open sequence of their customer has started, follows or cancels. ``ahead`` is how far the bot's clock,
    from which ``now`` comes, is ahead of the cluster's. ``earlier_firings`` maps a run that a cron schedule has begun
    to the latest alert about an earlier run of that schedule. ``campaigns`` maps a run that newly needs an alert to
    its campaigns; empty if nothing depends on campaigns. ``left`` maps an episode's id to how its sequence ended, if
    the sequence has not reported its end to the episode.
    """

    cluster: str
    runs: Sequence[DescribedRun]
    remembered: Sequence[Episode]
    failures: Failures
    now: datetime
    threads: Mapping[str, str] | None = field(default_factory=dict)
    left: Mapping[str, Ending] = field(default_factory=dict)
    apart: Collection[Ref] = frozenset()
    ahead: timedelta = timedelta(0)
    earlier_firings: Mapping[Ref, Episode] = field(default_factory=dict)
    campaigns: Mapping[Ref, AlertCampaigns] = field(default_factory=dict)

    def sequence_thread(self, run: DescribedRun) -> str:
        """The outbox key of the thread of the sequence that deals with the trouble of this run; "" if none does."""
        if run.ref in self.apart or not is_left_to_sequences(run.alert_reason):
            return ""
        return (self.threads or {}).get(run.customer, "")


def reconcile(seen: Pass, rules: Rules) -> Changes:
    """What this pass changes: it opens an alert for each run that newly needs one, updates the alerts that are open,
    and reminds people of those that nobody has answered."""
    runs = RunsByChain.of(seen.runs)
    fresh = newly_alerting(seen.runs, seen.remembered)
    routes = {run.ref: _route(run, seen, rules) for run in fresh}
    apart = [(run, routes[run.ref]) for run in fresh if not seen.sequence_thread(run)]
    lasting = _lasting(runs, seen, rules) if apart else frozenset()
    group = join_groups(apart, seen.remembered, lasting, seen.now, rules.storm_within)
    before = {episode.id: episode for episode in seen.remembered}
    updated = [_update(e, runs, seen, rules) if e.is_open else Step(e) for e in group.remembered]
    updated = with_reminders(updated, partial(_is_driven, seen=seen), rules.remind_after, seen.now)
    steps = [*(_with_own_card(step, before) for step in updated), *_open(fresh, routes, seen, group)]
    changed = tuple(step.episode for step in steps if step.messages or step.episode != before.get(step.episode.id))
    firsts, roots = storm_cards(seen.remembered, changed, rules.storm)
    return Changes((*changed, *firsts), (*roots, *(message for step in steps for message in step.messages)))


@dataclass(frozen=True, slots=True)
class RunsByChain:
    """The described runs of one pass. ``by_run`` has each run by its ref. ``latest`` has one run for each chain: the
    open link, or else the latest one."""

    by_run: Mapping[Ref, DescribedRun]
    latest: Mapping[Ref, DescribedRun]

    @classmethod
    def of(cls, runs: Iterable[DescribedRun]) -> Self:
        """Index the described runs by run and by chain."""
        ordered = sorted(runs, key=lambda run: (run.ending is None, run.started_at))
        return cls({run.ref: run for run in ordered}, {run.chain: run for run in ordered})

    def about(self, episode: Episode) -> DescribedRun | None:
        """The latest description of the alert's chain; None if this pass has none. An alert that an earlier version
        opened knows only its run, not its chain."""
        return self.latest.get(self.chain_of(episode))

    def chain_of(self, episode: Episode) -> Ref:
        """The chain of the alert's run, as this pass described that run. If the pass did not, the chain that the
        alert has stored."""
        own = self.by_run.get(episode.ref)
        return own.chain if own else episode.chain


def newly_alerting(runs: Sequence[DescribedRun], known: Iterable[Episode]) -> list[DescribedRun]:
    """The open runs that newly need an alert: ``known`` has no episode of the run, and no open episode of its
    chain. Trouble that had passed and comes again needs a new alert."""
    troubled = [run for run in runs if run.ending is None and run.alert_reason is not None]
    if not troubled:
        # This shortcut saves time: of thousands of runs, most are healthy.
        return []
    by_chain, episodes = RunsByChain.of(runs), tuple(known)
    refs = {episode.ref for episode in episodes if episode.is_open or not _may_recur(episode)}
    chains = {by_chain.chain_of(episode) for episode in episodes if episode.is_open}
    return [run for run in troubled if run.ref not in refs and run.chain not in chains]


def _may_recur(episode: Episode) -> bool:
    """Whether the same trouble of the same run may come again after this alert has ended."""
    return episode.ending is Ending.RECOVERED or episode.alert_reason in CLOSED_REASONS


def _update(episode: Episode, runs: RunsByChain, seen: Pass, rules: Rules) -> Step:
    run = runs.about(episode)
    failures = seen.failures.get(run.ref, ()) if run else ()
    if run is None:
        return released(episode, seen.now) if episode.id in seen.left and _is_of_closed(episode) else Step(episode)
    if _is_switched_off(episode, run, rules):
        return update_episode(episode, replace(run, ending=Ending.UNWATCHED), failures, seen.now)
    if episode.id in seen.left or (_is_of_other_work(episode) and run.ending is None):
        return release_from_sequence(episode, run, seen.left.get(episode.id, Ending.GONE), failures, seen.now)
    return update_episode(episode, _with_sequence_cancel(run, episode, seen), failures, seen.now)


def _lasting(runs: RunsByChain, seen: Pass, rules: Rules) -> frozenset[str]:
    """The ids of the alerts that this pass leaves open."""
    still_open = (e for e in seen.remembered if e.is_open and _update(e, runs, seen, rules).episode.is_open)
    return frozenset(episode.id for episode in still_open)


def _is_of_closed(episode: Episode) -> bool:
    """Whether the alert is about closed runs. No pass describes these, so the run history decides when the alert
    ends."""
    return episode.alert_reason in CLOSED_REASONS


def _is_switched_off(episode: Episode, run: DescribedRun, rules: Rules) -> bool:
    """Whether to end the alert because its reason was switched off, and its run has no other reason for an alert.
    False if the run has ended or a sequence has taken the alert over: then the alert ends with the run or the
    sequence."""
    has_own_end = run.ending is not None or episode.sequence is not None
    return episode.alert_reason not in rules.switched_on and run.alert_reason is None and not has_own_end


def _is_of_other_work(episode: Episode) -> bool:
    """Whether a sequence that has nothing to do with the run has taken the alert over. In earlier versions, sequences
    took over all alerts of their customers."""
    return episode.sequence is not None and not is_handed_over(episode) and not is_within_sequence(episode)


def _with_sequence_cancel(run: DescribedRun, episode: Episode, seen: Pass) -> DescribedRun:
    """The run, marked as cut short if it is a cancelled window of an open sequence. The sequence itself cancelled the
    run, to halve the window or to stop."""
    is_its_own = is_within_sequence(episode) and episode.customer in (seen.threads or {})
    return replace(run, ending=Ending.CUT_SHORT) if run.ending is Ending.CANCELLED and is_its_own else run


def _is_driven(episode: Episode, seen: Pass) -> bool:
    """Whether a sequence takes care of the episode, or may do so, or will when its turn in the queue comes. Such an
    episode has no reminders."""
    if episode.sequence is not None or episode.is_queued:
        return True
    return is_within_sequence(episode) and (seen.threads is None or episode.customer in seen.threads)


def _route(run: DescribedRun, seen: Pass, rules: Rules) -> Route:
    """The route of a new alert about this run. A run without a reason opens no alert; for it the result is
    ``TO_TEAM``."""
    names = seen.campaigns.get(run.ref, AlertCampaigns()).names
    return route_of(seen.cluster, run.alert_reason, rules.routing, names) if run.alert_reason else TO_TEAM


def _open(fresh: Sequence[DescribedRun], routes: Mapping[Ref, Route], seen: Pass, group: AlertGroup) -> list[Step]:
    """New episodes. Each is in the thread of the customer's open sequence, or else in that of its group, or else in
    its own."""
    steps: list[Step] = []
    for run in fresh:
        thread = seen.sequence_thread(run)
        root, first = (thread, "") if thread else (group.root_key(run), group.first(run))
        failures = seen.failures.get(run.ref, ())
        step = new_episode(run, failures, seen.now, root, first)
        campaign = seen.campaigns.get(run.ref, AlertCampaigns()).acts_in
        step = with_facts(step, routes[run.ref], seen.ahead, campaign)
        steps.append(answered_before(step, seen.earlier_firings.get(run.ref), seen.now))
    return steps


def _with_own_card(step: Step, before: Mapping[str, Episode]) -> Step:
    """The step. If the first message of the alert has become the message of its group, the step also has a message
    for this alert alone, in the thread."""
    episode = step.episode
    old = before.get(episode.id)
    if (
        old is None
        or old.group == episode.group
        or any(message.key == card_key(episode) for message in step.messages)
    ):
        return step
    return Step(episode, (card(episode), *step.messages))

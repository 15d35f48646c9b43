"""What the alerts about closed runs show now. Pure.

A customer has one such alert. It follows the worst trouble of all closed runs of the customer, and ends when none is
left.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.fleet.alerts.closed_runs import CLOSED_REASONS, ClosedTrouble, is_end_unread
from bot.fleet.alerts.episodes import is_handed_over
from bot.fleet.notifications.keys import is_within_sequence
from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.observation import DescribedRun
from bot.fleet.runs.run import AGE, Run
from bot.model import AlertReason, Ending, Episode, ExecutionStatus, Health, Ref, Window
from bot.model.coverage import missing

# If a run ended like this, and the reason is switched on, the run history decides about the run's alert.
_LEFT: dict[Ending | None, AlertReason] = {
    Ending.FAILED: AlertReason.FAILED,
    Ending.TERMINATED: AlertReason.FAILED,
    Ending.IN_DOUBT: AlertReason.IN_DOUBT,
}
_HOW_RUNS_END = {
    ExecutionStatus.FAILED: Ending.FAILED,
    ExecutionStatus.TIMED_OUT: Ending.FAILED,
    ExecutionStatus.TERMINATED: Ending.TERMINATED,
}


@dataclass(frozen=True, slots=True)
class ClosedRuns:
    """The facts that decide about the alerts of a cluster's closed runs. ``runs`` are all runs of the cluster, one
    for each chain. ``troubles`` are what needs a person in these runs. ``switched_on`` are the reasons for which the
    configuration allows alerts. ``unsure`` are customers or workflow ids about which nothing is decided now, because
    another run of theirs may not be listed yet. ``of_closed`` are the runs whose campaigns are all closed."""

    runs: Sequence[Run]
    troubles: Sequence[ClosedTrouble]
    switched_on: Collection[AlertReason]
    unsure: Collection[str] = ()
    of_closed: Collection[Ref] = ()


def is_left_to_history(run: DescribedRun, alert: Episode | None, switched_on: Collection[AlertReason]) -> bool:
    """Whether the run history decides about the alert of this run, instead of the description ``run``.

    False if there is no alert, or if the alert belongs to a sequence. Such an alert ends with the sequence that has
    taken it over, or with the window that it is about.

    True if the alert has one of the ``CLOSED_REASONS``, and ``run`` has ended or is the run that the alert names. The
    history has then already seen the run of the alert end, so a description that shows this run as open is out of
    date. Also True if ``_LEFT`` maps the ending of ``run`` to a reason that is switched on.
    """
    if alert is None or _is_of_sequence(alert):
        return False
    if alert.alert_reason in CLOSED_REASONS and (run.ending is not None or run.ref == alert.ref):
        return True
    return run.ending in _LEFT and _LEFT[run.ending] in switched_on


def describe_closed(
    closed: ClosedRuns, episodes: Iterable[Episode], link: Callable[[Ref], str]
) -> list[DescribedRun]:
    """Descriptions from which the alerts are updated: one for each open alert about closed runs, with what the alert
    has to show now; and one for each trouble without an alert, from which a new alert opens. ``link`` gives a run's
    address in Temporal's web interface."""
    by_chain = {chain_key(run.execution): run for run in closed.runs}
    alerts: dict[str, list[Episode]] = {}
    for episode in episodes:
        run = by_chain.get(episode.chain)
        if episode.name not in closed.unsure and _is_about_closed(episode, run, closed.switched_on):
            alerts.setdefault(episode.name, []).append(episode)
    described_runs: list[DescribedRun] = []
    for trouble in closed.troubles:
        if trouble.run.name in closed.unsure:
            continue
        own = alerts.pop(trouble.run.name, [])
        first = min(own, key=lambda alert: alert.alert_reason not in CLOSED_REASONS, default=None)
        described_runs.append(_described_trouble(trouble, first, link))
        described_runs += [_ended(alert, closed, by_chain) for alert in own if alert is not first]
    return described_runs + [_ended(alert, closed, by_chain) for own in alerts.values() for alert in own]


def _is_about_closed(alert: Episode, run: Run | None, switched_on: Collection[AlertReason]) -> bool:
    """Whether the run history decides about this alert. False if the alert is over or belongs to a sequence.
    Otherwise, True if the alert has one of the ``CLOSED_REASONS``. Also True if the history already knows how the
    latest run of the alert ended, and ``_LEFT`` maps that ending to a reason that is switched on. ``run`` is what the
    history has of the alert's chain, which may be out of date; None if it has nothing."""
    if not alert.is_open or _is_of_sequence(alert):
        return False
    if alert.alert_reason in CLOSED_REASONS:
        return True
    is_known = run is not None and run.execution.ref == alert.ref and not is_end_unread(run)
    return is_known and run is not None and _LEFT.get(_how_ended(run)) in switched_on


def _is_of_sequence(alert: Episode) -> bool:
    return is_handed_over(alert) or is_within_sequence(alert)


def _described_trouble(trouble: ClosedTrouble, alert: Episode | None, link: Callable[[Ref], str]) -> DescribedRun:
    """The trouble as a description of its run. If the customer already has an ``alert``, the description names the
    run of that alert instead, so that the alert goes on."""
    run, days = trouble.run, trouble.days
    ref = run.execution.ref
    described = DescribedRun(
        ref=ref,
        customer=run.identity.customer if run.identity else "",
        window=Window(days[0].start, days[-1].end) if days else run.window,
        link=link(ref),
        started_at=run.started_at,
        first_run_id=run.execution.first_run_id,
        health=Health.HEALTHY,
        attempt=1,
        cancel_requested=False,
        progress="",
        last_heartbeat_at=None,
        last_failure=None,
        alert_reason=trouble.reason,
        facts=trouble.facts,
    )
    return replace(described, ref=alert.ref, first_run_id=alert.first_run_id) if alert else described


def _ended(alert: Episode, closed: ClosedRuns, by_chain: dict[Ref, Run]) -> DescribedRun:
    """The description that ends the alert. If the ending would be ``REPLACED``, but all campaigns of the alert's run
    are closed, the alert ends as ``UNWATCHED``, because its campaign was closed (``ended_with_campaign``)."""
    run = by_chain.get(alert.chain)
    ending = _ending(alert, closed, run)
    over = DescribedRun(**alert.standing(), alert_reason=alert.alert_reason, ending=ending)
    if ending is Ending.REPLACED and run and run.execution.ref in closed.of_closed:
        return replace(over, ending=Ending.UNWATCHED, ended_with_campaign=True)
    return over


def _ending(alert: Episode, closed: ClosedRuns, run: Run | None) -> Ending:
    if alert.alert_reason not in CLOSED_REASONS:
        return (_how_ended(run) if run else None) or Ending.GONE
    if alert.alert_reason not in closed.switched_on:
        return Ending.UNWATCHED
    campaigns = run.campaigns if run else ()
    own = [each for each in closed.runs if each.name == alert.name and each.is_of(campaigns)]
    if alert.window is None:
        latest = max(own, key=AGE, default=None)
        is_complete = latest is not None and latest.is_completed
    else:
        is_complete = not missing(alert.window, (days for run in own for days in run.complete_days))
    return Ending.COMPLETED if is_complete else Ending.REPLACED


def _how_ended(run: Run) -> Ending | None:
    return Ending.IN_DOUBT if run.doubts else _HOW_RUNS_END.get(run.execution.status)

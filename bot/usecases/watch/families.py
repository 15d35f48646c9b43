"""Also describes the workflows below the runs of a cluster. Their health counts for the topmost runs.

A run that is below another watched run has no alert of its own, except one that is already open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.fleet.runs.children import DescribedChild, failures_shown, with_children
from bot.fleet.runs.deadlines import NextDescribe
from bot.fleet.runs.observation import DescribedRun
from bot.model import Child, Description, Episode, Execution, Ref, SeenFailure
from bot.services import Services
from bot.usecases.watch.describe import PassDescriptions
from bot.usecases.watch.state import WatchState, due_at


@dataclass(frozen=True, slots=True)
class DescribedRuns:
    """Runs as described, and the failures seen of each."""

    runs: Sequence[DescribedRun]
    failures: Mapping[Ref, tuple[SeenFailure, ...]]


def learn_children(described: PassDescriptions, state: WatchState, now: datetime) -> None:
    """Queue the new children that open runs report, so that they are described."""
    for description in described.descriptions:
        if description.execution.status.is_open:
            for child in state.families.learn(description):
                state.queue.put(child, NextDescribe(now, is_below=True))


def top_runs(
    pass_runs: DescribedRuns,
    described: PassDescriptions,
    episodes: Iterable[Episode],
    state: WatchState,
    services: Services,
) -> DescribedRuns:
    """The runs that may have an alert, with the health of the workflows below them and the failures that their alerts
    show."""
    executions = {description.execution.ref: description.execution for description in described.descriptions}
    alerts = {episode.chain: episode for episode in episodes if episode.is_open}
    above = _Above.of(state, described.descriptions)
    tops: list[DescribedRun] = []
    for run in pass_runs.runs:
        execution = executions.get(run.ref)
        if execution is None or not above.has(execution):
            tops.append(run)
            continue
        has_alert = run.chain in alerts
        if run.ref in state.families:
            _keep(execution, replace(run, alert_reason=None) if has_alert else run, pass_runs, state, services)
        if has_alert:
            tops.append(run)
    joined = [_with_children(run, alerts.get(run.chain), state) for run in tops]
    shown = {run.ref: failures_shown(run, state.families.below(run.ref).described) for run in joined if run.children}
    failures = {ref: (*pass_runs.failures.get(ref, ()), *of_child) for ref, of_child in shown.items()}
    return DescribedRuns(joined, {**pass_runs.failures, **failures})


def reschedule_families(described: PassDescriptions, state: WatchState, now: datetime) -> None:
    """Drop the children of ended runs. Make those runs due whose alerts have to be decided again because something
    below them has changed."""
    for description in described.descriptions:
        if not description.execution.status.is_open and not description.execution.status.continues:
            state.families.end(description.execution.ref)
    for ref in described.gone:
        state.families.lose(ref)
        state.families.end(ref)
    for ref in state.families.take_changed(state.queue.refs):
        state.queue.put(ref, due_at(now))


@dataclass(frozen=True, slots=True)
class _Above:
    """Tells whether a run is below a watched run. Also looks at the parent that the run itself names, because a child
    may be listed and described before its parent has reported it."""

    state: WatchState
    names: frozenset[str]
    run_ids: frozenset[str]

    @classmethod
    def of(cls, state: WatchState, descriptions: Iterable[Description]) -> "_Above":
        """Collects all watched runs if at least one of the descriptions may be of a run below another run. Otherwise
        collects none, because ``has`` is then False for every described run."""
        if not any(d.execution.parent_run_id or d.execution.ref in state.families for d in descriptions):
            return cls(state, frozenset(), frozenset())
        refs = state.queue.refs
        return cls(state, frozenset(ref.workflow_id for ref in refs), frozenset(ref.run_id for ref in refs))

    def has(self, run: Execution) -> bool:
        """Whether a watched run is above this one."""
        if run.ref in self.state.families:
            return self.state.families.top_of(run.ref.workflow_id) in self.names
        return run.parent_run_id != "" and run.parent_run_id in self.run_ids


def _keep(
    execution: Execution, run: DescribedRun, pass_runs: DescribedRuns, state: WatchState, services: Services
) -> None:
    identity = services.recogniser.own_identity(execution)
    child = Child(run.ref.workflow_id, identity.window if identity else None)
    if state.families.update(run.ref, DescribedChild(child, run, pass_runs.failures.get(run.ref, ()))):
        state.queue.put(replace(run.ref, run_id=""), NextDescribe(services.now(), is_below=True))


def _with_children(run: DescribedRun, alert: Episode | None, state: WatchState) -> DescribedRun:
    below = state.families.below(run.ref)
    state.families.decided(run.ref)
    return with_children(run, below.described, below.undescribed, alert)

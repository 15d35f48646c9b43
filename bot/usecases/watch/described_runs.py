"""Turns each description into the facts that decide about an alert: the run's health, and why it needs a person."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import structlog

from bot.errors import DependencyError
from bot.fleet.proposals.reset import resettable_attempt
from bot.fleet.proposals.timeout import more_time
from bot.fleet.runs.alert_reasons import alert_facts, worst_reason
from bot.fleet.runs.assessment import Patience
from bot.fleet.runs.health import Past, assess
from bot.fleet.runs.heartbeat import Progress
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    AlertReason,
    Description,
    Ending,
    Episode,
    ExecutionStatus,
    Observation,
    Ref,
    SeenFailure,
    TaskKind,
)
from bot.model.execution import CRON_HINT
from bot.services import Services
from bot.usecases.campaigns.scope import is_over
from bot.usecases.observe.claims import doubt_about
from bot.usecases.watch.describe import PassDescriptions
from bot.usecases.watch.state import WatchState

# To judge this many runs takes some milliseconds.
SLICE = 25

_log = structlog.get_logger(__name__)

_ENDINGS = {
    ExecutionStatus.COMPLETED: Ending.COMPLETED,
    ExecutionStatus.CANCELLED: Ending.CANCELLED,
    ExecutionStatus.TERMINATED: Ending.TERMINATED,
    ExecutionStatus.FAILED: Ending.FAILED,
    ExecutionStatus.TIMED_OUT: Ending.FAILED,
    ExecutionStatus.CONTINUED_AS_NEW: Ending.CONTINUED,
}


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was recorded about the described runs before this pass; and all their failures, including those seen in
    this pass."""

    observations: Mapping[Ref, Sequence[Observation]]
    failures: Mapping[Ref, tuple[SeenFailure, ...]]


@dataclass(frozen=True, slots=True)
class _PassRules:
    """What decides about the runs of a pass and is the same for all of them."""

    patience: Patience
    switched_on: Collection[AlertReason]
    offers_more_time: bool
    offers_resets: bool

    @classmethod
    def of(cls, state: WatchState, services: Services) -> Self:
        """The rules for a pass over the cluster of this state."""
        watch, reasons = services.config.watch, services.config.reasons_on(state.cluster)
        patience = Patience(watch.stalled_after, watch.no_worker_after, reasons.retrying.retries)
        return cls(patience, reasons.switched_on, state.offers_more_time, state.offers_resets)


async def judged_runs(
    described: PassDescriptions, recalled: Recalled, state: WatchState, services: Services, now: datetime
) -> list[DescribedRun]:
    """The runs as described. The result leaves out a completed run as long as the bot does not know whether something
    speaks against the run. The run's alert then stays open, so the bot describes the run again. After each ``SLICE``
    of runs, other tasks get their turn on the event loop."""
    runs: list[DescribedRun] = []
    rules = _PassRules.of(state, services)
    for number, description in enumerate(described.descriptions, start=1):
        run = _described_run(description, recalled, rules, services, now)
        try:
            # If a run has completed and something speaks against it, its alert ends as in doubt.
            is_in_doubt = await doubt_about(description.execution, services) is not None
        except DependencyError as exc:
            _log.info("not known yet how a run completed", workflow_id=run.ref.workflow_id, reason=str(exc))
        else:
            runs.append(replace(run, ending=Ending.IN_DOUBT) if is_in_doubt else run)
        if number % SLICE == 0:
            await asyncio.sleep(0)
    return runs


async def with_pollers(runs: Sequence[DescribedRun], state: WatchState, services: Services) -> list[DescribedRun]:
    """The runs. Each that waits for a worker has the number of workers that poll its task queue. Temporal is asked
    once about each queue."""
    polled: dict[tuple[str, TaskKind], int | None] = {}
    engine = services.clusters[state.cluster].engine
    for queue, kind in sorted({_queue(run) for run in runs if _waits(run)}):
        try:
            polled[queue, kind] = await engine.pollers(queue, kind)
        except DependencyError as exc:
            _log.info("pollers not counted", queue=queue, kind=kind, reason=str(exc))

    def with_queue(run: DescribedRun) -> DescribedRun:
        return replace(run, facts=replace(run.facts, pollers=polled.get(_queue(run))))

    return [with_queue(run) if _waits(run) else run for run in runs]


def gone_run(episode: Episode) -> DescribedRun:
    """A run that Temporal no longer knows, as the episode last recorded it."""
    return DescribedRun(**episode.standing(), alert_reason=episode.alert_reason, ending=Ending.GONE)


def _waits(run: DescribedRun) -> bool:
    return run.alert_reason is AlertReason.NO_WORKER


def _queue(run: DescribedRun) -> tuple[str, TaskKind]:
    return run.facts.task_queue, run.facts.waits_for


def _is_paused(description: Description, activity_id: str) -> bool:
    """Whether the activity that the alert is about is paused. If the alert is about no activity, ``activity_id`` is
    "", and the answer is whether any activity is paused."""
    return any(activity.pause for activity in description.activities if activity_id in ("", activity.activity_id))


def _described_run(
    description: Description, recalled: Recalled, rules: _PassRules, services: Services, now: datetime
) -> DescribedRun:
    execution, ref = description.execution, description.execution.ref
    observations = recalled.observations.get(ref, ())
    assessment = assess(description, Past(observations, recalled.failures.get(ref, ())), rules.patience, now)
    # Only a later attempt can have the progress of an earlier attempt.
    attempted = observations if assessment.attempt > 1 else ()
    before = next((seen.details for seen in attempted if seen.activity_id == assessment.activity_id), "")
    identity = services.recogniser.identify(execution)
    is_of_closed = is_over(execution, identity, services)
    reason = None if is_of_closed else worst_reason(assessment, rules.switched_on)
    with_campaign = is_of_closed and execution.status not in _ENDINGS
    next_attempt = resettable_attempt(description, assessment.activity_id, now) if rules.offers_resets else None
    engine = services.clusters[ref.cluster].engine
    return DescribedRun(
        ref=ref,
        customer=identity.customer if identity else "",
        window=identity.window if identity else None,
        link=engine.link(ref),
        started_at=execution.started_at,
        first_run_id=execution.first_run_id,
        is_later_firing=CRON_HINT in execution.hints,
        health=assessment.health,
        alert_reason=reason,
        activity_id=assessment.activity_id,
        attempt=assessment.attempt,
        cancel_requested=description.cancel_requested,
        progress=assessment.progress.text,
        last_heartbeat_at=assessment.last_heartbeat_at,
        last_failure=assessment.last_failure,
        before=Progress.of(before).text,
        more_time=more_time(assessment) if rules.offers_more_time and not description.cancel_requested else None,
        can_reset=next_attempt is not None,
        next_attempt_at=next_attempt,
        is_paused=_is_paused(description, assessment.activity_id),
        facts=alert_facts(reason, assessment, engine.queue_link(assessment.task_queue)),
        ending=Ending.UNWATCHED if with_campaign else _ENDINGS.get(execution.status),
        ended_with_campaign=with_campaign,
    )

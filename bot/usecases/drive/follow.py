"""Follows one run until it is closed or has had too many heartbeat timeouts, however long that takes.

Idempotent: it only reads, and records each failure once, because Temporal will remove it. If the cluster does not
answer, nothing is known about the run, so the cluster is asked again without limit.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound
from bot.fleet.runs.observation import failures_of, most_timeouts
from bot.model import (
    Description,
    Execution,
    ExecutionStatus,
    FailureKind,
    FollowedRun,
    JournalEntry,
    Ref,
    SeenFailure,
)
from bot.services import Services
from bot.usecases.drive.family_failures import FamilyFailures
from bot.usecases.drive.next_links import links_after
from bot.usecases.observe.claims import doubt_about
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.past import ledger_limit
from bot.usecases.observe.recalled import recall_failures

# How often the activity sends a heartbeat while it waits.
BEAT_EVERY = timedelta(seconds=4)
# A workflow may continue as new many times a second. The cluster is asked less often than that.
BETWEEN_SUCCESSORS = timedelta(seconds=1)
# Listings lag by moments. A successor that is not listed within this time has been removed after its retention.
SUCCESSOR_WITHIN = timedelta(minutes=10)
# The statuses of a run that has ended for good: not open, not continued as new, and not gone with an unknown end.
_ENDS = frozenset(ExecutionStatus) - {ExecutionStatus.RUNNING, ExecutionStatus.GONE, ExecutionStatus.CONTINUED_AS_NEW}
FORGOTTEN = "Temporal no longer knows this run, so nobody can say how it ended."

Beat = Callable[[timedelta], None]
"""Sends the activity's heartbeat with the longest heartbeat timeout seen: Temporal reports no timeout for a closed
run."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Observed:
    """What is known so far about the run and about the runs that continued it as new."""

    ref: Ref
    heartbeat_timeout: timedelta
    failures: tuple[SeenFailure, ...] = ()
    started_at: datetime | None = None
    is_silent: bool = False

    @property
    def timeouts(self) -> int:
        """The number of heartbeat timeouts of the activity that has the most, in the run or below it."""
        return most_timeouts(self.failures)


async def follow(
    ref: Ref, limit: int | None, services: Services, beat: Beat, longest_timeout: timedelta = timedelta(0)
) -> FollowedRun:
    """Returns when the run has ended, or after ``limit`` heartbeat timeouts (None: no limit; 0: after one describe).
    ``longest_timeout`` is what ``beat`` sent last before a restart. The wait goes on however long the run takes, and
    while the cluster does not answer. A run that Temporal no longer knows is returned as gone."""
    observed, family = _Observed(ref, longest_timeout), FamilyFailures(services)
    while True:
        await _wait_for_budget(observed, services, beat)
        now = await cluster_time(ref.cluster, services)
        try:
            description = await services.clusters[ref.cluster].engine.describe(observed.ref)
            observed = await _updated(observed, description, services, now)
            if limit:
                observed = await _with_family(observed, description, family, now)
            successors = await links_after(description.execution, services)
        except NotFound:
            return await _gone(observed, services, now)
        except DependencyError as exc:
            observed = _silent(observed, exc)
        else:
            if successors:
                observed = await _at_latest_successor(observed, successors, services)
                latest, is_enough = successors[-1], limit is not None and observed.timeouts >= limit
                # Return now: before the next description, the workflow may have continued as new once more.
                if is_enough and latest.status is not ExecutionStatus.CONTINUED_AS_NEW:
                    return await _ended(observed, latest, services, now)
                await _pause(min(BETWEEN_SUCCESSORS, services.config.watch.every), observed, beat)
                continue
            if _is_over(description.execution, now) or (limit is not None and observed.timeouts >= limit):
                return await _ended(observed, description.execution, services, now)
        await _pause(services.config.watch.every, observed, beat)


async def _wait_for_budget(observed: _Observed, services: Services, beat: Beat) -> None:
    """Wait until the cluster may be asked, and count the call. Thousands of windows may be followed at once."""
    budget, clock = services.clusters[observed.ref.cluster].budget, asyncio.get_running_loop().time
    while wait := budget.wait(clock()):
        await _pause(timedelta(seconds=wait), observed, beat)
    budget.spend(clock())


async def _updated(observed: _Observed, description: Description, services: Services, now: datetime) -> _Observed:
    if observed.is_silent:
        _log.info("run can be followed again", workflow=observed.ref.workflow_id, cluster=observed.ref.cluster)
    timeouts = (activity.heartbeat_timeout for activity in description.activities)
    has_earlier_failures = not description.execution.status.is_open or any(
        activity.attempt > 1 for activity in description.activities
    )
    recalled = (await recall_failures([observed.ref], services)).get(observed.ref, ()) if has_earlier_failures else ()
    new = _new_failures(failures_of(description, now), (*observed.failures, *recalled))
    await _record(new, services)
    return replace(
        observed,
        heartbeat_timeout=max([observed.heartbeat_timeout, *filter(None, timeouts)]),
        failures=(*observed.failures, *_new_failures(recalled, observed.failures), *new),
        started_at=observed.started_at or description.execution.started_at,
        is_silent=False,
    )


async def _with_family(
    observed: _Observed, description: Description, family: FamilyFailures, now: datetime
) -> _Observed:
    below = _new_failures(await family.below(description, now), observed.failures)
    await _record(below, family.services)
    timeout = max(observed.heartbeat_timeout, family.heartbeat_timeout)
    return replace(observed, failures=(*observed.failures, *dict.fromkeys(below)), heartbeat_timeout=timeout)


def _new_failures(failures: Iterable[SeenFailure], known: Iterable[SeenFailure]) -> tuple[SeenFailure, ...]:
    """The failures that are not among ``known``."""
    attempts = {_attempt(failure) for failure in known}
    return tuple(failure for failure in failures if _attempt(failure) not in attempts)


def _attempt(seen: SeenFailure) -> tuple[Ref, str, int, FailureKind]:
    return seen.ref, seen.activity_id, seen.attempt, seen.failure.kind


async def _record(failures: tuple[SeenFailure, ...], services: Services) -> None:
    """Record failures. If the store does not answer, only log that: the watcher records these failures as well."""
    if not failures:
        return
    try:
        await services.journal.record(JournalEntry(failures=failures), services.now())
    except DependencyError as exc:
        _log.warning("journal not written", reason=str(exc))


async def _at_latest_successor(
    observed: _Observed, successors: tuple[Execution, ...], services: Services
) -> _Observed:
    """Continue with the latest successor. For the runs in between, only recorded failures are known."""
    between = [run.ref for run in successors[:-1]]
    by_ref = await recall_failures(between, services)
    recalled = [failure for ref in between for failure in by_ref.get(ref, ())]
    return replace(
        observed, ref=successors[-1].ref, failures=(*observed.failures, *_new_failures(recalled, observed.failures))
    )


def _is_over(run: Execution, now: datetime) -> bool:
    if run.status is ExecutionStatus.CONTINUED_AS_NEW:
        return run.closed_at is not None and now - run.closed_at > SUCCESSOR_WITHIN
    return not run.status.is_open


async def _ended(observed: _Observed, run: Execution, services: Services, now: datetime) -> FollowedRun:
    return replace(_followed(observed, run, now), doubt=await doubt_about(run, services))


def _followed(observed: _Observed, run: Execution, now: datetime) -> FollowedRun:
    is_lost = run.status is ExecutionStatus.CONTINUED_AS_NEW
    return FollowedRun(
        ref=run.ref,
        status=ExecutionStatus.FAILED if is_lost else run.status,
        started_at=observed.started_at or run.started_at,
        seen_at=now,
        timeouts=observed.timeouts,
        heartbeat_timeout=observed.heartbeat_timeout,
        closed_at=run.closed_at,
        last_failure=FORGOTTEN if is_lost else _last_failure(observed, run),
        is_gone=is_lost,
    )


def _last_failure(observed: _Observed, run: Execution) -> str:
    if run.status is ExecutionStatus.COMPLETED or not observed.failures:
        return ""
    last = max(observed.failures, key=lambda failure: (failure.seen_at, failure.attempt)).failure
    return last.message or last.kind


async def _gone(observed: _Observed, services: Services, now: datetime) -> FollowedRun:
    """The result for a run that Temporal no longer knows: its end in the run history, or else failed and gone."""
    recorded = await _from_history(observed.ref, services)
    if recorded and recorded.status in _ENDS:
        return await _ended(observed, recorded, services, now)
    return FollowedRun(
        ref=observed.ref,
        status=ExecutionStatus.FAILED,
        started_at=observed.started_at or now,
        seen_at=now,
        timeouts=observed.timeouts,
        heartbeat_timeout=observed.heartbeat_timeout,
        last_failure=FORGOTTEN,
        is_gone=True,
    )


async def _from_history(ref: Ref, services: Services) -> Execution | None:
    """The run as the run history has it; None if the run history does not have it or does not answer."""
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall(ref.cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("run history not read", cluster=ref.cluster, reason=str(exc) or "no answer in time")
        return None
    return next((run for run in recalled.executions if run.ref == ref), None)


def _silent(observed: _Observed, why: DependencyError) -> _Observed:
    if not observed.is_silent:
        _log.warning(
            "run not followed", workflow=observed.ref.workflow_id, cluster=observed.ref.cluster, reason=str(why)
        )
    return replace(observed, is_silent=True)


async def _pause(span: timedelta, observed: _Observed, beat: Beat) -> None:
    left = span
    while left > timedelta(0):
        beat(observed.heartbeat_timeout)
        step = min(left, BEAT_EVERY)
        await asyncio.sleep(step.total_seconds())
        left -= step

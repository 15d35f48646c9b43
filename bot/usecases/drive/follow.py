"""Follows one run until it is closed or has timed out too often, however long that takes.

It only looks, and records failures that Temporal will forget, each once: again, it looks again. A cluster that does
not answer says nothing about the run, so it is asked on and on.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound
from bot.fleet.runs.observation import failures_of
from bot.model import Description, Entry, Execution, ExecutionStatus, FailureKind, FollowedRun, Ref, SeenFailure
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.history import ledger_limit
from bot.usecases.observe.observe import recall_failures

# Between two looks the follower is heard of this often.
BEAT_EVERY = timedelta(seconds=4)
# A workflow may continue as new many times a second: its cluster is not asked as often.
BETWEEN_SUCCESSORS = timedelta(seconds=1)
# Listings lag by moments; a successor that is not listed by then has been removed.
SUCCESSOR_WITHIN = timedelta(minutes=10)
# What a run has come to for good; one that was continued, or that nobody has seen end, has not.
_ENDS = frozenset(ExecutionStatus) - {
    ExecutionStatus.RUNNING,
    ExecutionStatus.GONE,
    ExecutionStatus.CONTINUED_AS_NEW,
}
FORGOTTEN = "Temporal no longer knows this run, so nobody can say how it ended."

Beat = Callable[[timedelta], None]
"""Tells that the follower is alive, and the longest heartbeat timeout seen: it is not told of closed runs."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the looks so far have told, of the run and of those it continued as."""

    ref: Ref
    heartbeat_timeout: timedelta
    failures: tuple[SeenFailure, ...] = ()
    started_at: datetime | None = None
    is_silent: bool = False

    @property
    def timeouts(self) -> int:
        """Heartbeat timeouts, each once, whoever saw it."""
        heartbeat_timeouts = (seen for seen in self.failures if seen.failure.kind is FailureKind.HEARTBEAT_TIMEOUT)
        return len({(seen.ref, seen.activity_id, seen.attempt) for seen in heartbeat_timeouts})


async def follow(
    ref: Ref, limit: int | None, services: Services, beat: Beat, known: timedelta = timedelta(0)
) -> FollowedRun:
    """``limit`` of heartbeat timeouts, None for no limit, 0 for one look; ``known`` is what ``beat`` was last told
    before a restart.

    Neither patience nor silence ends it; a run that Temporal has forgotten is told as gone.
    """
    seen = _Seen(ref, known)
    while True:
        now = await cluster_time(ref.cluster, services)
        try:
            found = await services.clusters[ref.cluster].engine.describe(seen.ref)
            seen = await _after(seen, found, services, now)
            successors = await _successors(found.execution, services)
        except NotFound:
            return await _gone(seen, services, now)
        except DependencyError as exc:
            seen = _silent(seen, exc)
        else:
            if successors:
                seen = await _moved_on(seen, successors, services)
                latest, is_enough = successors[-1], limit is not None and seen.timeouts >= limit
                # One that continues as new again and again is never found at rest.
                if is_enough and latest.status is not ExecutionStatus.CONTINUED_AS_NEW:
                    return _followed(seen, latest, now)
                await _pause(min(BETWEEN_SUCCESSORS, services.config.watch.every), seen, beat)
                continue
            if _is_over(found.execution, now) or (limit is not None and seen.timeouts >= limit):
                return _followed(seen, found.execution, now)
        await _pause(services.config.watch.every, seen, beat)


async def _after(seen: _Seen, found: Description, services: Services, now: datetime) -> _Seen:
    if seen.is_silent:
        _log.info("run can be followed again", workflow=seen.ref.workflow_id, cluster=seen.ref.cluster)
    timeouts = (activity.heartbeat_timeout for activity in found.activities)
    is_told_elsewhere = not found.execution.status.is_open or any(one.attempt > 1 for one in found.activities)
    recalled = (await recall_failures([seen.ref], services)).get(seen.ref, ()) if is_told_elsewhere else ()
    unknown = _unknown(failures_of(found, now), (*seen.failures, *recalled))
    await _record(unknown, services)
    return replace(
        seen,
        heartbeat_timeout=max([seen.heartbeat_timeout, *filter(None, timeouts)]),
        failures=(*seen.failures, *_unknown(recalled, seen.failures), *unknown),
        started_at=seen.started_at or found.execution.started_at,
        is_silent=False,
    )


def _unknown(fresh: Iterable[SeenFailure], known: Iterable[SeenFailure]) -> tuple[SeenFailure, ...]:
    """Those of attempts whose failure is not known yet."""
    attempts = {(seen.ref, seen.activity_id, seen.attempt, seen.failure.kind) for seen in known}
    return tuple(
        seen for seen in fresh if (seen.ref, seen.activity_id, seen.attempt, seen.failure.kind) not in attempts
    )


async def _record(failures: tuple[SeenFailure, ...], services: Services) -> None:
    """The watcher records them as well: a store that is away costs nothing here."""
    if not failures:
        return
    try:
        await services.journal.record(Entry(failures=failures), services.now())
    except DependencyError as exc:
        _log.warning("journal not written", reason=str(exc))


async def _successors(closed: Execution, services: Services) -> tuple[Execution, ...]:
    """The runs that this one continued as, as far as one listing tells, the latest last; none for any other run.
    Listings lag, so they may only be found later."""
    if closed.status is not ExecutionStatus.CONTINUED_AS_NEW:
        return ()
    ref = closed.ref
    engine, limit = services.clusters[ref.cluster].engine, services.config.watch.time_limit
    listed = await engine.changed_executions(services.config.workflow.types, closed.closed_at, limit)
    of_workflow = (run for run in listed.executions if run.ref.workflow_id == ref.workflow_id)
    found, last = [], closed
    for run in sorted(of_workflow, key=lambda run: run.started_at):
        if last.status is not ExecutionStatus.CONTINUED_AS_NEW:
            break
        # Later than the one before, whatever their ends say: nothing is followed in a circle.
        if run.started_at > last.started_at and run.started_at >= (last.closed_at or last.started_at):
            found.append(run)
            last = run
    return tuple(found)


async def _moved_on(seen: _Seen, successors: tuple[Execution, ...], services: Services) -> _Seen:
    """To the latest of them; what others have seen of those between is all there is to know of them."""
    between = [run.ref for run in successors[:-1]]
    passed = await recall_failures(between, services)
    recalled = [failure for ref in between for failure in passed.get(ref, ())]
    return replace(seen, ref=successors[-1].ref, failures=(*seen.failures, *_unknown(recalled, seen.failures)))


def _is_over(run: Execution, now: datetime) -> bool:
    if run.status is ExecutionStatus.CONTINUED_AS_NEW:
        return run.closed_at is not None and now - run.closed_at > SUCCESSOR_WITHIN
    return not run.status.is_open


def _followed(seen: _Seen, run: Execution, now: datetime) -> FollowedRun:
    is_lost = run.status is ExecutionStatus.CONTINUED_AS_NEW
    return FollowedRun(
        ref=run.ref,
        status=ExecutionStatus.FAILED if is_lost else run.status,
        started_at=seen.started_at or run.started_at,
        seen_at=now,
        timeouts=seen.timeouts,
        heartbeat_timeout=seen.heartbeat_timeout,
        closed_at=run.closed_at,
        last_failure=FORGOTTEN if is_lost else _last_failure(seen, run),
        is_gone=is_lost,
    )


def _last_failure(seen: _Seen, run: Execution) -> str:
    if run.status is ExecutionStatus.COMPLETED or not seen.failures:
        return ""
    last = max(seen.failures, key=lambda failure: (failure.seen_at, failure.attempt)).failure
    return last.message or last.kind


async def _gone(seen: _Seen, services: Services, now: datetime) -> FollowedRun:
    """Temporal has forgotten the run: it ended as the ledger has it, where that has seen its end."""
    remembered = await _remembered(seen.ref, services)
    if remembered and remembered.status in _ENDS:
        return _followed(seen, remembered, now)
    return FollowedRun(
        ref=seen.ref,
        status=ExecutionStatus.FAILED,
        started_at=seen.started_at or now,
        seen_at=now,
        timeouts=seen.timeouts,
        heartbeat_timeout=seen.heartbeat_timeout,
        last_failure=FORGOTTEN,
        is_gone=True,
    )


async def _remembered(ref: Ref, services: Services) -> Execution | None:
    """None where the ledger does not know it, or does not answer."""
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall(ref.cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not read", cluster=ref.cluster, reason=str(exc) or "no answer in time")
        return None
    return next((run for run in recalled.executions if run.ref == ref), None)


def _silent(seen: _Seen, why: DependencyError) -> _Seen:
    if not seen.is_silent:
        _log.warning("run not followed", workflow=seen.ref.workflow_id, cluster=seen.ref.cluster, reason=str(why))
    return replace(seen, is_silent=True)


async def _pause(span: timedelta, seen: _Seen, beat: Beat) -> None:
    left = span
    while left > timedelta(0):
        beat(seen.heartbeat_timeout)
        step = min(left, BEAT_EVERY)
        await asyncio.sleep(step.total_seconds())
        left -= step

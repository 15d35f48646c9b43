"""Follows one run until it is closed or has had too many heartbeat timeouts, however long that takes.

Idempotent: it only reads, and records each failure once (``observed_run``). If the cluster or the store does not
answer, nothing is known about the run, so the question is repeated without limit.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.errors import DependencyError, NotFound
from bot.model import Execution, ExecutionStatus, FollowedRun, Ref
from bot.services import Services
from bot.usecases.drive.family_failures import FamilyFailures
from bot.usecases.drive.left_below import LeftBelow
from bot.usecases.drive.next_links import latest_link, links_after
from bot.usecases.drive.observed_run import ObservedRun, at_latest_link, described, ended, gone, with_family
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.past import ledger_limit

# How often the activity sends a heartbeat while it waits.
BEAT_EVERY = timedelta(seconds=4)
# A workflow may continue as new many times a second. The cluster is asked less often than that.
BETWEEN_SUCCESSORS = timedelta(seconds=1)
# Listings lag by moments. A successor that is not listed within this time has been removed after its retention.
SUCCESSOR_WITHIN = timedelta(minutes=10)
# The statuses of a run that has ended for good: not open, not continued as new, and not gone with an unknown end.
_ENDS = frozenset(ExecutionStatus) - {ExecutionStatus.RUNNING, ExecutionStatus.GONE, ExecutionStatus.CONTINUED_AS_NEW}

Beat = Callable[[timedelta], None]
"""Sends the activity's heartbeat with the longest heartbeat timeout seen: Temporal reports no timeout for a closed
run."""

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


async def follow(
    ref: Ref, limit: int | None, services: Services, beat: Beat, longest_timeout: timedelta = timedelta(0)
) -> FollowedRun:
    """Follows the run, and returns when it has ended. If workflows below the ended run can still write its days, this
    may first wait until these workflows have closed (``Left.is_waited_for``). Returns earlier after ``limit``
    heartbeat timeouts; with None, there is no limit. With ``limit`` 0, returns at once, unless the run has continued
    as new and the next link of its chain is not listed yet.

    Waits however long the run takes, also while the cluster does not answer. ``longest_timeout`` is what earlier
    attempts of the activity sent last with ``beat``; zero if they sent nothing. For a run that Temporal no longer
    knows, the result has the end that the run history has; if the run history has none, the run counts as failed and
    gone.
    """
    observed, family, below = ObservedRun(ref, longest_timeout), FamilyFailures(services), LeftBelow(services)
    pauses = _Pauses(services, beat)
    while True:
        run: Execution | None = None
        await _wait_for_budget(observed, services, beat)
        now = await cluster_time(ref.cluster, services)
        pause = services.config.watch.every
        try:
            description = await services.clusters[ref.cluster].engine.describe(observed.ref)
            observed = await described(observed, description, services, now)
            if limit:
                observed = await with_family(observed, description, family, now)
            run, later = description.execution, await _later_links(description.execution, services, now)
            if later:
                observed = await at_latest_link(observed, run, later, services)
                run, pause = later[-1], min(BETWEEN_SUCCESSORS, pause)
            is_enough = limit is not None and observed.timeouts >= limit
            # A later link that is listed as open is not described: it may continue as new before the describe. A
            # later link that is listed as closed is described in the next turn, because a listing lacks the facts of
            # its end.
            if (is_enough and run.status.is_open) or (not later and _is_over(run, now)):
                search = below.after(await ended(observed, run, services, now), run, observed.links)
                left = await _with_heartbeats(search, observed, beat)
                if not left.is_waited_for(limit, services.config.control.cancel_patience):
                    return left.result(limit)
                observed = replace(observed, heartbeat_timeout=left.end.heartbeat_timeout, below=left.end.below)
        except NotFound:
            return await _gone(observed, services, now)
        except DependencyError as exc:
            observed = _silent(observed, exc)
        await pauses.wait(pause, run, observed, now)


class _Pauses:
    """The pauses between two describes of a run. A pause ends early with the notice that the run has ended. If the
    run turns out to be open after all, the describe after the next pause is no later than without the notice."""

    def __init__(self, services: Services, beat: Beat) -> None:
        self._services = services
        self._beat = beat
        self._due = 0.0
        self._is_early = False

    async def wait(self, span: timedelta, run: Execution | None, observed: ObservedRun, now: datetime) -> None:
        """Wait for this span, or until the end of the run is noticed, if the run was open at ``now``."""
        clock = asyncio.get_running_loop().time
        if self._is_early:
            span = min(span, max(BETWEEN_SUCCESSORS, timedelta(seconds=self._due - clock())))
        self._due = clock() + span.total_seconds()
        with _noticed(run, self._services, now) as has_ended:
            await _pause(span, observed, self._beat, has_ended)
        self._is_early = has_ended.is_set()


async def _later_links(run: Execution, services: Services, now: datetime) -> tuple[Execution, ...]:
    """The links of the chain after this run. Listings have only runs of the configured types. So if the next link
    should be listed by now but is not, Temporal is asked for the latest run of the workflow id."""
    later = await links_after(run, services)
    return await latest_link(run, services) if not later and run.status.continues and _is_over(run, now) else later


async def _wait_for_budget(observed: ObservedRun, services: Services, beat: Beat) -> None:
    """Wait until the cluster may be asked, and count the call. Thousands of windows may be followed at once."""
    budget, clock = services.clusters[observed.ref.cluster].budget, asyncio.get_running_loop().time
    while wait := budget.wait(clock()):
        await _pause(timedelta(seconds=wait), observed, beat)
    budget.spend(clock())


def _is_over(run: Execution, now: datetime) -> bool:
    if run.status is ExecutionStatus.CONTINUED_AS_NEW:
        return run.closed_at is not None and now - run.closed_at > SUCCESSOR_WITHIN
    return not run.status.is_open


async def _gone(observed: ObservedRun, services: Services, now: datetime) -> FollowedRun:
    """The result for a run that Temporal no longer knows: its end in the run history, or else failed and gone."""
    recorded = await _from_history(observed.ref, services)
    if recorded and recorded.status in _ENDS:
        return await ended(observed, recorded, services, now)
    return gone(observed, now)


async def _from_history(ref: Ref, services: Services) -> Execution | None:
    """The run as the run history has it; None if the run history does not have it or does not answer."""
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall(ref.cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("run history not read", cluster=ref.cluster, reason=str(exc) or "no answer in time")
        return None
    return next((run for run in recalled.executions if run.ref == ref), None)


def _silent(observed: ObservedRun, why: DependencyError) -> ObservedRun:
    if not observed.is_silent:
        _log.warning(
            "run not followed", workflow=observed.ref.workflow_id, cluster=observed.ref.cluster, reason=str(why)
        )
    return replace(observed, is_silent=True)


async def _with_heartbeats(work: Coroutine[None, None, _T], observed: ObservedRun, beat: Beat) -> _T:
    """Do the work, and send heartbeats meanwhile, because it may take long to describe many workflows below a run."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({task}, timeout=BEAT_EVERY.total_seconds()))[0]:
            beat(observed.heartbeat_timeout)
        return task.result()
    finally:
        task.cancel()


def _noticed(run: Execution | None, services: Services, now: datetime) -> AbstractContextManager[asyncio.Event]:
    """Yields an event. If the run was open at ``now``, the event is set once a listing shows that the run has ended.
    Otherwise the event is never set."""
    if run is None or not run.status.is_open:
        return nullcontext(asyncio.Event())
    return services.clusters[run.ref.cluster].ends.notice(run, now)


async def _pause(span: timedelta, observed: ObservedRun, beat: Beat, is_over: asyncio.Event | None = None) -> None:
    """Send heartbeats for this time, or until ``is_over`` is set."""
    left, is_over = span, is_over or asyncio.Event()
    while left > timedelta(0) and not is_over.is_set():
        beat(observed.heartbeat_timeout)
        step = min(left, BEAT_EVERY)
        with suppress(TimeoutError):
            async with asyncio.timeout(step.total_seconds()):
                await is_over.wait()
        left -= step

"""Collects what is known about a followed run, from one description to the next. Records each new failure in the
journal, because Temporal will remove it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, Unavailable
from bot.fleet.runs.close_facts import Unread, longest_heartbeat_timeout, passes_on_cancel, unread
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
from bot.usecases.observe.claims import doubt_about
from bot.usecases.observe.descendants import MOST_LINKS
from bot.usecases.observe.recalled import recall_failures

FORGOTTEN = "Temporal no longer knows this run, so nobody can say how it ended."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ObservedRun:
    """What is known so far about the run and about the runs that continued it as new. ``links`` has the earlier links
    of the chain, the latest ``MOST_LINKS`` of them. ``cancelled_link`` is a link that continued as new after somebody
    had asked it to cancel. ``below`` is a workflow below the run that was still open after the run had closed."""

    ref: Ref
    heartbeat_timeout: timedelta
    failures: tuple[SeenFailure, ...] = ()
    started_at: datetime | None = None
    is_silent: bool = False
    links: tuple[Execution, ...] = ()
    cancelled_link: Execution | None = None
    below: Ref | None = None

    @property
    def timeouts(self) -> int:
        """The number of heartbeat timeouts of the activity that has the most, in the run or below it."""
        return most_timeouts(self.failures)


async def described(
    observed: ObservedRun, description: Description, services: Services, now: datetime
) -> ObservedRun:
    """The run with what its description shows."""
    if observed.is_silent:
        _log.info("run can be followed again", workflow=observed.ref.workflow_id, cluster=observed.ref.cluster)
    # The hint also has the timeout of a closed run: the one that a description showed while the run was open.
    seen = longest_heartbeat_timeout(description.execution)
    timeouts = (seen, *(activity.heartbeat_timeout for activity in description.activities))
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


async def with_family(
    observed: ObservedRun, description: Description, family: FamilyFailures, now: datetime
) -> ObservedRun:
    """The run with the failures of the workflows below it."""
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


async def at_latest_link(
    observed: ObservedRun, closed: Execution, later: Sequence[Execution], services: Services
) -> ObservedRun:
    """Continue with the last of the ``later`` links of the chain, after ``closed``. For the runs in between, only
    recorded failures are known. Raises Unavailable while it is not known whether somebody had asked one of these runs
    to cancel: the last link does not show it."""
    read = await services.clusters[closed.ref.cluster].close_facts.with_facts(
        later[:-1], services.config.watch.time_limit
    )
    if any(unread(run) is Unread.WAITS for run in read):
        raise Unavailable(closed.ref.cluster, f"not known yet how {closed.ref.workflow_id} continued")
    between = [run.ref for run in read]
    by_ref = await recall_failures(between, services)
    recalled = [failure for ref in between for failure in by_ref.get(ref, ())]
    return replace(
        observed,
        ref=later[-1].ref,
        failures=(*observed.failures, *_new_failures(recalled, observed.failures)),
        links=(*observed.links, closed, *read)[-MOST_LINKS:],
        cancelled_link=observed.cancelled_link or next(filter(passes_on_cancel, (closed, *read)), None),
    )


async def ended(observed: ObservedRun, run: Execution, services: Services, now: datetime) -> FollowedRun:
    """The run as it ended. If ``follow`` stops before the run has ended, the run as it is at that time. Raises
    DependencyError while it is not known whether something speaks against its completion."""
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
        doubt=await doubt_about(run, services, observed.cancelled_link),
        below=observed.below,
    )


def gone(observed: ObservedRun, now: datetime) -> FollowedRun:
    """The run as failed, because nobody knows how it ended."""
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


def _last_failure(observed: ObservedRun, run: Execution) -> str:
    if run.status is ExecutionStatus.COMPLETED or not observed.failures:
        return ""
    last = max(observed.failures, key=lambda failure: (failure.seen_at, failure.attempt)).failure
    return last.message or last.kind

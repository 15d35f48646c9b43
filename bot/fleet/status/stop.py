"""When and by whom work was stopped, for customers with missing days and no work that goes on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.commands import Cancel, Split, Terminate
from bot.fleet.runs.close_facts import is_cancel_requested, is_ended_through_bot
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill, Stop
from bot.model import AuditRecord, ExecutionStatus, Ref, State, Subject

STOPPING = (Cancel.word(), Terminate.word())
"""The commands that end the work of a customer."""

ENDING = (*STOPPING, Split.word())
"""The commands that end a run of a customer; after ``split``, windows run its days."""

# A command may be recorded a little after the run that it ends has closed.
_RECORDED_WITHIN = timedelta(minutes=1)
# A worker hears of a cancel with its next heartbeat, and may clean up.
_ENDED_WITHIN = timedelta(hours=1)
_ENDED = (ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED)
_STOPPED = (State.FAILED, State.PARTIAL, State.CANCELLED)


def is_stopped(backfill: Backfill) -> bool:
    """Whether the customer's work was begun, days are missing, nothing runs them, and it waits in no queue."""
    return backfill.state in _STOPPED and not (backfill.goes_on or backfill.place or backfill.may_be_queued)


def stopped(backfills: Iterable[Backfill]) -> tuple[Backfill, ...]:
    """The customers whose work has stopped."""
    return tuple(filter(is_stopped, backfills))


def with_stops(backfills: Collection[Backfill], acts: Iterable[AuditRecord]) -> tuple[Backfill, ...]:
    """The same customers, with ``stop`` set for those whose work has stopped. ``acts`` are the audit records of the
    latest commands that ended a customer's work."""
    latest = {act.subject.full_name: act for act in acts}
    among = set(map(_name, stopped(backfills)))
    return tuple(_with_stop(b, latest) if _name(b) in among else b for b in backfills)


def ended_by(runs: Iterable[Run], acts: Iterable[AuditRecord]) -> Mapping[Ref, str]:
    """The user who ended each of these runs with the bot, as far as the ``acts`` on their customer tell. The same
    commands also skip days and resize windows, and then end no run. So an act counts only for a run that was
    cancelled soon after the act, or that was terminated for the reason that the bot gives."""
    by = list(acts)
    return {run.execution.ref: act.user_id for run in runs for act in by if _has_ended(act, run)}


def _has_ended(act: AuditRecord, run: Run) -> bool:
    closed_at = run.execution.closed_at
    if closed_at is None or run.execution.status not in _ENDED:
        return False
    if run.execution.status is ExecutionStatus.TERMINATED:
        return is_ended_through_bot(run.execution) and run.started_at <= act.at <= closed_at + _RECORDED_WITHIN
    return max(run.started_at, closed_at - _ENDED_WITHIN) <= act.at <= closed_at + _RECORDED_WITHIN


def _with_stop(backfill: Backfill, latest: Mapping[str, AuditRecord]) -> Backfill:
    """The customer with its ``stop``. If a run began after the act, or went on after it, the act did not stop the
    work, and the latest end of a run counts instead. For instance, a ``cancel`` with a range of days skips these days
    and does not stop the rest of the work."""
    act = latest.get(_name(backfill))
    if act and all(run.started_at <= act.at and not _goes_on(run, act) for run in backfill.runs):
        return replace(backfill, stop=Stop(act.at, act.user_id))
    ends = [run.execution.closed_at for run in backfill.runs if run.execution.closed_at]
    return replace(backfill, stop=Stop(max(ends))) if ends else backfill


def _goes_on(run: Run, after: AuditRecord) -> bool:
    """Whether the run went on after this act and then ended for another reason. A worker may complete a run that it
    was to cancel."""
    closed_at = run.execution.closed_at
    if closed_at is None or closed_at <= after.at or _has_ended(after, run):
        return False
    is_late_completion = run.is_completed and closed_at - after.at > _ENDED_WITHIN
    return is_late_completion or not is_cancel_requested(run.execution)


def _name(backfill: Backfill) -> str:
    return Subject(backfill.cluster, backfill.customer).full_name

"""When and by whom work was stopped, for customers whose missing days nothing runs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.commands import Cancel, Terminate
from bot.fleet.status.backfill import Backfill, Stop
from bot.model import AuditRecord, State, Subject

STOPPING = (Cancel.word(), Terminate.word())
"""The commands that end the work of a customer."""

_STOPPED = (State.FAILED, State.PARTIAL, State.CANCELLED)


def stopped(backfills: Iterable[Backfill]) -> tuple[Backfill, ...]:
    """The customers with days missing whose work was begun and does not go on."""
    return tuple(b for b in backfills if b.state in _STOPPED and not b.goes_on)


def with_stops(backfills: Collection[Backfill], acts: Iterable[AuditRecord]) -> tuple[Backfill, ...]:
    """The same customers, with ``stop`` set for those whose work has stopped. ``acts`` are the audit records of the
    latest commands that ended a customer's work."""
    latest = {act.subject.full_name: act for act in acts}
    among = set(map(_name, stopped(backfills)))
    return tuple(_with_stop(b, latest) if _name(b) in among else b for b in backfills)


def _with_stop(backfill: Backfill, latest: Mapping[str, AuditRecord]) -> Backfill:
    """The customer with its ``stop``. If a run began after the act, the act did not stop the work, and the latest end
    of a run counts instead."""
    act = latest.get(_name(backfill))
    if act and all(run.started_at <= act.at for run in backfill.runs):
        return replace(backfill, stop=Stop(act.at, act.user_id))
    ends = [run.execution.closed_at for run in backfill.runs if run.execution.closed_at]
    return replace(backfill, stop=Stop(max(ends))) if ends else backfill


def _name(backfill: Backfill) -> str:
    return Subject(backfill.cluster, backfill.customer).full_name

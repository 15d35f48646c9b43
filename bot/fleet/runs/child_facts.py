"""How the workflows below a completed run ended, as far as that counts against the run. Pure.

A parent may ignore the failure of a child, or leave a child open, and still return normally. The run's hints keep
such children (``CHILDREN_HINT``). A run that an earlier version of the bot has recorded has no such hint, so no child
counts against it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from bot.fleet.runs.identity import Identity
from bot.model import ClosePolicy, Doubt, DoubtReason, Execution, ExecutionStatus, Ref, Window
from bot.model.execution import CHILDREN_HINT, LATE_CHILDREN_HINT, UNREAD_CHILDREN, YES

# The hint keeps at most this many workflows that count against a run.
MOST_KEPT = 20
NONE_AGAINST = "[]"


@dataclass(frozen=True, slots=True)
class ChildAgainst:
    """A workflow below a run that counts against the run: it is open or ended without completing, and no other
    workflow has replaced it."""

    workflow_id: str
    status: ExecutionStatus


@dataclass(frozen=True, slots=True)
class Below:
    """A run below another run. ``identity`` is the customer and days in the run's own data. It is None if the data do
    not have both, or if these days include all days of a run above it (``unless_inherited``)."""

    execution: Execution
    identity: Identity | None


def awaits_children(run: Execution) -> bool:
    """Whether the run has completed and the bot has not read yet how its children ended."""
    return run.status is ExecutionStatus.COMPLETED and run.hints.get(CHILDREN_HINT) == UNREAD_CHILDREN


def lacks_child_facts(run: Execution) -> bool:
    """Whether an earlier version of the bot recorded this completed run, without how its children ended."""
    return run.status is ExecutionStatus.COMPLETED and CHILDREN_HINT not in run.hints


def child_hints(run: Execution, against: Collection[ChildAgainst]) -> dict[str, str]:
    """The hints with which the run remembers that the workflows in ``against`` count against it. They name the first
    ``MOST_KEPT`` of the workflows. If the run has remembered until now that no workflow counts against it, the
    workflows were found late, and ``LATE_CHILDREN_HINT`` is added."""
    text = json.dumps([[child.workflow_id, child.status.value] for child in list(against)[:MOST_KEPT]])
    is_late = against and run.hints.get(CHILDREN_HINT) == NONE_AGAINST
    return {CHILDREN_HINT: text} | ({LATE_CHILDREN_HINT: YES} if is_late else {})


def children_against(run: Execution) -> tuple[ChildAgainst, ...]:
    """The workflows below the run that count against it; empty if they have not been read."""
    try:
        kept: list[tuple[str, str]] = json.loads(run.hints.get(CHILDREN_HINT, NONE_AGAINST))
        return tuple(ChildAgainst(name, ExecutionStatus(status)) for name, status in kept)
    except (ValueError, TypeError):
        # The hint is not read yet, another version has written another form, or redacting a secret has broken the
        # JSON.
        return ()


def child_doubt(run: Execution) -> Doubt | None:
    """The doubt that the workflows below a completed run cause; None if they cause none. The doubt names one of these
    workflows: one that has ended without completing, or else one that is still open."""
    against = sorted(children_against(run), key=lambda child: child.status.is_open)
    if not against:
        return None
    first = against[0]
    reason = DoubtReason.CHILD_OPEN if first.status.is_open else DoubtReason.CHILD_ENDED
    return Doubt(reason, first.status.value, first.workflow_id, len(against) - 1)


def unless_inherited(identity: Identity | None, above: Iterable[Window]) -> Identity | None:
    """The identity in a child's own data; None if the child may have it from its parent. ``above`` are the days of
    the runs above the child. An identity with all the days of one of these runs does not distinguish the child from
    its siblings: a parent may pass on its search attributes, or begin the ids of its children with its own id."""
    return None if identity and any(map(identity.window.contains, above)) else identity


def latest_of_each(children: Iterable[Below]) -> tuple[Below, ...]:
    """The latest run of each workflow id: a child may have continued as new, or been retried."""
    latest: dict[str, Below] = {}
    for child in sorted(children, key=lambda child: (child.execution.started_at, child.execution.ref)):
        latest[child.execution.ref.workflow_id] = child
    return tuple(latest.values())


def suspects(children: Collection[Below]) -> tuple[Below, ...]:
    """The workflows among ``children`` that did not complete, without those whose days a later one has completed."""
    completed = [child for child in children if child.execution.status is ExecutionStatus.COMPLETED]
    others = (child for child in children if child.execution.status is not ExecutionStatus.COMPLETED)
    return tuple(child for child in others if not any(_replaces(later, child) for later in completed))


def substitutes(child: Below, children: Iterable[Below]) -> tuple[Execution, ...]:
    """The workflows that may have replaced the child: completed, of the same type, started later, and without days of
    their own. The caller compares inputs: a workflow with the same input has replaced the child. Empty if the child
    has days of its own, because ``suspects`` compares these days."""
    if child.identity:
        return ()
    return tuple(
        later.execution
        for later in children
        if later.identity is None
        and later.execution.status is ExecutionStatus.COMPLETED
        and later.execution.workflow_type == child.execution.workflow_type
        and later.execution.started_at > child.execution.started_at
    )


def is_same_input(first: Collection[JsonValue], second: Collection[JsonValue]) -> bool:
    """Whether two workflows got the same arguments. False if an argument could not be read and so is None."""
    return first == second and None not in first


def ends_by_policy(child: Ref, open_at_end: Mapping[str, ClosePolicy], status: ExecutionStatus) -> bool:
    """Whether the child ended because its parent closed. ``open_at_end`` has the close policy of each child that was
    open when the parent closed, by workflow id. ``status`` is the latest known status of the child. If the policy
    only requests a cancel, the child may go on for hours. So the answer is then False until the child has closed."""
    match open_at_end.get(child.workflow_id):
        case ClosePolicy.TERMINATE:
            return True
        case ClosePolicy.REQUEST_CANCEL:
            return not (status.is_open or status.continues)
        case _:
            return False


def _replaces(later: Below, child: Below) -> bool:
    if later.identity is None or child.identity is None or later.identity.customer != child.identity.customer:
        return False
    is_later = later.execution.started_at > child.execution.started_at
    return is_later and later.identity.window.contains(child.identity.window)

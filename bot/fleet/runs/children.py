"""What the trouble of workflows below a run means for the alert of that run. Pure.

The health of these workflows counts for the run above, because a parent may leave all its copying to children.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertReason, Child, DescribedState, Health, Ref, SeenFailure, TroubledChildren, Window

# An alert names at most this many of the children in trouble.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class DescribedChild:
    """The latest description of a workflow below another one, with the failures seen so far."""

    child: Child
    run: DescribedRun
    failures: tuple[SeenFailure, ...] = ()

    @property
    def trouble(self) -> AlertReason | None:
        """The reason for which the workflow would have an alert of its own if it had no parent; None if it needs no
        alert or has ended."""
        return self.run.alert_reason if self.run.ending is None else None


def with_children(
    top: DescribedRun, below: Sequence[DescribedChild], undescribed: Collection[str], alert: DescribedState | None
) -> DescribedRun:
    """The run at the ``top`` with the worst trouble of all: its own, or that of the open workflows ``below`` it.

    ``undescribed`` are the ids of the workflows below it that were not described yet. ``alert`` is the run's open
    alert; None if it has none. If troubles are equally bad, the run's own comes first, then that of the child that
    the alert shows already.
    """
    before = alert.children if alert else None
    held = before if before and _is_held(before, undescribed) else None
    reason = _worst(below, held)
    if top.ending is not None or reason is None:
        return top
    troubled = sorted((each for each in below if each.trouble is reason), key=lambda each: by_days(each.child))
    first = tuple(named_apart(each.child, top.window) for each in troubled[:MOST_NAMED])
    children = TroubledChildren(len(troubled), len(below) + len(undescribed), first, reason=reason)
    if top.alert_reason is not None and top.alert_reason.rank <= reason.rank:
        return replace(top, children=children)
    if alert and held and held.reason is reason and (not troubled or (undescribed and len(troubled) < held.number)):
        return _as_before(top, held if undescribed else replace(children, shown=held.shown), alert)
    return _with_shown(top, _to_show(troubled, before), children)


def failures_shown(top: DescribedRun, below: Iterable[DescribedChild]) -> tuple[SeenFailure, ...]:
    """The failures of the child that ``with_children`` shows, as failures of the run."""
    shown = top.children.shown if top.children else None
    found = next((each for each in below if shown and each.child.workflow_id == shown.workflow_id), None)
    if found is None:
        return ()
    return tuple(
        replace(seen, ref=top.ref, activity_id=_activity(seen.ref, seen.activity_id)) for seen in found.failures
    )


def by_days(child: Child) -> tuple[str, str]:
    """The sort key of children: the first day as ISO text, then the workflow id. Children without days come last."""
    return (child.window.start.isoformat() if child.window else "~"), child.workflow_id


def named_apart(child: Child, whole: Window | None) -> Child:
    """The child, without its days if they are those of the whole run, because then they distinguish nothing."""
    return replace(child, window=None) if child.window == whole else child


def _is_held(before: TroubledChildren, undescribed: Collection[str]) -> bool:
    """Whether the trouble in the open alert still counts even if no child is seen to have it now. A heartbeat
    timeout counts until the run ends. Other trouble counts while one of the children that the alert names is not
    described yet, for example after a restart."""
    is_unknown = any(child.workflow_id in undescribed for child in before.first)
    return before.reason is AlertReason.HEARTBEAT_TIMEOUT or is_unknown


def _worst(below: Iterable[DescribedChild], held: TroubledChildren | None) -> AlertReason | None:
    reasons = {each.trouble for each in below if each.trouble} | ({held.reason} if held else set())
    return min(reasons, key=lambda reason: reason.rank, default=None)


def _to_show(troubled: Sequence[DescribedChild], before: TroubledChildren | None) -> DescribedChild:
    shown = before.shown.workflow_id if before and before.shown else ""
    same = next((each for each in troubled if each.child.workflow_id == shown), None)
    return same or min(troubled, key=lambda each: (each.run.health.rank, -each.run.attempt, each.child.workflow_id))


def _with_shown(top: DescribedRun, shown: DescribedChild, children: TroubledChildren) -> DescribedRun:
    run = shown.run
    return replace(
        top,
        health=min(top.health, run.health, key=lambda health: health.rank),
        alert_reason=run.alert_reason,
        activity_id=_activity(run.ref, run.activity_id) if run.activity_id else "",
        attempt=run.attempt,
        progress=run.progress,
        last_heartbeat_at=run.last_heartbeat_at,
        last_failure=run.last_failure,
        before=run.before,
        more_time=run.more_time,
        can_reset=run.can_reset,
        next_attempt_at=run.next_attempt_at,
        is_paused=top.is_paused or run.is_paused,
        facts=run.facts,
        children=replace(children, shown=named_apart(shown.child, top.window)),
    )


def _as_before(top: DescribedRun, children: TroubledChildren, alert: DescribedState) -> DescribedRun:
    """The run, with an alert that goes on showing the trouble that ``alert`` shows. Used when no child is seen to
    have that trouble now, or when some children are not described yet. After a heartbeat timeout, the run counts as
    struggling until it ends."""
    is_timeout = children.reason is AlertReason.HEARTBEAT_TIMEOUT
    health = min(top.health, Health.STRUGGLING if is_timeout else alert.health, key=lambda each: each.rank)
    return replace(
        top,
        health=health,
        alert_reason=children.reason,
        activity_id="",
        more_time=alert.more_time,
        facts=alert.facts,
        children=children,
    )


def _activity(ref: Ref, activity_id: str) -> str:
    """The activity's id made unique with its run's id, because children number their activities alike."""
    return f"{ref.run_id}:{activity_id}"

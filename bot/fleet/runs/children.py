"""What the trouble of workflows below a run means for the alert of that run. Pure.

Their health counts for the run above: a parent that leaves its copying to children does no better than these.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertReason, Child, DescribedState, Health, Ref, SeenFailure, TroubledChildren, Window

# So many of the children in trouble are kept by name.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class DescribedChild:
    """A workflow below another one as just described, with the failures seen of it."""

    child: Child
    run: DescribedRun
    failures: tuple[SeenFailure, ...] = ()

    @property
    def trouble(self) -> AlertReason | None:
        """Why it would have an alert if nothing were above it; None once it has ended."""
        return self.run.alert_reason if self.run.ending is None else None


def with_children(
    top: DescribedRun, below: Sequence[DescribedChild], undescribed: Collection[str], alert: DescribedState | None
) -> DescribedRun:
    """The run at the ``top`` with the worst trouble of all: its own, or that of the open workflows ``below`` it.

    ``undescribed`` are the ids of those that were not described yet. ``alert`` is the run's open alert. Of equal
    troubles the run's own is shown, and of children the one that the alert shows already.
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
    """Sorts children by their days, then by their ids; ISO dates sort as text."""
    return (child.window.start.isoformat() if child.window else "~"), child.workflow_id


def named_apart(child: Child, whole: Window | None) -> Child:
    """The child. Its days are left out if they are those of the whole run: then they do not distinguish it."""
    return replace(child, window=None) if child.window == whole else child


def _is_held(before: TroubledChildren, undescribed: Collection[str]) -> bool:
    """Whether the trouble in the open alert still counts even if no child is seen to have it now. A heartbeat
    timeout counts until the run ends. Other trouble counts while any child named for it is not described yet, as
    after a restart."""
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
        more_time=None,
        can_reset=False,
        facts=run.facts,
        children=replace(children, shown=named_apart(shown.child, top.window)),
    )


def _as_before(top: DescribedRun, children: TroubledChildren, alert: DescribedState) -> DescribedRun:
    """No child has that trouble any more, or not all are known yet: the alert goes on showing what it showed. A run
    that has timed out struggles until it ends."""
    is_timeout = children.reason is AlertReason.HEARTBEAT_TIMEOUT
    health = min(top.health, Health.STRUGGLING if is_timeout else alert.health, key=lambda each: each.rank)
    return replace(
        top, health=health, alert_reason=children.reason, activity_id="", facts=alert.facts, children=children
    )


def _activity(ref: Ref, activity_id: str) -> str:
    """Activities of several children have equal ids."""
    return f"{ref.run_id}:{activity_id}"

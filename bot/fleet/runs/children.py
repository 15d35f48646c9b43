"""What the heartbeat timeouts of workflows below a run mean for that run. Pure.

Their health counts for the run above: a parent that leaves its copying to children does no better than these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertReason, Child, ChildrenTimingOut, Health, Ref, SeenFailure, Window

# So many of the children that time out are kept by name.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class ChildLook:
    """A workflow below another one as just described, with the failures seen of it."""

    child: Child
    run: DescribedRun
    failures: tuple[SeenFailure, ...] = ()

    @property
    def times_out(self) -> bool:
        """Whether it has timed out on heartbeat, now or earlier, and is still open."""
        return self.run.alert_reason is AlertReason.HEARTBEAT_TIMEOUT and self.run.ending is None


def with_children(
    look: DescribedRun, below: Sequence[ChildLook], total: int, before: ChildrenTimingOut | None
) -> DescribedRun:
    """The look at a run, of which ``total`` workflows below are open, and ``below`` were described.

    ``before`` is what its open alert tells. Attempt, progress and failure become those of a child unless activities
    of the run itself have timed out. The child that the alert shows stays the same for as long as it times out.
    """
    failing = sorted((each for each in below if each.times_out), key=lambda each: by_days(each.child))
    if look.ending is not None or not (failing or before):
        return look
    first = tuple(named_apart(each.child, look.window) for each in failing[:MOST_NAMED])
    children = ChildrenTimingOut(len(failing), total, first)
    if look.alert_reason is not None:
        return replace(look, children=children)
    if before and (not failing or (len(below) < total and len(failing) < before.number)):
        return _as_before(look, children if len(below) == total else before, before)
    return _with_shown(look, _to_show(failing, before), children)


def failures_shown(look: DescribedRun, below: Iterable[ChildLook]) -> tuple[SeenFailure, ...]:
    """The failures of the child that ``with_children`` shows, as failures of the run."""
    shown = look.children.shown if look.children else None
    found = next((each for each in below if shown and each.child.workflow_id == shown.workflow_id), None)
    if found is None:
        return ()
    return tuple(
        replace(seen, ref=look.ref, activity_id=_activity(seen.ref, seen.activity_id)) for seen in found.failures
    )


def by_days(child: Child) -> tuple[str, str]:
    """Sorts children by their days, then by their ids; ISO dates sort as text."""
    return (child.window.start.isoformat() if child.window else "~"), child.workflow_id


def named_apart(child: Child, whole: Window | None) -> Child:
    """The child, without days if they are those of the whole run: these tell nothing apart."""
    return replace(child, window=None) if child.window == whole else child


def _to_show(failing: Sequence[ChildLook], before: ChildrenTimingOut | None) -> ChildLook:
    shown = before.shown.workflow_id if before and before.shown else ""
    same = next((each for each in failing if each.child.workflow_id == shown), None)
    return same or min(failing, key=lambda each: (each.run.health.rank, -each.run.attempt, each.child.workflow_id))


def _with_shown(look: DescribedRun, shown: ChildLook, children: ChildrenTimingOut) -> DescribedRun:
    run = shown.run
    return replace(
        look,
        health=min(look.health, run.health, key=lambda health: health.rank),
        alert_reason=run.alert_reason,
        activity_id=_activity(run.ref, run.activity_id) if run.activity_id else "",
        attempt=run.attempt,
        progress=run.progress,
        last_heartbeat_at=run.last_heartbeat_at,
        last_failure=run.last_failure,
        before=run.before,
        more_time=None,
        children=replace(children, shown=named_apart(shown.child, look.window)),
    )


def _as_before(look: DescribedRun, children: ChildrenTimingOut, before: ChildrenTimingOut) -> DescribedRun:
    """No child times out any more, or not all are known yet: the alert goes on showing what it showed. A run that has
    timed out struggles until it ends."""
    health = min(look.health, Health.STRUGGLING, key=lambda each: each.rank)
    return replace(look, health=health, activity_id="", children=replace(children, shown=before.shown))


def _activity(ref: Ref, activity_id: str) -> str:
    """Activities of several children have equal ids."""
    return f"{ref.run_id}:{activity_id}"

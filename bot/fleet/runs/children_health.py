"""The health of an open run together with that of the open workflows below it: the worst one counts. Pure.

``bot.fleet.runs.children`` picks the worst in the same way for the run's alert, but only among the reasons that open
alerts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.children import MOST_NAMED, by_days, named_apart
from bot.fleet.runs.heartbeat import Progress
from bot.model import Child, Health, Window


@dataclass(frozen=True, slots=True)
class AssessedChild:
    """An open workflow below a run. ``is_seen``: it was described just now. Otherwise, ``health`` is as recorded
    earlier, and ``age`` is the age of the latest description; None if the workflow was never described."""

    child: Child
    health: Assessment
    is_seen: bool = True
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ChildrenHealth:
    """Of ``total`` open workflows below a run, ``number`` have the worst ``health``; ``first`` are some of these, or
    none if all are healthy.

    ``unseen`` counts the workflows that could not be described in time. Of these, ``never_seen`` were never
    described. The rest were described earlier, and ``unseen_for`` is the age of the oldest of their descriptions;
    None if no unseen workflow was described earlier.
    """

    health: Health
    number: int
    total: int
    first: tuple[Child, ...] = ()
    unseen: int = 0
    never_seen: int = 0
    unseen_for: timedelta | None = None


def children_health(children: Sequence[AssessedChild], whole: Window | None) -> ChildrenHealth | None:
    """The health of the workflows below a run of the days ``whole``; None if none is open."""
    if not children:
        return None
    worst = min((each.health.health for each in children), key=lambda health: health.rank)
    alike = sorted((each.child for each in children if each.health.health is worst), key=by_days)
    first = () if worst is Health.HEALTHY else tuple(named_apart(child, whole) for child in alike[:MOST_NAMED])
    unseen = [each.age for each in children if not each.is_seen]
    oldest = max((age for age in unseen if age is not None), default=None)
    return ChildrenHealth(worst, len(alike), len(children), first, len(unseen), unseen.count(None), oldest)


def with_children_health(own: Assessment, children: Sequence[AssessedChild], whole: Window | None) -> Assessment:
    """The assessment of a run: its own, or that of a child with a worse health. Failures, pauses and alert
    reasons of all children are added, so a run counts as starting over if one of its children does."""
    worst = min(children, key=_badness, default=None)
    if worst is None:
        return own
    shown = own
    if worst.health.health.rank < own.health.rank:
        # The share of work done is that of the child alone. It does not tell when the run will end.
        progress = Progress(worst.health.progress.text, None, worst.health.progress.is_encrypted)
        shown = replace(worst.health, child=named_apart(worst.child, whole), progress=progress)
    failures = (*own.failures, *(kind for each in children for kind in each.health.failures))
    every = (own, *(each.health for each in children))
    is_paused = any(each.is_paused for each in every)
    has_paused_attempt = any(each.has_paused_attempt for each in every)
    reasons = {*own.alert_reasons, *(reason for each in children for reason in each.health.alert_reasons)}
    in_order = tuple(sorted(reasons, key=lambda reason: reason.rank))
    return replace(
        shown,
        failures=failures,
        is_paused=is_paused,
        has_paused_attempt=has_paused_attempt,
        alert_reasons=in_order,
        operations=tuple(name for each in every for name in each.operations),
    )


def _badness(each: AssessedChild) -> tuple[int, bool, int, str]:
    """The sort key that puts the worst child first; among equals, a child that was described now."""
    return each.health.health.rank, not each.is_seen, -each.health.attempt, each.child.workflow_id

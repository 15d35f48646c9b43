"""What a description of a run shows, and which parts of it are recorded."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.model import (
    AlertReason,
    DescribedState,
    Description,
    Ending,
    FailureKind,
    Observation,
    Ref,
    SeenFailure,
    SuggestedWindows,
    is_past_within_skew,
)

_OfRun = TypeVar("_OfRun", Observation, SeenFailure)


@dataclass(frozen=True, slots=True)
class DescribedRun(DescribedState):
    """What the latest description shows of one run. ``alert_reason`` is None if the run needs no alert, and
    ``ending`` is None while the run is open and watched. ``ended_with_campaign``: the run is no longer watched,
    because its campaign was closed.

    Attempt, progress and failure are those of the run's worst activity. ``activity_id`` is the id of this activity;
    "" between two activities. ``before`` is the progress of the same activity as recorded before this description,
    perhaps in an earlier attempt; "" while the activity is on its first attempt. ``is_later_firing``: a cron schedule
    began this run, and began other runs before it. ``recurrence`` counts earlier alerts of the run that ended because
    the trouble passed. ``suggested`` are the windows that an alert would suggest if this run opened an alert.
    """

    alert_reason: AlertReason | None
    activity_id: str = ""
    before: str = ""
    ending: Ending | None = None
    is_later_firing: bool = False
    recurrence: int = 0
    suggested: SuggestedWindows | None = None
    ended_with_campaign: bool = False


def failures_of(description: Description, now: datetime) -> tuple[SeenFailure, ...]:
    """The last failure of each activity. Temporal keeps no earlier ones, so each is recorded when it is seen."""
    return tuple(
        SeenFailure(description.execution.ref, activity.activity_id, max(1, activity.attempt - 1), failure, now)
        for activity in description.activities
        if (failure := activity.last_failure)
    )


def joined(known: Iterable[SeenFailure], fresh: Iterable[SeenFailure]) -> tuple[SeenFailure, ...]:
    """The ``known`` and the ``fresh`` failures, in the order of runs and attempts. Of several failures of one
    attempt, only the one seen first is kept."""
    failures = (*known, *fresh)
    if not failures:
        return ()
    by_attempt = {(seen.ref, seen.activity_id, seen.attempt): seen for seen in reversed(failures)}
    place = {ref: number for number, ref in enumerate(dict.fromkeys(seen.ref for seen in failures))}
    return tuple(sorted(by_attempt.values(), key=lambda seen: (place[seen.ref], seen.attempt, seen.activity_id)))


def most_timeouts(failures: Iterable[SeenFailure]) -> int:
    """The number of heartbeat timeouts of the activity that has the most; each attempt counts once. Timeouts of
    different activities or workflows are not added up, because their sum says nothing about how much work each of
    them has."""
    timeouts = (seen for seen in failures if seen.failure.kind is FailureKind.HEARTBEAT_TIMEOUT)
    distinct = {(seen.ref, seen.activity_id, seen.attempt) for seen in timeouts}
    if not distinct:
        return 0
    return max(Counter((ref.workflow_id, activity_id) for ref, activity_id, _ in distinct).values())


def observations_of(
    description: Description, earlier: Iterable[Observation], now: datetime
) -> tuple[Observation, ...]:
    """The heartbeat details that have changed since the ``earlier`` observations of this run.

    An earlier observation whose time is still to come was made while a clock was ahead. It does not count, and the
    details are observed anew. If it counted and the details stopped changing, the bot would not notice this before
    the time of the observation. Encrypted details are not observed: the bot cannot compare them, and a codec that
    fails for a while must not look like a change.
    """
    before = {seen.activity_id: seen.details for seen in earlier if is_past_within_skew(seen.changed_at, now)}
    ref = description.execution.ref
    return tuple(
        Observation(ref, activity.activity_id, activity.details, now)
        for activity in description.activities
        if activity.details and not activity.is_encrypted and before.get(activity.activity_id) != activity.details
    )


def by_run(seen: Iterable[_OfRun]) -> dict[Ref, list[_OfRun]]:
    """Observations or failures, grouped by the run that they are about. Without the groups, the bot would search all
    of them for each of thousands of runs."""
    grouped: dict[Ref, list[_OfRun]] = {}
    for about in seen:
        grouped.setdefault(about.ref, []).append(about)
    return grouped

"""What a description of a run shows, which parts of it are recorded, and when the next description is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import (
    Activity,
    ActivityState,
    AlertReason,
    DescribedState,
    Description,
    Ending,
    Observation,
    SeenFailure,
    is_past_within_skew,
)

# Workers hold heartbeats back for up to min(0.8 × heartbeat timeout, 60 s) (temporalio/sdk-java#906, for all SDKs).
THROTTLE_SHARE = 0.8
LONGEST_THROTTLE = timedelta(seconds=60)
# A look at the exact deadline is often just too early, and a deadline that has passed must not cause a busy loop.
MARGIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DescribedRun(DescribedState):
    """One run as just described. ``alert_reason`` is None when it needs no alert, ``ending`` is None while it is
    open.

    Attempt, progress and failure are those of its worst activity, whose id is "" between two activities. ``before``
    is the progress of that activity at the previous look, which may belong to an attempt that has ended since.
    """

    alert_reason: AlertReason | None
    activity_id: str = ""
    before: str = ""
    ending: Ending | None = None


def next_look(description: Description, now: datetime, slow_round: timedelta) -> datetime:
    """When something may have happened to one of its activities; after ``slow_round`` at the latest."""
    due = [moment for activity in description.activities if (moment := _due(activity))]
    return max(min([*due, now + slow_round]), now + min(MARGIN, slow_round))


def failures_of(description: Description, now: datetime) -> tuple[SeenFailure, ...]:
    """The last failure of each activity. Temporal keeps no earlier ones, so each is recorded when it is seen."""
    return tuple(
        SeenFailure(description.execution.ref, activity.activity_id, max(1, activity.attempt - 1), failure, now)
        for activity in description.activities
        if (failure := activity.last_failure)
    )


def joined(known: Iterable[SeenFailure], fresh: Iterable[SeenFailure]) -> tuple[SeenFailure, ...]:
    """Both, ordered by attempt, with one failure for each attempt of an activity: the one seen first."""
    by_attempt = {(seen.activity_id, seen.attempt): seen for seen in [*reversed([*fresh]), *reversed([*known])]}
    return tuple(sorted(by_attempt.values(), key=lambda seen: (seen.attempt, seen.activity_id)))


def observations_of(
    description: Description, earlier: Iterable[Observation], now: datetime
) -> tuple[Observation, ...]:
    """Heartbeat details that have changed since the ``earlier`` observations.

    An earlier observation with a time in the future comes from a clock that was ahead, and is replaced: until that
    time, nothing would count as unchanged for long.
    """
    before = {
        (seen.ref, seen.activity_id): seen.details for seen in earlier if is_past_within_skew(seen.changed_at, now)
    }
    ref = description.execution.ref
    return tuple(
        Observation(ref, activity.activity_id, activity.details, now)
        for activity in description.activities
        if activity.details and before.get((ref, activity.activity_id)) != activity.details
    )


def _due(activity: Activity) -> datetime | None:
    if activity.state is ActivityState.SCHEDULED:
        return activity.next_attempt_at + MARGIN if activity.next_attempt_at else None
    beat = activity.last_heartbeat_at or activity.started_at
    if activity.state is ActivityState.PAUSED or beat is None or not activity.heartbeat_timeout:
        return None
    # The last heartbeat may be that of the previous attempt; the timeout of this one counts from its own start.
    beat = max(beat, activity.started_at or beat)
    throttle = min(activity.heartbeat_timeout * THROTTLE_SHARE, LONGEST_THROTTLE)
    return beat + activity.heartbeat_timeout + throttle

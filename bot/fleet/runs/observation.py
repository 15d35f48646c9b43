"""What one look at an execution shows, what of it is worth recording, and when the next look is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import (
    Activity,
    ActivityState,
    AlertReason,
    Description,
    Ending,
    Observation,
    SeenFailure,
    Standing,
    is_past_within_skew,
)

# Workers hold heartbeats back for up to min(0.8 × heartbeat timeout, 60 s) (temporalio/sdk-java#906, for all SDKs).
THROTTLE_SHARE = 0.8
LONGEST_THROTTLE = timedelta(seconds=60)
# Looking at the very moment would often be just too early; a deadline that has passed is not asked about at once.
MARGIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DescribedRun(Standing):
    """One execution as just described. ``alert_reason`` is None when it needs no alert, ``ending`` while it is open.

    Attempt, progress and failure are those of its worst activity, whose id is "" between two. ``before`` is the
    progress of that activity at the look before this one, which may be that of an attempt that has ended since.
    """

    alert_reason: AlertReason | None
    activity_id: str = ""
    before: str = ""
    ending: Ending | None = None


def next_look(description: Description, now: datetime, slow_round: timedelta) -> datetime:
    """When something may have happened to one of its activities, at the latest after the slow round."""
    due = [moment for activity in description.activities if (moment := _due(activity))]
    return max(min([*due, now + slow_round]), now + min(MARGIN, slow_round))


def failures_of(description: Description, now: datetime) -> tuple[SeenFailure, ...]:
    """The last failure of each activity, which Temporal forgets at the next one."""
    return tuple(
        SeenFailure(description.execution.ref, activity.activity_id, max(1, activity.attempt - 1), failure, now)
        for activity in description.activities
        if (failure := activity.last_failure)
    )


def joined(known: Iterable[SeenFailure], fresh: Iterable[SeenFailure]) -> tuple[SeenFailure, ...]:
    """Both, by attempt, each attempt's failure once: what was seen first stays."""
    by_attempt = {(seen.activity_id, seen.attempt): seen for seen in [*reversed([*fresh]), *reversed([*known])]}
    return tuple(sorted(by_attempt.values(), key=lambda seen: (seen.attempt, seen.activity_id)))


def observations_of(
    description: Description, earlier: Iterable[Observation], now: datetime
) -> tuple[Observation, ...]:
    """Heartbeat details that differ from what was seen before; those that do not are no news, unless they were seen
    by a clock that was ahead: nothing would be unchanged for long until its time has come."""
    known = {
        (seen.ref, seen.activity_id): seen.details for seen in earlier if is_past_within_skew(seen.changed_at, now)
    }
    ref = description.execution.ref
    return tuple(
        Observation(ref, activity.activity_id, activity.details, now)
        for activity in description.activities
        if activity.details and known.get((ref, activity.activity_id)) != activity.details
    )


def _due(activity: Activity) -> datetime | None:
    if activity.state is ActivityState.SCHEDULED:
        return activity.next_attempt_at + MARGIN if activity.next_attempt_at else None
    beat = activity.last_heartbeat_at or activity.started_at
    if activity.state is ActivityState.PAUSED or beat is None or not activity.heartbeat_timeout:
        return None
    # The last beat known may be of the attempt before: this one has its whole timeout from its own start.
    beat = max(beat, activity.started_at or beat)
    throttle = min(activity.heartbeat_timeout * THROTTLE_SHARE, LONGEST_THROTTLE)
    return beat + activity.heartbeat_timeout + throttle

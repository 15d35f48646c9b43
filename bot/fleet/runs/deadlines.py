"""When each open run of a cluster is described next: as soon as something may have happened to it.

A running activity can time out when its heartbeat timeout has passed since its last heartbeat. A pending attempt
begins at its scheduled time. A run with no such time has no deadline, and is described once in each slow round.

Workers throttle heartbeats: they send one in each interval, and an interval is shorter than the timeout. So the last
heartbeat before a deadline reaches the server some time before the deadline, and no other follows until the deadline.
A description made in between shows the same as one made at the deadline, so the bot need not wait. Runs that were
started together have their deadlines together, so the bot describes some of them early when it has calls to spare.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Activity, ActivityState, Description

# The server's timer fires after the timeout, never before. A describe right at the timeout is often too early.
MARGIN = timedelta(seconds=0.5)
# When a deadline has passed and nothing has happened yet, the run is described again after each of these times, and
# then in the slow round.
AGAIN_AFTER = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
# Workers send a heartbeat at least once within this share of its timeout, or within this span if that is shorter
# (docs/temporal-facts.md#heartbeats).
BEAT_SHARE, LONGEST_BEAT = 0.8, timedelta(minutes=1)
# A heartbeat reaches the server within this time, even if its worker is busy.
ARRIVAL = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class NextDescribe:
    """When the run is described next: at its ``deadline`` or in the slow round at ``round_at``, whichever is earlier.
    ``deadline`` is None if the run has no deadline. From ``early_at`` on, a description shows the same as one at the
    deadline, so the bot may describe the run early. ``early_at`` is None if the bot has to wait for the deadline. All
    three times are on the bot's clock.

    If a deadline had passed when the run was described, and yet nothing had happened to the run, ``missed`` is the
    latest such deadline, on the server's clock. ``repeats`` counts the further descriptions in which still nothing
    had happened since that deadline. ``is_below``: the run is below another run that is described as well.
    """

    round_at: datetime
    deadline: datetime | None = None
    missed: datetime | None = None
    repeats: int = 0
    is_below: bool = False
    early_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The earlier of ``round_at`` and ``deadline``."""
        return min(self.round_at, self.deadline or self.round_at)


def next_describe(
    description: Description,
    before: NextDescribe | None,
    now: datetime,
    slow_round: timedelta,
    ahead: timedelta = timedelta(0),
) -> NextDescribe:
    """When to describe the run again. ``before`` has the times that led to this description; None if the run was not
    in the queue. ``now`` is on the bot's clock, which is ``ahead`` of the server's. All times in the description are
    on the server's clock."""
    there = now - ahead
    timers = [(deadline, activity) for activity in description.activities if (deadline := deadline_of(activity))]
    missed = max((deadline for deadline, _ in timers if deadline <= there), default=None)
    is_same = before is not None and missed is not None and before.missed == missed
    repeats = before.repeats + 1 if before and is_same else 0
    coming = [(deadline, _early_at(deadline, activity)) for deadline, activity in timers if deadline > there]
    if missed and repeats < len(AGAIN_AFTER):
        coming.append((there + AGAIN_AFTER[repeats], None))
    deadline, early_at = min(coming, key=lambda times: times[0], default=(None, None))
    return NextDescribe(
        round_at=now + slow_round,
        deadline=deadline and deadline + ahead,
        missed=missed,
        repeats=repeats,
        is_below=before is not None and before.is_below,
        # If ``early_at`` has passed, this describe has already shown the heartbeat.
        early_at=early_at + ahead if early_at and early_at > there else None,
    )


def deadline_of(activity: Activity) -> datetime | None:
    """The earliest time at which something may happen to the activity, on the server's clock. None if that time is
    unknown, or if the activity is paused, because then no timeout strikes."""
    if activity.pause:
        return None
    if activity.state is ActivityState.SCHEDULED:
        return activity.next_attempt_at
    beat = activity.last_heartbeat_at or activity.started_at
    if beat is None or not activity.heartbeat_timeout:
        return None
    # The last heartbeat may be that of the previous attempt. The timeout of this attempt counts from its own start.
    return max(beat, activity.started_at or beat) + activity.heartbeat_timeout + MARGIN


def _early_at(deadline: datetime, activity: Activity) -> datetime | None:
    """The time by which the last heartbeat before the deadline has reached the server, assuming that the worker
    sends heartbeats as rarely as it may. None if the activity sends none, or if that time is not before the
    deadline."""
    if activity.state is ActivityState.SCHEDULED or not activity.heartbeat_timeout:
        return None
    begun = deadline - MARGIN - activity.heartbeat_timeout
    beat = min(activity.heartbeat_timeout * BEAT_SHARE, LONGEST_BEAT)
    arrived = begun + beat * ((deadline - begun) // beat) + ARRIVAL
    return arrived if arrived < deadline else None

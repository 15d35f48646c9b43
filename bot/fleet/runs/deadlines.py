"""When each open run of a cluster is described next: as soon as something may have happened to it.

A running activity can time out when its heartbeat timeout has passed since its last heartbeat, and a pending attempt
begins at its scheduled time. Everything else has no deadline, and is described once in a slow round.

Workers hold heartbeats back, so the last one before a deadline reaches the server some time earlier. From then on a
describe tells as much as one at the deadline. The bot may use that time when it has calls to spare, because runs that
were started together have their deadlines together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Activity, ActivityState, Description

# The server's timer fires after the timeout, never before. A describe right at the timeout is often too early.
MARGIN = timedelta(seconds=0.5)
# If a deadline has passed and nothing has happened yet, the run is described again after each of these, and then in
# the slow round.
AGAIN_AFTER = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
# Workers send a heartbeat at least once within this share of its timeout, or within this span if that is shorter
# (docs/temporal-facts.md#heartbeats).
BEAT_SHARE, LONGEST_BEAT = 0.8, timedelta(minutes=1)
# By then a heartbeat has reached the server, even that of a busy worker.
ARRIVAL = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class NextDescribe:
    """When the run is due in the slow round, and when by its ``deadline`` (None: it has none). From ``early_at`` on a
    describe tells as much as one at the deadline (None: nothing does earlier). All three are by the bot's clock.

    ``missed`` is the latest deadline, by the server's clock, at which nothing had happened yet when the run was
    described. ``repeats`` counts the describes since then that have found nothing new. ``is_below``: it runs below
    another run that is described, too.
    """

    round_at: datetime
    deadline: datetime | None = None
    missed: datetime | None = None
    repeats: int = 0
    is_below: bool = False
    early_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The earlier of the two times."""
        return min(self.round_at, self.deadline or self.round_at)


def next_describe(
    description: Description,
    before: NextDescribe | None,
    now: datetime,
    slow_round: timedelta,
    ahead: timedelta = timedelta(0),
) -> NextDescribe:
    """When to describe the run again, after ``before`` has led to this description. ``now`` is by the bot's clock,
    which is ``ahead`` of the server's. All times in the description are by the server's clock."""
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
        # If that time has passed, this describe has told it.
        early_at=early_at + ahead if early_at and early_at > there else None,
    )


def deadline_of(activity: Activity) -> datetime | None:
    """When something may happen to the activity, by the server's clock; None if no such time is known."""
    if activity.state is ActivityState.SCHEDULED:
        return activity.next_attempt_at
    beat = activity.last_heartbeat_at or activity.started_at
    if activity.state is ActivityState.PAUSED or beat is None or not activity.heartbeat_timeout:
        return None
    # The last heartbeat may be that of the previous attempt. The timeout of this attempt counts from its own start.
    return max(beat, activity.started_at or beat) + activity.heartbeat_timeout + MARGIN


def _early_at(deadline: datetime, activity: Activity) -> datetime | None:
    """When the last heartbeat before the deadline has arrived, if the worker sends them as rarely as it may."""
    if activity.state is ActivityState.SCHEDULED or not activity.heartbeat_timeout:
        return None
    begun = deadline - MARGIN - activity.heartbeat_timeout
    beat = min(activity.heartbeat_timeout * BEAT_SHARE, LONGEST_BEAT)
    arrived = begun + beat * ((deadline - begun) // beat) + ARRIVAL
    return arrived if arrived < deadline else None

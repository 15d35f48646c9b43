"""When each open run of a cluster is described next: as soon as something may have happened to it.

A running activity can time out when its heartbeat timeout has passed since its last heartbeat, and a pending attempt
begins at its scheduled time. Everything else has no deadline, and is described once in a slow round.
"""

import heapq
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Activity, ActivityState, Description, Ref

# The server's timer fires after the timeout, never before. A describe right at the timeout is often too early.
MARGIN = timedelta(seconds=0.5)
# If a deadline has passed and nothing has happened yet, the run is described again after each of these, and then in
# the slow round.
AGAIN_AFTER = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
# One call in ten is for the slow rounds, even while more deadlines are due than the budget allows.
SHARE_OF_ROUNDS = 10
# When the heap has more entries for each run than this, it is built anew without the outdated entries.
MOST_ENTRIES_A_RUN = 4


@dataclass(frozen=True, slots=True)
class NextDescribe:
    """When the run is due in the slow round, and when by its ``deadline`` (None: it has none). Both are by the bot's
    clock.

    ``missed`` is the latest deadline, by the server's clock, at which nothing had happened yet when the run was
    described. ``repeats`` counts the describes since then that have found nothing new. ``is_below``: it runs below
    another run that is described, too.
    """

    round_at: datetime
    deadline: datetime | None = None
    missed: datetime | None = None
    repeats: int = 0
    is_below: bool = False

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
    deadlines = [deadline for activity in description.activities if (deadline := deadline_of(activity))]
    coming = [deadline for deadline in deadlines if deadline > there]
    missed = max((deadline for deadline in deadlines if deadline <= there), default=None)
    is_same = before is not None and missed is not None and before.missed == missed
    repeats = before.repeats + 1 if before and is_same else 0
    if missed and repeats < len(AGAIN_AFTER):
        coming.append(there + AGAIN_AFTER[repeats])
    is_below = before is not None and before.is_below
    return NextDescribe(now + slow_round, min(coming) + ahead if coming else None, missed, repeats, is_below)


def deadline_of(activity: Activity) -> datetime | None:
    """When something may happen to the activity, by the server's clock; None if no such time is known."""
    if activity.state is ActivityState.SCHEDULED:
        return activity.next_attempt_at
    beat = activity.last_heartbeat_at or activity.started_at
    if activity.state is ActivityState.PAUSED or beat is None or not activity.heartbeat_timeout:
        return None
    # The last heartbeat may be that of the previous attempt. The timeout of this attempt counts from its own start.
    return max(beat, activity.started_at or beat) + activity.heartbeat_timeout + MARGIN


class DescribeQueue:
    """The open runs of one cluster, ordered by when each is described next. Deadlines go before slow rounds, and runs
    with nothing above them before those below others."""

    def __init__(self) -> None:
        self._next: dict[Ref, NextDescribe] = {}
        self._top, self._below = _Lane(self._next, is_below=False), _Lane(self._next, is_below=True)

    def __len__(self) -> int:
        return len(self._next)

    def __contains__(self, ref: Ref) -> bool:
        return ref in self._next

    @property
    def refs(self) -> Collection[Ref]:
        """All runs."""
        return self._next.keys()

    def get(self, ref: Ref) -> NextDescribe | None:
        """When this run is described next; None for a run that is not in the queue."""
        return self._next.get(ref)

    def put(self, ref: Ref, coming: NextDescribe) -> None:
        """Add a run, or give it other times."""
        self._next[ref] = coming
        (self._below if coming.is_below else self._top).add(ref, coming)

    def discard(self, ref: Ref) -> None:
        """Remove a run, if it is there."""
        self._next.pop(ref, None)

    def due(self, now: datetime, at_most: int) -> list[Ref]:
        """The runs that are due, the longest overdue first: deadlines before slow rounds, and runs below others last,
        though one place in ten is theirs. They stay due until they get other times."""
        below = self._below.due(now, at_most)
        kept = min(len(below), at_most // SHARE_OF_ROUNDS)
        return [*self._top.due(now, at_most - kept), *below][:at_most]

    def earliest(self) -> datetime | None:
        """When the next run is due; None when there are no runs."""
        return min(filter(None, (self._top.earliest(), self._below.earliest())), default=None)

    def lag(self, now: datetime) -> timedelta:
        """How long the most overdue run has been waiting."""
        earliest = self.earliest()
        return max(now - earliest, timedelta(0)) if earliest else timedelta(0)


class _Lane:
    """The times of the runs with nothing above them, or of those below others."""

    def __init__(self, coming: Mapping[Ref, NextDescribe], *, is_below: bool) -> None:
        self._runs, self._is_below = coming, is_below
        self._deadlines = _Times(lambda ref: found.deadline if (found := self._of_lane(ref)) else None)
        self._rounds = _Times(lambda ref: found.round_at if (found := self._of_lane(ref)) else None)

    def add(self, ref: Ref, coming: NextDescribe) -> None:
        self._rounds.add(ref, coming.round_at, len(self._runs))
        if coming.deadline:
            self._deadlines.add(ref, coming.deadline, len(self._runs))

    def due(self, now: datetime, at_most: int) -> list[Ref]:
        deadlines = self._deadlines.until(now, at_most)
        rounds = self._rounds.until(now, at_most)
        kept = min(len(rounds), at_most // SHARE_OF_ROUNDS)
        return list(dict.fromkeys([*deadlines[: at_most - kept], *rounds]))[:at_most]

    def earliest(self) -> datetime | None:
        return min(filter(None, (self._deadlines.earliest(), self._rounds.earliest())), default=None)

    def _of_lane(self, ref: Ref) -> NextDescribe | None:
        coming = self._runs.get(ref)
        return coming if coming and coming.is_below is self._is_below else None


class _Times:
    """A heap of times. An entry is valid as long as ``current`` has the same time for its run. Outdated entries stay
    until they come up."""

    def __init__(self, current: Callable[[Ref], datetime | None]) -> None:
        self._current = current
        self._heap: list[tuple[datetime, Ref]] = []

    def add(self, ref: Ref, at: datetime, runs: int) -> None:
        heapq.heappush(self._heap, (at, ref))
        if len(self._heap) > MOST_ENTRIES_A_RUN * (runs + 1):
            self._heap = [entry for entry in set(self._heap) if self._holds(entry)]
            heapq.heapify(self._heap)

    def earliest(self) -> datetime | None:
        while self._heap and not self._holds(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def until(self, now: datetime, at_most: int) -> list[Ref]:
        """The first runs whose time has come."""
        entries: dict[tuple[datetime, Ref], None] = {}
        while len(entries) < at_most and (earliest := self.earliest()) and earliest <= now:
            # A run that has got the same time twice has two equal entries.
            entries[heapq.heappop(self._heap)] = None
        for entry in entries:
            heapq.heappush(self._heap, entry)
        return [ref for _, ref in entries]

    def _holds(self, entry: tuple[datetime, Ref]) -> bool:
        return self._current(entry[1]) == entry[0]

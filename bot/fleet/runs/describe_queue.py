"""The open runs of a cluster in the order in which they are described."""

import heapq
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from bot.fleet.runs.deadlines import NextDescribe
from bot.model import Ref

# One call in ten is for slow rounds, even if the budget does not suffice for all deadlines.
SHARE_OF_ROUNDS = 10
# When the heap has more entries for each run than this, it is built anew without the outdated entries.
MOST_ENTRIES_A_RUN = 4

_Entry = tuple[datetime, str, str, Ref]
"""A time, a run's workflow id and run id, and the run. The ids come before the run because they are compared faster,
and after a start, thousands of runs are due at the same time."""


class DescribeQueue:
    """The open runs of one cluster, ordered by when each is described next. Runs whose deadline has passed go before
    runs of the slow round, and runs at the top before runs below others."""

    def __init__(self) -> None:
        self._next: dict[Ref, NextDescribe] = {}
        self._top, self._below = _Lane(self._next, is_below=False), _Lane(self._next, is_below=True)

    def __len__(self) -> int:
        return len(self._next)

    def __contains__(self, ref: Ref) -> bool:
        return ref in self._next

    @property
    def refs(self) -> Collection[Ref]:
        """All runs in the queue."""
        return self._next.keys()

    def get(self, ref: Ref) -> NextDescribe | None:
        """When this run is described next; None if it is not in the queue."""
        return self._next.get(ref)

    def put(self, ref: Ref, coming: NextDescribe) -> None:
        """Add a run, or replace the times of a run that is in the queue."""
        self._next[ref] = coming
        (self._below if coming.is_below else self._top).add(ref, coming)

    def discard(self, ref: Ref) -> None:
        """Remove a run, if it is there."""
        self._next.pop(ref, None)

    def due(self, now: datetime, at_most: int) -> list[Ref]:
        """At most ``at_most`` runs that are due: first the runs at the top, then the runs below others. One place in
        ten is kept for the latter. In each of these two groups, runs whose deadline has passed come before runs that
        are due only in the slow round, in which every run has its turn. Of each of these kinds, the run that is
        overdue for longest comes first. One place in ten of each group, and at least one place, is kept for the slow
        round. A run stays due until ``put`` gives it other times."""
        kept = len(self._below.due(now, at_most // SHARE_OF_ROUNDS))
        top = self._top.due(now, at_most - kept)
        return [*top, *self._below.due(now, at_most - len(top))]

    def pick(self, now: datetime, at_most: int, early: int) -> list[Ref]:
        """The runs that are ``due``. If there are fewer than ``at_most``, up to ``early`` runs that may be described
        before their deadline are added: first runs at the top, then runs below others. In each of these two groups,
        the run with the earliest ``early_at`` comes first."""
        due = self.due(now, at_most)
        room = max(0, min(at_most - len(due), early))
        # The early runs include those that have become due since. They are left out below.
        among = room + len(due) if room else 0
        waiting = [*self._top.early(now, among), *self._below.early(now, among)]
        return [*due, *[ref for ref in waiting if self._next[ref].at > now][:room]]

    def earliest(self) -> datetime | None:
        """When the next run is due; None when there are no runs."""
        return min(filter(None, (self._top.earliest(), self._below.earliest())), default=None)

    def earliest_early(self) -> datetime | None:
        """When the next run may be described before its deadline; None if no run may."""
        return min(filter(None, (self._top.earliest_early(), self._below.earliest_early())), default=None)

    def lag(self, now: datetime) -> timedelta:
        """How long the most overdue run has been waiting."""
        earliest = self.earliest()
        return max(now - earliest, timedelta(0)) if earliest else timedelta(0)


class _Lane:
    """The times of one group of runs: the runs below others if ``is_below``, else the runs at the top."""

    def __init__(self, coming: Mapping[Ref, NextDescribe], *, is_below: bool) -> None:
        self._runs, self._is_below = coming, is_below
        self._deadlines = _Times(lambda ref: found.deadline if (found := self._of_lane(ref)) else None)
        self._rounds = _Times(lambda ref: found.round_at if (found := self._of_lane(ref)) else None)
        self._early = _Times(lambda ref: found.early_at if (found := self._of_lane(ref)) else None)

    def add(self, ref: Ref, coming: NextDescribe) -> None:
        self._rounds.add(ref, coming.round_at, len(self._runs))
        if coming.deadline:
            self._deadlines.add(ref, coming.deadline, len(self._runs))
        if coming.early_at:
            self._early.add(ref, coming.early_at, len(self._runs))

    def due(self, now: datetime, at_most: int) -> list[Ref]:
        deadlines = self._deadlines.until(now, at_most)
        rounds = self._rounds.until(now, at_most)
        # A single place is for slow rounds, too: each run has them, so no run waits for ever.
        kept = min(len(rounds), max(1, at_most // SHARE_OF_ROUNDS))
        return list(dict.fromkeys([*deadlines[: at_most - kept], *rounds, *deadlines]))[:at_most]

    def earliest(self) -> datetime | None:
        return min(filter(None, (self._deadlines.earliest(), self._rounds.earliest())), default=None)

    def early(self, now: datetime, at_most: int) -> list[Ref]:
        return self._early.until(now, at_most)

    def earliest_early(self) -> datetime | None:
        return self._early.earliest()

    def _of_lane(self, ref: Ref) -> NextDescribe | None:
        coming = self._runs.get(ref)
        return coming if coming and coming.is_below is self._is_below else None


class _Times:
    """A heap of times. An entry is valid as long as ``current`` has the same time for its run. Outdated entries stay
    until they reach the top."""

    def __init__(self, current: Callable[[Ref], datetime | None]) -> None:
        self._current = current
        self._heap: list[_Entry] = []

    def add(self, ref: Ref, at: datetime, runs: int) -> None:
        heapq.heappush(self._heap, (at, ref.workflow_id, ref.run_id, ref))
        if len(self._heap) > MOST_ENTRIES_A_RUN * (runs + 1):
            self._heap = [entry for entry in set(self._heap) if self._holds(entry)]
            heapq.heapify(self._heap)

    def earliest(self) -> datetime | None:
        while self._heap and not self._holds(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def until(self, now: datetime, at_most: int) -> list[Ref]:
        """At most ``at_most`` runs whose time has come, the earliest first."""
        entries: list[_Entry] = []
        while len(entries) < at_most and (earliest := self.earliest()) and earliest <= now:
            entry = heapq.heappop(self._heap)
            # A run that got the same time twice has two equal entries, one after the other.
            if entries[-1:] != [entry]:
                entries.append(entry)
        for entry in entries:
            heapq.heappush(self._heap, entry)
        return [ref for *_, ref in entries]

    def _holds(self, entry: _Entry) -> bool:
        at, *_, ref = entry
        return self._current(ref) == at

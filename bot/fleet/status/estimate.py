"""How long work takes, as a range: for one customer, and until the last of many customers is done. Pure.

The customers of a cluster share its slots, ``windows_at_once`` in the configuration: no more windows than that run at
the same time. So forty customers of four hours each take longer than one of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

# The late end of an estimate adds a third to the time at the measured pace, for repeated attempts and for the time
# between windows.
SLACK = 4 / 3

_End = Callable[["Estimate"], timedelta]
_ENDS: tuple[_End, _End] = (attrgetter("low"), attrgetter("high"))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range of time, from ``low`` to ``high``."""

    low: timedelta
    high: timedelta

    @classmethod
    def at_pace(cls, time: timedelta) -> "Estimate":
        """The range from ``time``, as the measured pace gives it, to a third more."""
        return cls(time, time * SLACK)


NO_TIME = Estimate(timedelta(0), timedelta(0))


@dataclass(frozen=True, slots=True)
class WorkLeft:
    """The work that a customer of ``cluster`` has left. ``time`` is how long it takes if no window waits for a slot.

    ``running`` has, for each open run, how long it still holds its slot. ``following`` adds up how long each of the
    windows after these will hold a slot.
    """

    cluster: str
    time: Estimate
    running: tuple[Estimate, ...] = ()
    following: Estimate = NO_TIME


def until_last(works: Iterable[WorkLeft], slots: Mapping[str, int]) -> Estimate | None:
    """How long until the last of these customers is done; None if there are none. The customers of a cluster share
    its ``slots``; a cluster that ``slots`` does not name has enough of them."""
    by_cluster: dict[str, list[WorkLeft]] = {}
    for work in works:
        by_cluster.setdefault(work.cluster, []).append(work)
    if not by_cluster:
        return None
    low, high = (max(_of_cluster(own, slots.get(name), end) for name, own in by_cluster.items()) for end in _ENDS)
    return Estimate(low, high)


def _of_cluster(works: Sequence[WorkLeft], slots: int | None, end: _End) -> timedelta:
    """The time of the longest work, or the time that the slots need for all work, whichever is longer. ``end`` picks
    the low or the high end of each estimate. If more runs are open than there are slots, the second time has only the
    longest runs, one for each slot: the others end within that time."""
    longest = max(end(work.time) for work in works)
    if not slots:
        return longest
    running = sorted((end(run) for work in works for run in work.running), reverse=True)[:slots]
    in_slots = sum([*running, *(end(work.following) for work in works)], timedelta(0))
    return max(longest, in_slots / slots)

"""Slots: which moments the wall-clock times of a cron line are, in a zone whose clocks are set forward and back.

A line that names every hour goes by real time: it comes at every real hour, quarter or minute that it names. Any
other names times of a day, and each comes once: one that the clocks pass twice comes at its first, and one that they
jump over comes at the first moment after the jump.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

MINUTE = timedelta(minutes=1)


class Line(Protocol):
    """What is written: wall-clock times, without a zone."""

    @property
    def is_hourly(self) -> bool:
        """Whether it names every hour of the day."""
        ...

    def next_time(self, wall: datetime) -> datetime | None:
        """The first one from ``wall`` on, if there is any."""
        ...


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Whole minutes of UTC, both ends included, in which the clocks of the zone are ``ahead`` of it by the same."""

    first: datetime
    last: datetime
    ahead: timedelta

    def slots(self, line: Line) -> Iterator[datetime]:
        """Every moment of it that shows a time of the line."""
        for wall in _times(line, _wall(self.first, self.ahead), _wall(self.last, self.ahead)):
            yield (wall - self.ahead).replace(tzinfo=UTC)


def latest_slot(line: Line, zone: tzinfo, since: datetime, until: datetime) -> datetime | None:
    """The last slot between the two, both included, in UTC. They are so near that the clocks are set at most once
    in between."""
    first, last = _whole_minutes(since, until)
    if last < first:
        return None
    stretches = _stretches(first, last, zone)
    found = [
        slot for stretch in stretches for slot in stretch.slots(line) if line.is_hourly or not _again(slot, zone)
    ]
    if len(stretches) > 1 and not line.is_hourly and _jumped_over(line, *stretches):
        found.append(stretches[1].first)
    return max((slot for slot in found if slot >= first), default=None)


def _whole_minutes(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    first, last = since.astimezone(UTC), until.astimezone(UTC)
    begun = first.replace(second=0, microsecond=0)
    return begun if begun == first else begun + MINUTE, last.replace(second=0, microsecond=0)


def _stretches(first: datetime, last: datetime, zone: tzinfo) -> list[_Stretch]:
    """One, or two with a change of the clocks in between; a minute more shows whether that is at ``first``."""
    begin = first - MINUTE
    before, after = _ahead(begin, zone), _ahead(last, zone)
    if before == after:
        return [_Stretch(begin, last, before)]
    minutes = [begin + number * MINUTE for number in range((last - begin) // MINUTE + 1)]
    change = minutes[bisect_left(minutes, 1, key=lambda minute: _ahead(minute, zone) == after)]
    return [_Stretch(begin, change - MINUTE, before), _Stretch(change, last, after)]


def _jumped_over(line: Line, before: _Stretch, after: _Stretch) -> bool:
    """Whether the line has a time that the clocks were set past."""
    begin, end = _wall(after.first, before.ahead), _wall(after.first, after.ahead)
    wall = line.next_time(begin) if begin < end else None
    return wall is not None and wall < end


def _times(line: Line, first: datetime, last: datetime) -> Iterator[datetime]:
    """Its times between the two. Each step is a minute or more: it moves on by itself, whatever the line answers."""
    at = first
    while at <= last:
        wall = line.next_time(at)
        if wall is None or wall > last:
            return
        if wall >= at:
            yield wall
        at = max(at, wall) + MINUTE


def _again(at: datetime, zone: tzinfo) -> bool:
    """Whether the clocks have shown this time before."""
    return at.astimezone(zone).fold == 1


def _ahead(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _wall(at: datetime, ahead: timedelta) -> datetime:
    return (at + ahead).replace(tzinfo=None)

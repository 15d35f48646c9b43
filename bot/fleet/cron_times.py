"""Converts the wall-clock times of a cron line into instants (slots), in a time zone with daylight saving time.

A line that names every hour follows real time: it has a slot at every real hour, quarter or minute that it names. Any
other line names times of the day, and each of them has one slot a day. A time that the clocks show twice has its slot
the first time. A time that the clocks skip has its slot right after the jump.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

MINUTE = timedelta(minutes=1)


class Line(Protocol):
    """A cron line: wall-clock times, without a zone."""

    @property
    def is_hourly(self) -> bool:
        """Whether the line names every hour of the day."""
        ...

    def next_time(self, wall: datetime) -> datetime | None:
        """The first time of the line at or after ``wall``; None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The whole minutes from ``first`` to ``last`` (UTC, both included), in which the zone's offset from UTC stays
    the same. ``ahead`` is that offset."""

    first: datetime
    last: datetime
    ahead: timedelta

    def slots(self, line: Line) -> Iterator[datetime]:
        """The instants of this stretch at which the wall clock shows a time of the line."""
        for wall in _times(line, _wall(self.first, self.ahead), _wall(self.last, self.ahead)):
            yield (wall - self.ahead).replace(tzinfo=UTC)


def latest_slot(line: Line, zone: tzinfo, since: datetime, until: datetime) -> datetime | None:
    """The last slot from ``since`` to ``until`` (both included) in UTC; None if there is none.

    The zone's offset may change at most once between ``since`` and ``until``.
    """
    first, last = _whole_minutes(since, until)
    if last < first:
        return None
    stretches = _stretches(first, last, zone)
    slots = [
        slot
        for stretch in stretches
        for slot in stretch.slots(line)
        if line.is_hourly or not _is_repeated(slot, zone)
    ]
    if len(stretches) > 1 and not line.is_hourly and _is_time_skipped(line, *stretches):
        slots.append(stretches[1].first)
    return max((slot for slot in slots if slot >= first), default=None)


def _whole_minutes(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    first, last = since.astimezone(UTC), until.astimezone(UTC)
    begun = first.replace(second=0, microsecond=0)
    return begun if begun == first else begun + MINUTE, last.replace(second=0, microsecond=0)


def _stretches(first: datetime, last: datetime, zone: tzinfo) -> list[_Stretch]:
    """One stretch, or two if the offset changes. They begin a minute early, to see a change that is exactly at
    ``first``."""
    begin = first - MINUTE
    before, after = _ahead(begin, zone), _ahead(last, zone)
    if before == after:
        return [_Stretch(begin, last, before)]
    minutes = [begin + number * MINUTE for number in range((last - begin) // MINUTE + 1)]
    change = minutes[bisect_left(minutes, 1, key=lambda minute: _ahead(minute, zone) == after)]
    return [_Stretch(begin, change - MINUTE, before), _Stretch(change, last, after)]


def _is_time_skipped(line: Line, before: _Stretch, after: _Stretch) -> bool:
    """Whether the line names a time that the clocks skip."""
    begin, end = _wall(after.first, before.ahead), _wall(after.first, after.ahead)
    wall = line.next_time(begin) if begin < end else None
    return wall is not None and wall < end


def _times(line: Line, first: datetime, last: datetime) -> Iterator[datetime]:
    """The line's times from ``first`` to ``last``. Each step is at least a minute, so the loop ends even if
    ``next_time`` returns the same time again."""
    at = first
    while at <= last:
        wall = line.next_time(at)
        if wall is None or wall > last:
            return
        if wall >= at:
            yield wall
        at = max(at, wall) + MINUTE


def _is_repeated(at: datetime, zone: tzinfo) -> bool:
    """Whether the clocks show this time for the second time that day."""
    return at.astimezone(zone).fold == 1


def _ahead(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _wall(at: datetime, ahead: timedelta) -> datetime:
    return (at + ahead).replace(tzinfo=None)

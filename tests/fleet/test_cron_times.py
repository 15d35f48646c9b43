"""The moments of a cron line, in any zone; and the cost of a line that misbehaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import read_cron
from bot.fleet.cron_times import latest_slot

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SPAN = timedelta(minutes=30)
MOST_STEPS = 200
ZONES = (
    "UTC", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut",
    "Africa/Cairo", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Chatham", "Asia/Kathmandu", "America/Nuuk",
)  # fmt: skip
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True)
class Written:
    """A line with the numbers that were meant; None where every number is."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    day: frozenset[int] | None
    weekday: frozenset[int] | None

    def names(self, wall: datetime) -> bool:
        days = [
            self.day is None or wall.day in self.day,
            self.weekday is None or wall.isoweekday() % 7 in self.weekday,
        ]
        is_both = self.day is None or self.weekday is None
        return wall.minute in self.minutes and wall.hour in self.hours and (all if is_both else any)(days)


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


@st.composite
def lines(draw: st.DrawFn) -> Written:
    def some(high: int, low: int = 0) -> frozenset[int]:
        return draw(st.frozensets(st.integers(low, high), min_size=1, max_size=6))

    minutes = draw(
        st.one_of(st.just(frozenset(range(60))), st.just(frozenset(range(0, 60, 15))), st.builds(some, st.just(59)))
    )
    hours = draw(
        st.one_of(st.just(frozenset(range(24))), st.just(frozenset(range(0, 24, 2))), st.builds(some, st.just(23)))
    )
    day = some(31, 1) if draw(st.booleans()) else None
    weekday = some(6) if draw(st.booleans()) else None
    day = day and day | {1}
    text = (
        f"{_listed(minutes)} {_listed(hours)} {_listed(day) if day else '*'} * {_listed(weekday) if weekday else '*'}"
    )
    return Written(text, minutes, hours, day, weekday)


def _changes_of(zone: str) -> list[datetime]:
    begin, found = datetime(2026, 1, 1, tzinfo=UTC), list[datetime]()
    for number in range(365 * 24):
        hour = begin + number * HOUR
        if hour.astimezone(ZoneInfo(zone)).utcoffset() != (hour + HOUR).astimezone(ZoneInfo(zone)).utcoffset():
            found.append(hour)
    return found or [begin]


CHANGES = {zone: _changes_of(zone) for zone in ZONES}


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """In a zone, and mostly around a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    near = st.sampled_from(CHANGES[zone]).flatmap(
        lambda change: st.integers(-3 * 3600, 5 * 3600).map(lambda past: change + timedelta(seconds=past))
    )
    anywhen = st.datetimes(datetime(2026, 1, 2), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    return zone, draw(st.one_of(near, near, anywhen))


def _oracle(line: Written, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Every minute of the hours before is looked at; the clocks' own past says which of them come again."""
    begin = now.replace(second=0, microsecond=0) - 5 * HOUR
    shown: set[datetime] = {
        (begin - number * MINUTE).astimezone(zone).replace(tzinfo=None) for number in range(1, 200)
    }
    last, latest = (begin - MINUTE).astimezone(zone).replace(tzinfo=None), None
    for at in (begin + number * MINUTE for number in range(301)):
        wall = at.astimezone(zone).replace(tzinfo=None)
        skipped = [last + number * MINUTE for number in range(1, (wall - last) // MINUTE)]
        if len(line.hours) == 24:
            comes = line.names(wall)
        else:
            comes = any(line.names(time) and time not in shown for time in (*skipped, wall))
        shown.update((*skipped, wall))
        last, latest = wall, at if comes else latest
    return latest if latest and now - latest <= SPAN else None


@settings(max_examples=400, deadline=None)
@given(lines(), moments())
def test_the_latest_slot_is_what_looking_at_every_minute_finds(line: Written, moment: tuple[str, datetime]) -> None:
    zone, now = ZoneInfo(moment[0]), moment[1]

    assert latest_slot(read_cron(line.text), zone, now - SPAN, now) == _oracle(line, zone, now)


@dataclass
class Stuck:
    """A line that always answers the same, or a time before the one that it was asked for."""

    answer: datetime
    is_hourly: bool = False
    calls: int = 0

    def next_time(self, wall: datetime) -> datetime | None:  # noqa: ARG002  (it does not care)
        self.calls += 1
        return self.answer


@pytest.mark.parametrize("past", [timedelta(0), timedelta(minutes=-1), timedelta(days=-365)])
def test_a_line_that_does_not_move_on_costs_a_counted_number_of_steps(past: timedelta) -> None:
    now = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    stuck = Stuck((now + past - 5 * HOUR).replace(tzinfo=None))
    latest_slot(stuck, ZoneInfo("America/New_York"), now - SPAN, now)

    assert 0 < stuck.calls <= MOST_STEPS


def test_a_span_that_is_over_before_its_first_whole_minute_holds_no_slot() -> None:
    now = datetime(2026, 2, 23, 8, 0, 30, tzinfo=UTC)

    assert latest_slot(read_cron("* * * * *"), UTC, now, now + timedelta(seconds=10)) is None

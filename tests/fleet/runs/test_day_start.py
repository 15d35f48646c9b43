"""When a day begins, in every time zone, around each change of its clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.day_start import day_begun, first_moment

ZONES = sorted(available_timezones())
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def changes(zone: ZoneInfo, first: int = 2024, after: int = 2028) -> Iterator[date]:
    """The days on which an offset changes, and the ones beside each."""
    at = datetime(first, 1, 1, tzinfo=UTC)
    while at.year < after:
        if at.astimezone(zone).utcoffset() != (at + DAY).astimezone(zone).utcoffset():
            yield from ((at + n * DAY).astimezone(zone).date() for n in range(-1, 3))
        at += DAY


def brute_force(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day, found minute by minute."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - 30 * HOUR
    while at.astimezone(zone).date() != day:
        at += MINUTE
    return at


def test_every_day_around_every_clock_change_begins_where_counting_minutes_finds_it() -> None:
    """Includes zones that are links to others, because testing them costs little."""
    checked = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in sorted(set(changes(zone))):
            assert first_moment(day, zone) == brute_force(day, zone), (name, day)
            checked += 1
    assert checked > 1_000


@given(st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_days_first_moment_is_read_back_as_that_day_and_the_second_before_as_none(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    begins = first_moment(day, zone)
    there = begins.astimezone(zone).date()

    # A day that a zone has left out begins with the next one that it has.
    assert there == day or there == day + DAY
    assert day_begun(begins, zone) == there
    assert (begins - timedelta(seconds=1)).astimezone(zone).date() < day or there != day
    assert day_begun(begins + timedelta(seconds=1), zone) is None


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        ("Asia/Beirut", date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC)),
        ("America/Santiago", date(2026, 9, 6), datetime(2026, 9, 6, 4, tzinfo=UTC)),
        ("America/Asuncion", date(2023, 10, 1), datetime(2023, 10, 1, 4, tzinfo=UTC)),
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Atlantic/Azores", date(2026, 10, 25), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
        ("America/St_Johns", date(2010, 11, 7), datetime(2010, 11, 7, 2, 30, tzinfo=UTC)),
    ],
)
def test_days_without_midnight_or_with_two(zone: str, day: date, begins: datetime) -> None:
    assert first_moment(day, ZoneInfo(zone)) == begins

"""Digests on the days on which clocks are set: every slot comes once, at its time, and finding it stays cheap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from bot.background.scheduler import LATE_DIGEST, DigestJob, DigestSchedule
from bot.config import CronLine, DigestConfig, read_cron
from bot.fleet.cron_times import latest_slot
from bot.model import JournalEntry
from tests.fakes.services import FakeWorld

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
AROUND = 2 * HOUR
MOST_STEPS = 200
# All lines and all changes below are of whole quarters of an hour, in UTC, too.
QUARTER = timedelta(minutes=15)
# Summer time north and south, by half an hour, at midnight, for Ramadan, by two hours, and none at all.
ZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Santiago",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Kolkata",
)
LINES = ("0 * * * *", "*/15 * * * *", "30 1 * * *", "15 2 * * *", "0 0 * * *", "30 23 * * *")


def _ahead(at: datetime, zone: ZoneInfo) -> timedelta:
    ahead = at.astimezone(zone).utcoffset()
    assert ahead is not None
    return ahead


@cache
def _changes(zone: ZoneInfo) -> list[datetime]:
    """The first minutes of 2026 that the clocks of the zone show otherwise than the minute before."""
    days = [YEAR[0] + number * DAY for number in range(365)]
    changed = [day for day in days if _ahead(day, zone) != _ahead(day + DAY, zone)]
    minutes = chain.from_iterable((day + number * MINUTE for number in range(1, 1441)) for day in changed)
    return [minute for minute in minutes if _ahead(minute, zone) != _ahead(minute - MINUTE, zone)]


@cache
def _quarters(zone: ZoneInfo, begin: datetime, end: datetime) -> list[tuple[datetime, list[datetime]]]:
    """Each quarter from the day before ``begin`` on, with what the clocks show at it: last, and before it the times
    that they were set past."""
    found, at = list[tuple[datetime, list[datetime]]](), begin - DAY
    last = (at - QUARTER).astimezone(zone).replace(tzinfo=None)
    while at <= end:
        wall = at.astimezone(zone).replace(tzinfo=None)
        found.append((at, [*(last + number * QUARTER for number in range(1, (wall - last) // QUARTER)), wall]))
        last, at = wall, at + QUARTER
    return found


def _expected(line: str, zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """Every slot after ``begin`` and until ``end``, quarter by quarter as one finds them by hand."""
    minute, hour = line.split()[:2]
    minutes = set(range(0, 60, 15)) if minute == "*/15" else {int(minute)}
    found, shown = list[datetime](), set[datetime]()
    for at, times in _quarters(zone, begin, end):
        named = [time for time in times if time.minute in minutes and hour in ("*", str(time.hour))]
        comes = times[-1] in named if hour == "*" else any(time not in shown for time in named)
        shown.update(named)
        if comes and at > begin:
            found.append(at)
    return found


def _seconds(begin: datetime, end: datetime) -> Iterator[datetime]:
    at = begin
    while at <= end:
        yield at
        at += SECOND


def _reported(slots: DigestSchedule, moments: Iterator[datetime]) -> list[tuple[datetime, datetime]]:
    """Each slot when it is due for the first time, with the moment at which it was."""
    seen: list[tuple[datetime, datetime]] = []
    before = slots.latest(next(moments))
    for now in moments:
        slot = slots.latest(now)
        if slot is not None and slot != before:
            seen.append((slot, now))
        before = slot or before
    return seen


def test_the_zones_are_such_that_clocks_are_set_in_all_but_one() -> None:
    numbers = [len(_changes(ZoneInfo(zone))) for zone in ZONES]

    assert numbers == [2] * 10 + [0]


@pytest.mark.parametrize("zone", ZONES)
def test_second_by_second_around_both_changes_each_slot_is_due_once_and_at_its_time(zone: str) -> None:
    for line in LINES:
        for change in _changes(ZoneInfo(zone)):
            begin, end = change - AROUND, change + AROUND
            seen = _reported(DigestSchedule(DigestConfig(cron=line, timezone=zone)), _seconds(begin, end))

            assert seen == [(slot, slot) for slot in _expected(line, ZoneInfo(zone), begin, end)], (line, change)


@pytest.mark.parametrize("zone", ZONES)
def test_through_the_year_the_slot_is_the_latest_one_of_the_last_half_hour(zone: str) -> None:
    """Every seventh hour: each hour of the day comes once a week. Those around changes are looked at above."""
    hours = [YEAR[0] + number * HOUR for number in range(0, 365 * 24, 7)]
    for line in LINES[:3]:
        expected = _expected(line, ZoneInfo(zone), YEAR[0] - HOUR, YEAR[1])
        slots = DigestSchedule(DigestConfig(cron=line, timezone=zone))

        assert [slots.latest(now) for now in hours] == _latest(expected, hours), line


def _latest(slots: Sequence[datetime], hours: Sequence[datetime]) -> list[datetime | None]:
    """Of each hour, by going once over both."""
    found, number = list[datetime | None](), 0
    for now in hours:
        while number < len(slots) and slots[number] <= now:
            number += 1
        is_due = number > 0 and now - slots[number - 1] <= LATE_DIGEST
        found.append(slots[number - 1] if is_due else None)
    return found


class Counting:
    """A line that counts how often it is asked."""

    def __init__(self, line: CronLine) -> None:
        self._line = line
        self.is_hourly = line.is_hourly
        self.calls = 0

    def next_time(self, wall: datetime) -> datetime | None:
        self.calls += 1
        return self._line.next_time(wall)


@pytest.mark.parametrize("cron", ["* * * * *", "*/15 * * * *", "30 1 * * *", "0-59 0-22 * * *", "0 9 29 2 mon"])
def test_one_call_takes_a_counted_number_of_steps_at_every_minute_around_every_change(cron: str) -> None:
    most, read = 0, read_cron(cron)
    for zone in map(ZoneInfo, ZONES):
        for change in _changes(zone) or [YEAR[0]]:
            for number in range(-5, 45):
                line, now = Counting(read), change + number * MINUTE
                latest_slot(line, zone, now - LATE_DIGEST, now)
                most = max(most, line.calls)

    assert most <= LATE_DIGEST // MINUTE + 5 < MOST_STEPS


NEW_YORK = DigestConfig(cron="30 1 * * *", timezone="America/New_York")
FIRST_HALF_PAST_ONE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
THREE_O_CLOCK = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("late", [HOUR, HOUR + SECOND, HOUR + LATE_DIGEST])
def test_a_time_that_the_clocks_pass_twice_is_not_due_again(late: timedelta) -> None:
    slots = DigestSchedule(NEW_YORK)

    assert slots.latest(FIRST_HALF_PAST_ONE) == FIRST_HALF_PAST_ONE
    assert slots.latest(FIRST_HALF_PAST_ONE + late) is None
    assert DigestSchedule(NEW_YORK).latest(FIRST_HALF_PAST_ONE + late) is None


def test_a_time_that_the_clocks_jump_over_comes_at_the_first_moment_after() -> None:
    config = DigestConfig(cron="30 2 * * *", timezone="America/New_York")

    assert DigestSchedule(config).latest(THREE_O_CLOCK - SECOND) is None
    assert DigestSchedule(config).latest(THREE_O_CLOCK) == THREE_O_CLOCK


def test_a_bot_that_starts_in_the_night_agrees_with_one_that_has_run_through_it() -> None:
    began = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)
    running = DigestSchedule(NEW_YORK)
    for now in (began + number * MINUTE for number in range(180)):
        assert running.latest(now) == DigestSchedule(NEW_YORK).latest(now), now


@pytest.mark.parametrize(
    ("cron", "begin", "posted_at"),
    [
        ("30 1 * * *", FIRST_HALF_PAST_ONE - HOUR, [FIRST_HALF_PAST_ONE]),
        ("30 2 * * *", THREE_O_CLOCK - HOUR, [THREE_O_CLOCK]),
        ("30 * * * *", FIRST_HALF_PAST_ONE - SECOND, [FIRST_HALF_PAST_ONE, FIRST_HALF_PAST_ONE + HOUR]),
    ],
)
async def test_through_the_night_a_bot_records_each_digest_once_in_the_second_in_which_it_is_due(
    cron: str, begin: datetime, posted_at: list[datetime]
) -> None:
    world = FakeWorld(now=begin)
    config = DigestConfig(cron=cron, timezone="America/New_York")
    services = replace(world.services, config=world.config.model_copy(update={"digest": config}))
    await world.journal.record(JournalEntry(seen={"voice-prod": begin - DAY}), begin)
    digests, recorded = DigestJob(services, lambda: world.now - begin), list[datetime]()
    for world.now in _seconds(begin, posted_at[-1] + 2 * LATE_DIGEST - SECOND):
        before = len(world.outbox.messages)
        await digests.tick()
        recorded += [world.now] * (len(world.outbox.messages) - before)

    assert recorded == posted_at

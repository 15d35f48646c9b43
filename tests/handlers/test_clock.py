"""When a digest is due, and how the clock stops."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import DigestConfig
from handlers.clock import LATE_DIGEST, Passes, digest_slot

WEEKDAYS_AT_NINE = DigestConfig(cron="0 9 * * mon-fri", timezone="Europe/Berlin")
MONDAY_NINE_IN_BERLIN = datetime(2026, 2, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), LATE_DIGEST - timedelta(seconds=1)])
def test_a_digest_is_due_at_its_time_in_the_team_s_zone_and_a_while_after(late: timedelta) -> None:
    assert digest_slot(WEEKDAYS_AT_NINE, MONDAY_NINE_IN_BERLIN + late) == MONDAY_NINE_IN_BERLIN


@pytest.mark.parametrize("off", [timedelta(seconds=-1), LATE_DIGEST + timedelta(seconds=1), timedelta(days=-1)])
def test_before_its_time_long_after_it_and_at_weekends_none_is_due(off: timedelta) -> None:
    assert digest_slot(WEEKDAYS_AT_NINE, MONDAY_NINE_IN_BERLIN + off) is None


def test_of_several_missed_ones_only_the_latest_is_due() -> None:
    every_minute = DigestConfig(cron="* * * * *", timezone="UTC")
    now = datetime(2026, 2, 23, 8, 7, 30, tzinfo=UTC)

    assert digest_slot(every_minute, now) == now.replace(second=0)


def test_the_slot_keeps_its_wall_clock_time_across_a_change_of_summer_time() -> None:
    in_april = datetime(2026, 4, 1, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))

    assert digest_slot(WEEKDAYS_AT_NINE, in_april) == in_april


async def test_a_pass_under_way_is_finished_before_the_clock_stops() -> None:
    begun, may_end, told = asyncio.Event(), asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        told.append("recorded")

    passes = Passes()
    under_way = asyncio.create_task(passes.counting(work)())
    await begun.wait()
    asyncio.get_running_loop().call_soon(may_end.set)
    await passes.end(timedelta(minutes=1))

    assert told == ["recorded"]
    assert under_way.done()


async def test_a_pass_that_takes_too_long_is_cancelled_and_has_ended_when_the_clock_stops() -> None:
    begun, told = asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("connection given back")

    passes = Passes()
    under_way = asyncio.create_task(passes.counting(work)())
    await begun.wait()
    await passes.end(timedelta(0))

    assert told == ["connection given back"]
    assert under_way.cancelled()

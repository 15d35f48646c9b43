"""When a digest is due, and how the clock stops."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import DigestConfig
from handlers.clock import DIGEST_AGAIN, LATE_DIGEST, digest_slot, digest_times

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


def test_a_digest_is_looked_for_at_its_time_and_again_while_it_may_still_be_posted() -> None:
    trigger = digest_times(WEEKDAYS_AT_NINE)
    before = MONDAY_NINE_IN_BERLIN - timedelta(seconds=40)
    on_time = trigger.get_next_fire_time(before, before + timedelta(seconds=1))
    again = trigger.get_next_fire_time(on_time, on_time + timedelta(seconds=1))

    assert on_time == MONDAY_NINE_IN_BERLIN
    assert again == on_time + DIGEST_AGAIN < on_time + LATE_DIGEST


def test_the_slot_keeps_its_wall_clock_time_across_a_change_of_summer_time() -> None:
    in_april = datetime(2026, 4, 1, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))

    assert digest_slot(WEEKDAYS_AT_NINE, in_april) == in_april

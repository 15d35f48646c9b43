"""Counts of windows, and estimates of the time left."""

from datetime import datetime, timedelta

import pytest

from bot.fleet.runs.run import Run
from bot.fleet.status.estimate import Estimate, WorkLeft
from bot.fleet.status.eta import WindowCount, count_windows, pace_of, work_left
from bot.model import ActivityState, ExecutionStatus, Pause, Window
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    MINUTE,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    window,
)

COMPLETED = ExecutionStatus.COMPLETED


def done(days: Window, took: timedelta = HOUR, ago: timedelta = HOUR, again: str = "1") -> Run:
    return run(closed(COMPLETED, "hilton", days, took=took, ago=ago, run=again), days)


def time_left(runs: list[Run], whole: Window, now: datetime, at_once: int = 1) -> timedelta | None:
    """At the pace so far."""
    work = work_left("voice-prod", runs, whole, now, at_once)
    return work.time.low if work else None


def cancelled(days: Window) -> Run:
    return run(closed(ExecutionStatus.CANCELLED, "hilton", days), days)


def running(days: Window, since: timedelta = HOUR, **changes: object) -> Run:
    began = NOW - since
    return run(execution("hilton", days, started_at=began), days, activity(started_at=began, **changes))


@pytest.mark.parametrize(
    ("runs", "count"),
    [
        ([cancelled(CAMPAIGN), done(window(1, 6)), running(window(6, 11))], WindowCount(1, 1, 11)),
        ([cancelled(CAMPAIGN), done(window(1, 6))], WindowCount(1, 0, 11)),
        ([cancelled(CAMPAIGN), done(window(1, 11))], WindowCount(1, 0, 6)),
        ([done(window(n, n + 1)) for n in range(1, 52)], WindowCount(51, 0, 51)),
        ([done(window(1, 6)), done(window(1, 6), again="2")], WindowCount(1, 0, 11)),
        ([done(window(1, 6)), running(window(1, 6))], WindowCount(1, 0, 11)),
        ([done(window(1, 6)), running(window(6, 11)), running(window(11, 16))], WindowCount(1, 2, 11)),
        ([done(window(1, 6)), done(window(51, 52))], WindowCount(2, 0, 11)),
        ([done(window(1, 6)), done(window(6, 16))], WindowCount(2, 0, 6)),
        ([done(window(1, 6)), done(window(11, 16))], WindowCount(2, 0, 11)),
    ],
)
def test_windows_are_counted_as_in_the_operations_log(runs: list[Run], count: WindowCount) -> None:
    assert count_windows(runs, CAMPAIGN) == count


def test_while_something_is_paused_nobody_knows_when_it_ends_and_its_pace_measures_nothing() -> None:
    half = '{"rows":50,"total":100}'
    paused = running(window(6, 11), state=ActivityState.PAUSED, pause=Pause("olivia", NOW), details=half)

    assert time_left([running(window(6, 11), details=half)], window(6, 11), NOW) == HOUR
    assert time_left([paused], window(6, 11), NOW) is None
    assert time_left([done(window(1, 6)), paused], window(1, 11), NOW) is None
    assert pace_of([paused], NOW) is None


@pytest.mark.parametrize("runs", [[], [running(CAMPAIGN)], [done(CAMPAIGN)], [cancelled(CAMPAIGN)]])
def test_a_full_range_has_no_windows(runs: list[Run]) -> None:
    assert count_windows(runs, CAMPAIGN) is None


HALF = '{"rows":50,"total":100}'


def test_what_runs_ends_as_fast_as_its_progress_tells() -> None:
    assert time_left([running(CAMPAIGN, 10 * HOUR, details=HALF)], CAMPAIGN, NOW) == 10 * HOUR


def test_the_days_that_follow_take_as_long_as_those_that_run() -> None:
    left = time_left([done(window(1, 6)), running(window(6, 11), HOUR, details=HALF)], CAMPAIGN, NOW)

    assert left == HOUR + 41 * (2 * HOUR / 5)


def test_without_progress_the_windows_done_tell_the_pace() -> None:
    runs = [done(window(1, 6), took=5 * HOUR), running(window(6, 11), HOUR, details="")]

    assert time_left(runs, CAMPAIGN, NOW) == 4 * HOUR + 41 * HOUR


RETRIED = {"details": HALF, "attempt": 2, "last_failure": BOOM}


def test_progress_that_an_attempt_may_have_taken_over_from_an_earlier_one_tells_no_pace() -> None:
    assert time_left([running(CAMPAIGN, MINUTE, **RETRIED)], CAMPAIGN, NOW) is None


def test_a_retried_run_goes_by_the_windows_done() -> None:
    runs = [done(window(1, 6), took=5 * HOUR), running(window(6, 11), HOUR, **RETRIED)]

    assert time_left(runs, CAMPAIGN, NOW) == 4 * HOUR + 41 * HOUR


def test_a_run_that_is_slower_than_the_windows_before_may_end_any_moment() -> None:
    runs = [done(window(1, 47), took=46 * HOUR), running(window(47, 52), 9 * HOUR, details="")]

    assert time_left(runs, CAMPAIGN, NOW) == timedelta(0)


def test_what_is_left_when_nothing_runs_goes_by_the_windows_done() -> None:
    assert time_left([done(window(1, 6), took=6 * HOUR)], CAMPAIGN, NOW) == 46 * 6 * HOUR / 5


def test_windows_that_run_side_by_side_share_the_work_that_follows() -> None:
    runs = [done(window(1, 6)), running(window(6, 11), HOUR, details=HALF)]

    assert time_left(runs, CAMPAIGN, NOW, at_once=2) == HOUR + 41 * (2 * HOUR / 5) / 2


def test_no_window_that_follows_takes_less_than_its_own_time() -> None:
    five_days = [done(window(1, 42), took=41 * HOUR), done(window(42, 47), took=5 * HOUR)]

    assert time_left(five_days, CAMPAIGN, NOW, at_once=4) == 5 * HOUR
    assert time_left([done(window(1, 47), took=46 * HOUR)], CAMPAIGN, NOW, at_once=4) == 5 * HOUR


def test_open_runs_and_the_windows_that_follow_need_slots_for_all_their_days() -> None:
    runs = [done(window(1, 6)), running(window(6, 11), HOUR, details=HALF)]
    work = work_left("voice-prod", runs, CAMPAIGN, NOW, at_once=2)
    following = 41 * (2 * HOUR / 5)

    assert work == WorkLeft(
        "voice-prod",
        Estimate.at_pace(HOUR + following / 2),
        running=(Estimate.at_pace(HOUR),),
        following=Estimate.at_pace(following),
    )


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [cancelled(CAMPAIGN)],
        [running(CAMPAIGN, details="")],
        [running(CAMPAIGN, details='{"rows":1,"total":100}')],
        [running(CAMPAIGN, 10 * HOUR, details=HALF, attempt=2, last_failure=TIMED_OUT)],
        [done(window(1, 6)), running(window(6, 11), MINUTE, details=HALF, attempt=2, last_failure=TIMED_OUT)],
    ],
)
def test_nothing_is_promised_where_nothing_tells(runs: list[Run]) -> None:
    assert time_left(runs, CAMPAIGN, NOW) is None


def test_a_window_that_was_over_in_a_moment_promises_nothing_of_the_others() -> None:
    instant = done(window(1, 6), took=timedelta(milliseconds=80))

    assert time_left([instant], CAMPAIGN, NOW) is None
    assert time_left([instant, done(window(6, 11))], CAMPAIGN, NOW) == 41 * HOUR / 5

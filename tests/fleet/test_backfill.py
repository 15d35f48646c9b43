"""How one customer's backfill stands: the table of design.md §2, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.backfill import Backfill, derive
from bot.fleet.coverage import total_days
from bot.fleet.runs import Run
from bot.model import ExecutionStatus, Health, State, Window
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    seen,
    window,
)

S = ExecutionStatus


def over(status: ExecutionStatus, days: Window, hours_ago: int = 1) -> Run:
    return run(closed(status, "hilton", days, ago=hours_ago * HOUR, run=f"{status}-{hours_ago}"), days)


def going_on(days: Window, cancel: bool = False, **changes: object) -> Run:
    return run(execution("hilton", days), days, activity(**changes), cancel_requested=cancel)


def derived(*runs: Run) -> Backfill:
    return derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)


CASES = {
    "nothing ever ran": ([], State.NOT_STARTED),
    "the whole range": ([over(S.COMPLETED, CAMPAIGN)], State.COMPLETE),
    "more than the range": ([over(S.COMPLETED, window(-5, 80))], State.COMPLETE),
    "windows without a gap": ([over(S.COMPLETED, window(1, 20)), over(S.COMPLETED, window(15, 52))], State.COMPLETE),
    "complete, and run again": ([over(S.COMPLETED, CAMPAIGN), going_on(window(1, 6))], State.COMPLETE),
    "complete, then failed again": ([over(S.COMPLETED, CAMPAIGN, 5), over(S.FAILED, window(1, 6))], State.COMPLETE),
    "one day short": ([over(S.COMPLETED, window(1, 51))], State.PARTIAL),
    "something open": ([going_on(CAMPAIGN)], State.RUNNING),
    "open after failures": ([over(S.FAILED, CAMPAIGN), going_on(window(1, 6))], State.RUNNING),
    "a cancel asked for": ([going_on(CAMPAIGN, cancel=True)], State.CANCELLING),
    "one of two being cancelled": ([going_on(CAMPAIGN, cancel=True), going_on(window(1, 6))], State.RUNNING),
    "cancelled": ([over(S.CANCELLED, CAMPAIGN)], State.CANCELLED),
    "cancelled after a failure": ([over(S.FAILED, CAMPAIGN, 5), over(S.CANCELLED, CAMPAIGN)], State.CANCELLED),
    "cancelled with some coverage": (
        [over(S.CANCELLED, CAMPAIGN, 5), over(S.COMPLETED, window(1, 6))],
        State.PARTIAL,
    ),
    "failed": ([over(S.FAILED, CAMPAIGN)], State.FAILED),
    "timed out": ([over(S.TIMED_OUT, CAMPAIGN)], State.FAILED),
    "terminated": ([over(S.TERMINATED, CAMPAIGN)], State.FAILED),
    "failed with some coverage": ([over(S.COMPLETED, window(1, 6), 5), over(S.FAILED, window(6, 11))], State.FAILED),
    "failed days filled since": ([over(S.FAILED, window(1, 6), 5), over(S.COMPLETED, window(1, 6))], State.PARTIAL),
    "one of many missing windows failed": (
        [over(S.CANCELLED, CAMPAIGN, 9), over(S.COMPLETED, window(1, 6), 5), over(S.FAILED, window(6, 11))],
        State.FAILED,
    ),
    "continued as a new run that failed": (
        [over(S.CONTINUED_AS_NEW, CAMPAIGN, 5), over(S.FAILED, CAMPAIGN)],
        State.FAILED,
    ),
    "another campaign": ([over(S.COMPLETED, window(100, 120)), over(S.FAILED, window(100, 120))], State.NOT_STARTED),
}


@pytest.mark.parametrize(("runs", "state"), CASES.values(), ids=CASES)
def test_the_state_follows_from_the_runs(runs: list[Run], state: State) -> None:
    assert derived(*runs).state is state


@pytest.mark.parametrize(("runs", "state"), CASES.values(), ids=CASES)
def test_the_order_in_which_runs_are_listed_does_not_matter(runs: list[Run], state: State) -> None:
    assert derived(*reversed(runs)).state is state


def test_a_partial_backfill_says_what_remains() -> None:
    told = derived(over(S.COMPLETED, window(1, 6)), over(S.COMPLETED, window(11, 20)))

    assert told.missing == (window(6, 11), window(20, 52))
    assert told.covered_days == 14


def test_the_worst_of_what_runs_is_its_health() -> None:
    told = derived(going_on(window(1, 6)), going_on(window(6, 11), attempt=2, last_failure=TIMED_OUT))

    assert told.health is Health.STRUGGLING
    assert [one.window for one in told.open_runs] == [window(6, 11), window(1, 6)]


def test_the_latest_run_of_what_is_missing_is_the_one_to_look_at() -> None:
    old, new = over(S.CANCELLED, CAMPAIGN, 9), over(S.CANCELLED, window(6, 20), 3)
    told = derived(old, over(S.COMPLETED, window(1, 6), 1), new)

    assert told.latest_missing == new


def test_a_failed_run_is_looked_at_before_later_ones() -> None:
    failed = over(S.TERMINATED, window(1, 6), 9)

    assert derived(failed, over(S.CANCELLED, window(6, 20), 3)).latest_missing == failed


def test_attempts_of_a_closed_run_are_those_that_were_seen_to_fail() -> None:
    cancelled = run(closed(S.CANCELLED, "hilton", CAMPAIGN), CAMPAIGN, failures=(seen(1), seen(2, BOOM)))

    assert cancelled.attempts == 3
    assert going_on(CAMPAIGN, attempt=4).attempts == 4
    assert over(S.COMPLETED, CAMPAIGN).attempts == 1


statuses = st.sampled_from(list(ExecutionStatus))
spans = st.tuples(st.integers(-5, 60), st.integers(1, 30)).map(lambda two: window(two[0], two[0] + two[1]))


@given(st.lists(st.tuples(statuses, spans), max_size=10))
def test_any_runs_give_one_state_that_agrees_with_what_is_missing(
    several: list[tuple[ExecutionStatus, Window]],
) -> None:
    runs = [
        going_on(days) if status.is_open else over(status, days, n + 1) for n, (status, days) in enumerate(several)
    ]
    told = derived(*runs)

    assert (told.state is State.COMPLETE) == (not told.missing)
    assert told.covered_days + total_days(told.missing) == CAMPAIGN.days
    if told.windows:
        assert told.windows.done + told.windows.running <= told.windows.total

"""Pace measured on runs and baselines: the arithmetic of docs/operations-log.md, and runs that measure nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.planning.throughput import (
    Source,
    baseline_pace,
    cluster_pace,
    customers_with_pace,
    measured_runs,
    own_pace,
)
from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, Window
from tests.fleet.builders import CAMPAIGN, HOUR, closed, execution, run, window
from tests.fleet.sizes import RULES, evenly, volumes

SHORTEST = timedelta(minutes=1)


def completed(customer: str, days: Window, took: timedelta, **changes: Any) -> Run:
    return run(closed(ExecutionStatus.COMPLETED, customer, days, took=took, **changes), days)


def test_only_completed_runs_of_some_length_measure_anything() -> None:
    long = completed("hilton", window(1, 6), HOUR)
    runs = [
        long,
        completed("hilton", window(6, 11), timedelta(seconds=59)),
        run(closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, took=9 * HOUR), CAMPAIGN),
        run(execution("hilton", window(11, 16)), window(11, 16)),
        run(closed(ExecutionStatus.COMPLETED, "whoever", CAMPAIGN), None),
    ]

    assert measured_runs(runs, SHORTEST) == [long]


def test_the_own_pace_is_hours_by_days_and_the_range_that_of_the_runs() -> None:
    pace = own_pace([completed("hilton", window(1, 6), 5 * HOUR), completed("hilton", window(6, 8), 9 * HOUR)])

    assert pace is not None
    assert (pace.fastest, pace.usual, pace.slowest) == (HOUR, 2 * HOUR, 4.5 * HOUR)
    assert (pace.source, pace.count) == (Source.CUSTOMER, 2)
    assert own_pace([]) is None


def test_the_cluster_tells_scorecards_an_hour_of_its_customers() -> None:
    runs = {
        "united-east": [completed("united-east", window(1, 6), 6 * HOUR)],
        "marriott": [completed("marriott", window(1, 11), 4 * HOUR)],
        "spirit": [completed("spirit", window(1, 11), 3 * HOUR)],
    }
    pace = cluster_pace(100_000, runs, volumes(united_east=210_000, marriott=28_000, spirit=30_000))

    assert pace is not None
    assert (pace.source, pace.count) == (Source.CLUSTER, 3)
    assert pace.fastest / HOUR == pytest.approx(100 / 175)
    assert pace.usual / HOUR == pytest.approx(1)
    assert pace.slowest / HOUR == pytest.approx(100 / 70)


def test_a_run_of_days_whose_volume_is_not_known_tells_no_throughput() -> None:
    early = Window(CAMPAIGN.start - timedelta(days=30), CAMPAIGN.start)
    runs = {"spirit": [completed("spirit", early, HOUR)], "ghost": [completed("ghost", CAMPAIGN, HOUR)]}

    assert cluster_pace(1_000, runs, volumes(spirit=30_000)) is None


def test_one_odd_run_among_many_does_not_make_the_range() -> None:
    usual = [completed("hilton", window(n, n + 1), HOUR) for n in range(1, 8)]
    pace = own_pace([*usual, completed("hilton", window(8, 9), 40 * HOUR)])

    assert pace is not None
    assert pace.slowest == HOUR


def test_baselines_of_the_same_tier_tell_the_pace_of_a_volume() -> None:
    pace = baseline_pace(82_353, RULES)

    assert pace is not None
    assert (pace.source, pace.count) == (Source.BASELINES, 2)
    # 4.2M scorecards at the 183K and 175K an hour of the operations log
    assert [round(51 * time / HOUR) for time in (pace.fastest, pace.slowest)] == [23, 24]


def test_where_no_baseline_of_the_tier_was_timed_all_of_them_tell() -> None:
    pace = baseline_pace(307_000, RULES)

    assert pace is not None
    assert pace.count == 4


def test_the_source_is_asked_about_the_latest_others_and_about_nobody_when_the_customer_is_measured() -> None:
    runs = {
        "early": [completed("early", CAMPAIGN, HOUR, ago=9 * HOUR)],
        "late": [completed("late", CAMPAIGN, HOUR)],
        "instant": [completed("instant", CAMPAIGN, timedelta(seconds=1))],
    }

    assert customers_with_pace("hilton", runs, SHORTEST, 5) == ["late", "early"]
    assert customers_with_pace("hilton", runs, SHORTEST, 1) == ["late"]
    assert customers_with_pace("early", runs, SHORTEST, 5) == []


def test_a_day_without_rows_does_not_make_the_days_with_rows_smaller() -> None:
    by_day = volumes(hilton=0)
    half = {"hilton": {**evenly(0), **evenly(100, window(1, 11))}}

    assert by_day.per_day("hilton", CAMPAIGN) == 0
    assert type(by_day)(CAMPAIGN, half).per_day("hilton", CAMPAIGN) == 100


@given(per_day=st.floats(1, 1e15), rows=st.integers(1, 10**9), minutes=st.integers(1, 10**6))
def test_any_pace_can_be_added_up(per_day: float, rows: int, minutes: int) -> None:
    runs = {"spirit": [completed("spirit", CAMPAIGN, timedelta(minutes=minutes))]}
    pace = cluster_pace(per_day, runs, volumes(spirit=rows))

    assert pace is not None
    assert pace.slowest * 4 / 3 * 36_500 >= pace.fastest >= timedelta(0)

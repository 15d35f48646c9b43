"""Plans: which windows run or are skipped and why, and the estimates; no day is lost or run twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Selection
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Fate, Plan
from bot.fleet.planning.planner import PlanInputs, lay_out, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.runs.run import Run
from bot.fleet.status.estimate import SLACK
from bot.model import Doubt, DoubtfulDays, DoubtReason, ExecutionStatus, Window
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, window
from tests.fleet.sizes import PER_DAY, RULES, evenly, volumes

S = ExecutionStatus
INSTANT = timedelta(seconds=1)


def complete(days: Window, took: timedelta = INSTANT, **changes: Any) -> Run:
    return run(closed(S.COMPLETED, "hilton", days, took=took, **changes), days)


def going_on(days: Window, **changes: Any) -> Run:
    return run(execution("hilton", days), days, activity(), **changes)


def facts(*runs: Run, known: Volumes | None = None, customer: str = "hilton") -> PlanInputs:
    result = known or volumes(hilton=PER_DAY["hilton"])
    return PlanInputs(
        Target("voice-prod", customer), CAMPAIGN, {customer: list(runs)}, result, "", expected=True, at=NOW
    )


def plan(
    *runs: Run,
    days: int | None = None,
    whole: Window = CAMPAIGN,
    known: Volumes | None = None,
    which: Selection = Selection.MISSING,
) -> Plan:
    return make_plan(facts(*runs, known=known), whole, days, RULES, which)


def ended(status: ExecutionStatus, days: Window, hours_ago: int = 1) -> Run:
    return run(closed(status, "hilton", days, ago=hours_ago * HOUR, took=INSTANT), days)


def fates(result: Plan) -> list[tuple[Window, Fate]]:
    return [(planned.window, planned.fate) for planned in result.windows]


def test_hilton_gets_eleven_windows_of_five_days_the_last_of_one() -> None:
    result = plan()

    assert [planned.window.days for planned in result.to_run] == [5] * 10 + [1]
    assert (result.days_to_run, result.rows_to_run, result.rows) == (51, 51 * 82_353, 51 * 82_353)
    assert result.skipped == ()


def test_windows_that_are_complete_or_run_keep_their_borders_and_the_rest_is_cut_by_the_size() -> None:
    result = plan(complete(window(1, 6)), going_on(window(6, 11)), complete(window(20, 23)), days=10)

    assert fates(result) == [
        (window(1, 6), Fate.COMPLETE),
        (window(6, 11), Fate.RUNNING),
        (window(11, 20), Fate.RUN),
        (window(20, 23), Fate.COMPLETE),
        (window(23, 33), Fate.RUN),
        (window(33, 43), Fate.RUN),
        (window(43, 52), Fate.RUN),
    ]


def test_a_window_that_is_being_cancelled_is_skipped_and_told_as_such() -> None:
    result = plan(going_on(window(1, 11), cancel_requested=True), days=41)

    assert fates(result) == [(window(1, 11), Fate.CANCELLING), (window(11, 52), Fate.RUN)]


def test_what_was_cancelled_or_failed_has_covered_nothing() -> None:
    cancelled = run(closed(S.CANCELLED, "hilton", CAMPAIGN), CAMPAIGN)
    failed = run(closed(S.FAILED, "hilton", window(1, 6)), window(1, 6))

    assert len(plan(cancelled, failed).to_run) == 11


def test_an_open_run_over_the_whole_campaign_is_told_and_is_no_window() -> None:
    whole = going_on(CAMPAIGN)
    result = plan(whole)

    assert result.full_range == whole
    assert len(result.to_run) == 11


def test_days_that_are_complete_and_run_again_are_complete() -> None:
    result = plan(going_on(window(1, 11)), complete(window(1, 6)), days=41)

    assert fates(result) == [
        (window(1, 6), Fate.COMPLETE),
        (window(6, 11), Fate.RUNNING),
        (window(11, 52), Fate.RUN),
    ]


def test_a_window_without_rows_among_others_is_run_in_no_time() -> None:
    known = Volumes(CAMPAIGN, {"hilton": evenly(82_000, window(6, 9))})
    result = plan(days=5, known=known, whole=window(1, 16))

    assert [fate for _, fate in fates(result)] == [Fate.RUN] * 3
    assert [bool(planned.time and planned.time.high) for planned in result.windows] == [False, True, False]
    assert result.rows == 3 * 82_000


def test_without_any_rows_in_the_whole_range_nothing_of_it_is_run() -> None:
    known = Volumes(CAMPAIGN, {"hilton": evenly(82_000, window(6, 9))})
    result = plan(complete(window(11, 13)), days=5, known=known, whole=window(11, 21))

    assert [fate for _, fate in fates(result)] == [Fate.COMPLETE, Fate.NO_ROWS, Fate.NO_ROWS]


def test_what_runs_in_range_is_told_to_be_followed_and_what_is_being_cancelled_is_not() -> None:
    first, second = going_on(window(6, 11)), going_on(window(11, 16), cancel_requested=True)
    result = plan(first, second, going_on(window(40, 45)), going_on(CAMPAIGN), whole=window(8, 30))

    assert result.running == (first,)


def test_all_runs_the_complete_ones_again_and_follows_what_runs() -> None:
    result = plan(complete(window(1, 6)), going_on(window(6, 11)), days=10, whole=window(1, 21), which=Selection.ALL)

    assert fates(result) == [
        (window(1, 6), Fate.RUN),
        (window(6, 11), Fate.RUNNING),
        (window(11, 21), Fate.RUN),
    ]


def test_failed_runs_the_days_whose_latest_run_failed_and_no_others() -> None:
    runs = (
        ended(S.CANCELLED, CAMPAIGN, hours_ago=9),
        ended(S.COMPLETED, window(1, 6), hours_ago=8),
        ended(S.FAILED, window(6, 11), hours_ago=7),
        ended(S.COMPLETED, window(6, 8), hours_ago=6),
        ended(S.TIMED_OUT, window(4, 6), hours_ago=5),
        going_on(window(11, 16)),
    )
    result = plan(*runs, days=30, whole=window(1, 21), which=Selection.FAILED)

    assert fates(result) == [
        (window(1, 4), Fate.COMPLETE),
        (window(4, 6), Fate.RUN),
        (window(6, 8), Fate.COMPLETE),
        (window(8, 11), Fate.RUN),
        (window(11, 16), Fate.RUNNING),
        (window(16, 21), Fate.RUN),
    ]


@pytest.mark.parametrize("status", [S.FAILED, S.TIMED_OUT, S.TERMINATED, S.CANCELLED])
def test_failed_leaves_out_what_has_never_run(status: ExecutionStatus) -> None:
    result = plan(ended(status, window(6, 11)), days=5, whole=window(1, 21), which=Selection.FAILED)

    assert fates(result) == [
        (window(1, 6), Fate.NOT_ASKED),
        (window(6, 11), Fate.RUN),
        (window(11, 21), Fate.NOT_ASKED),
    ]


def test_a_run_that_goes_on_as_a_new_one_has_not_failed() -> None:
    result = plan(ended(S.CONTINUED_AS_NEW, window(6, 11)), whole=window(6, 11), which=Selection.FAILED)

    assert fates(result) == [(window(6, 11), Fate.NOT_ASKED)]


def test_a_customer_without_volume_has_nothing_to_run() -> None:
    result = plan(known=volumes(hilton=0))

    assert (result.rows, result.to_run, result.eta) == (0, (), None)


def test_a_silent_source_excludes_nothing_and_the_windows_are_small() -> None:
    result = make_plan(replace(facts(), volumes=None, source_silent="connection refused"), CAMPAIGN, None, RULES)

    assert [planned.window.days for planned in result.to_run] == [1] * 51
    assert (result.rows, result.rows_to_run, result.per_day, result.eta) == (None, None, None, None)


def test_times_come_from_the_baselines_where_nothing_has_run_and_the_slow_end_has_some_slack() -> None:
    result = plan()

    assert result.eta is not None
    assert round(result.eta.low / HOUR) == 23
    assert round(result.eta.high / HOUR) == round(24 * SLACK)


def test_measured_windows_of_the_customer_decide_size_and_times() -> None:
    result = plan(complete(window(1, 6), took=5 * HOUR))

    assert [planned.window.days for planned in result.to_run] == [3] * 15 + [1]
    assert result.eta is not None
    assert result.eta.low == 46 * HOUR


def test_a_window_with_more_rows_takes_longer() -> None:
    known = Volumes(CAMPAIGN, {"hilton": {**evenly(1_000), **evenly(3_000, window(6, 11))}})
    first, second, *_ = plan(days=5, known=known).to_run

    assert first.time is not None
    assert second.time is not None
    assert round(second.time.low / first.time.low) == 3


def test_the_digest_is_that_of_what_would_be_started() -> None:
    before = plan()

    assert plan().digest == before.digest
    assert plan(complete(window(1, 6))).digest != before.digest
    assert plan(days=4).digest != before.digest
    assert plan(whole=window(1, 6)).digest == plan(whole=window(1, 6), days=5).digest
    other = replace(before, target=Target("chat-prod", "hilton"))
    assert other.digest != before.digest


spans = st.tuples(st.integers(-5, 60), st.integers(1, 60)).map(lambda at: window(at[0], at[0] + at[1]))
states = st.sampled_from([S.COMPLETED, S.RUNNING, S.CANCELLED, S.FAILED])


@given(
    runs=st.lists(st.tuples(spans, states, st.booleans()), max_size=8),
    whole=spans.map(lambda span: span.intersection(CAMPAIGN)).filter(bool),
    days=st.integers(1, 60),
    which=st.sampled_from(Selection),
)
def test_every_day_is_in_exactly_one_window_and_what_is_asked_for_runs(
    runs: list[tuple[Window, ExecutionStatus, bool]], whole: Window, days: int, which: Selection
) -> None:
    own = [
        run(execution("hilton", at, status=status, closed_at=None), at, cancel_requested=cancelled)
        for at, status, cancelled in runs
    ]
    result = lay_out(whole, CAMPAIGN, own, days, which)

    laid_out = [day for window, _ in result for day in window.each_day()]
    assert laid_out == list(whole.each_day())
    done = {day for at, status, _ in runs if status is S.COMPLETED for day in at.each_day()}
    busy = {
        day for at, status, _ in runs if status is S.RUNNING and not at.contains(CAMPAIGN) for day in at.each_day()
    }
    to_run = {day for window, fate in result if fate is Fate.RUN for day in window.each_day()}
    latest = {day: status for at, status, _ in runs if not status.is_open for day in at.each_day()}
    failed = {day for day, status in latest.items() if status is not S.COMPLETED}
    wanted = {
        Selection.MISSING: set(whole.each_day()) - done,
        Selection.FAILED: set(whole.each_day()) & failed,
        Selection.ALL: set(whole.each_day()),
    }
    assert to_run == wanted[which] - busy
    assert all(window.days <= days for window, fate in result if fate is Fate.RUN)


@given(days=st.integers(1, 400), size=st.integers(1, 400))
def test_a_remainder_is_never_dropped(days: int, size: int) -> None:
    whole = Window.of_days(CAMPAIGN.start, days)
    windows = [window for window, _ in lay_out(whole, whole, [], size)]

    assert [window.days for window in windows[:-1]] == [size] * (len(windows) - 1)
    assert sum(window.days for window in windows) == days


def of_neighbour(days: int, hours: float, number: int) -> Run:
    at = Window.of_days(CAMPAIGN.start, days)
    return run(closed(S.COMPLETED, "vivint", at, took=hours * HOUR, run=f"n{number}"), at)


NEIGHBOURS = st.lists(st.tuples(st.integers(1, 51), st.floats(0.1, 500)), max_size=6)


@given(
    customer=st.sampled_from(["hilton", "united-east", "marriott", "spirit", "oportun", "measured"]),
    neighbours=NEIGHBOURS,
    rows=st.integers(1, 10**7),
)
def test_what_neighbours_take_changes_no_plan_of_a_customer_with_a_measurement_or_a_baseline(
    customer: str, neighbours: list[tuple[int, float]], rows: int
) -> None:
    own = [run(closed(S.COMPLETED, customer, window(1, 6), took=4 * HOUR), window(1, 6))]
    known = Volumes(CAMPAIGN, {customer: evenly(PER_DAY.get(customer, 82_353)), "vivint": evenly(rows)})
    alone = replace(facts(known=known, customer=customer), runs={customer: own if customer == "measured" else []})
    runs = [of_neighbour(days, hours, number) for number, (days, hours) in enumerate(neighbours)]
    beside = replace(alone, runs={**alone.runs, "vivint": runs})

    assert make_plan(beside, CAMPAIGN, None, RULES) == make_plan(alone, CAMPAIGN, None, RULES)


def test_united_east_keeps_its_ten_windows_of_five_days_when_a_neighbour_has_finished_one() -> None:
    known = volumes(united_east=PER_DAY["united-east"], vivint=27_451)
    slow = [of_neighbour(5, 12.0, 1)]
    result = make_plan(
        replace(facts(known=known, customer="united-east"), runs={"vivint": slow}), CAMPAIGN, None, RULES
    )

    assert [planned.window.days for planned in result.to_run] == [5] * 10 + [1]


@pytest.mark.parametrize("which", [Selection.MISSING, Selection.FAILED])
def test_days_in_doubt_are_run_again(which: Selection) -> None:
    doubt = DoubtfulDays(window(6, 11), Doubt(DoubtReason.COUNT))
    result = plan(replace(complete(window(1, 11)), doubts=(doubt,)), whole=window(1, 11), which=which)

    assert fates(result) == [(window(1, 6), Fate.COMPLETE), (window(6, 11), Fate.RUN)]


def test_a_plan_tells_which_days_run_again_because_they_are_in_doubt() -> None:
    doubt = Doubt(DoubtReason.COUNT)
    doubtful = replace(complete(window(1, 11)), doubts=(DoubtfulDays(window(6, 11), doubt),))
    later = complete(window(8, 11))

    assert plan(doubtful, whole=window(1, 11)).doubts == (DoubtfulDays(window(6, 11), doubt),)
    assert plan(doubtful, later, whole=window(1, 11)).doubts == (DoubtfulDays(window(6, 8), doubt),)
    assert plan(complete(window(1, 11)), whole=window(1, 11)).doubts == ()

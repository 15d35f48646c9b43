"""The windows that an alert suggests: those of the plan, once the runs in trouble have ended."""

from dataclasses import replace

import pytest

from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.suggested_windows import suggested_windows
from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, SuggestedWindows, Window
from tests.fleet.builders import CAMPAIGN, HOUR, activity, closed, execution, run, window
from tests.fleet.planning.test_planner import facts
from tests.fleet.sizes import RULES

WHOLE = run(execution("hilton", CAMPAIGN), CAMPAIGN, activity())


def suggested(
    inputs: PlanInputs, ended: Run = WHOLE, about: Window = CAMPAIGN, at_once: int = 1
) -> SuggestedWindows | None:
    return suggested_windows(inputs, ended.refs, [about], RULES, at_once)


def test_a_run_over_the_whole_campaign_is_divided_as_split_would_divide_it() -> None:
    windows = suggested(facts(WHOLE))

    assert windows
    assert (windows.number, windows.days) == (11, 5)
    assert windows.low
    assert windows.high
    assert windows.low <= windows.high


def test_complete_days_are_not_counted_again() -> None:
    days = window(1, 11)
    complete = run(closed(ExecutionStatus.COMPLETED, "hilton", days, ago=9 * HOUR, took=2 * HOUR), days)
    windows = suggested(facts(complete, WHOLE))

    assert windows
    assert windows.number * windows.days < CAMPAIGN.days


def test_windows_in_short_gaps_have_the_size_of_the_longest_gap() -> None:
    days = window(4, 50)
    complete = run(closed(ExecutionStatus.COMPLETED, "hilton", days, ago=9 * HOUR, took=2 * HOUR), days)
    windows = suggested(facts(complete, WHOLE))

    assert windows
    assert (windows.number, windows.days) == (2, 3)


def test_windows_that_run_beside_each_other_take_less_time() -> None:
    single, double = suggested(facts(WHOLE)), suggested(facts(WHOLE), at_once=2)

    assert single
    assert double
    assert single.low
    assert double.low == single.low / 2


@pytest.mark.parametrize("about", [window(1, 6), window(20, 30)])
def test_nothing_is_suggested_where_the_plan_has_other_days_as_well(about: Window) -> None:
    part = run(execution("hilton", about), about, activity())

    assert suggested(facts(part), ended=part, about=about) is None


def test_nothing_is_suggested_for_a_run_that_fills_no_days() -> None:
    assert suggested(facts()) is None


def test_nothing_is_suggested_where_the_volume_is_not_known() -> None:
    assert suggested(replace(facts(WHOLE), volumes=None)) is None


def test_nothing_is_suggested_where_a_single_window_would_do() -> None:
    rest = window(46, 52)
    done = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 49), ago=9 * HOUR, took=2 * HOUR), window(1, 49))
    part = run(execution("hilton", rest), rest, activity())

    assert suggested(facts(done, part), ended=part, about=rest) is None

"""The time that is left of a sequence, at the pace of its own windows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.sequence.pace import time_left, with_completed
from bot.fleet.sequence.state import begin
from bot.fleet.sequence.state import progress as progress_of
from bot.model import CompletedWindow, Count, EndedWindow, Phase, SequenceProgress, TableCount, WindowEnd
from tests.fleet.builders import HOUR, window
from tests.fleet.sequences import progress, running, spec

COUNT = Count((TableCount("scorecards", 100, 100, 0),))
FIRST = EndedWindow(1, window(1, 6), WindowEnd.COMPLETE, 2 * HOUR)


def measured(**changes: Any) -> SequenceProgress:
    """Windows of 10 days took 5 hours; a window of 5 days runs, and 36 days are to come."""
    known = progress(running(3, window(11, 16)), measured_days=10, measured_time=5 * HOUR)
    return replace(known, **changes)


def test_the_days_that_run_and_those_to_come_take_as_long_as_those_before() -> None:
    assert time_left(measured()) == 41 * HOUR / 2


def test_windows_at_once_share_the_time() -> None:
    assert time_left(measured(spec=spec(parallel=2))) == 41 * HOUR / 4


@pytest.mark.parametrize(
    "changes", [{"measured_days": 0}, {"phase": Phase.PAUSED}, {"phase": Phase.STOPPING}, {"phase": Phase.ENDED}]
)
def test_nothing_is_estimated_without_a_pace_or_where_no_window_starts(changes: dict[str, Any]) -> None:
    assert time_left(measured(**changes)) is None


def test_the_window_that_completed_last_is_kept_with_its_count() -> None:
    state = with_completed(begin(spec()), FIRST, COUNT)

    assert progress_of(state, ()).latest == CompletedWindow(window(1, 6), 2 * HOUR, COUNT)
    assert (state.measured_days, state.measured_time) == (5, 2 * HOUR)


@pytest.mark.parametrize(
    ("ended", "count"),
    [
        (replace(FIRST, is_found=True), COUNT),
        (replace(FIRST, took=timedelta(milliseconds=300)), COUNT),
        (FIRST, Count((TableCount("scorecards", 0, 0, 0),))),
    ],
    ids=["found", "done already", "empty"],
)
def test_a_window_that_says_nothing_about_others_is_not_measured(ended: EndedWindow, count: Count) -> None:
    state = with_completed(begin(spec()), ended, count)

    assert (state.measured_days, state.measured_time) == (0, timedelta(0))

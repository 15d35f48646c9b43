"""The calendar of an open sequence."""

from collections import Counter

import pytest

from bot.fleet.sequence.calendar import sequence_calendar
from bot.model import DayState, Phase, WindowEnd
from tests.fleet.builders import CAMPAIGN, window
from tests.fleet.sequences import ended, progress, running, spec


def test_each_day_is_complete_running_troubled_or_to_come() -> None:
    troubled = (ended(window(6, 11), WindowEnd.FAILED), ended(window(11, 13), WindowEnd.SKIPPED))
    shown = progress(
        running(4, window(13, 18)), troubled=troubled, complete_days=5, to_come=(window(18, 30), window(30, 52))
    )
    calendar = sequence_calendar(shown)

    assert calendar is not None
    assert (calendar.customer, calendar.start, len(calendar.days)) == ("hilton", CAMPAIGN.start, 51)
    assert calendar.days[:18] == (
        *[DayState.COMPLETE] * 5,
        *[DayState.FAILED] * 5,
        *[DayState.MISSING] * 2,
        *[DayState.RUNNING] * 5,
        DayState.MISSING,
    )


def test_days_between_that_are_not_its_own_are_told_apart() -> None:
    calendar = sequence_calendar(
        progress(of=spec(days=(window(1, 6), window(11, 16))), complete_days=5, to_come=(window(11, 16),))
    )

    assert calendar is not None
    assert Counter(calendar.days) == {DayState.COMPLETE: 5, DayState.OUTSIDE: 5, DayState.MISSING: 5}


@pytest.mark.parametrize("end", [WindowEnd.DIFFERS, WindowEnd.IN_DOUBT])
def test_days_whose_count_differs_are_in_doubt(end: WindowEnd) -> None:
    shown = progress(troubled=(ended(window(1, 6), end),), complete_days=0, to_come=(window(6, 52),))
    calendar = sequence_calendar(shown)

    assert calendar is not None
    assert calendar.count(DayState.IN_DOUBT) == 5


@pytest.mark.parametrize("phase", [Phase.CLEARING, Phase.STOPPING, Phase.ENDED])
def test_only_a_sequence_that_runs_or_is_paused_has_one(phase: Phase) -> None:
    assert sequence_calendar(progress(phase=phase, to_come=(window(11, 52),))) is None


def test_a_sequence_that_does_not_tell_its_days_has_none() -> None:
    assert sequence_calendar(progress()) is None

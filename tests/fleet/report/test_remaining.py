"""What is left of a customer in a report, and how long that takes."""

from datetime import timedelta

import pytest

from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Fate, Plan, PlannedWindow
from bot.fleet.planning.sizing import Basis, Size
from bot.fleet.report.remaining import remaining
from bot.fleet.status.backfill import derive
from bot.fleet.status.estimate import Estimate
from bot.fleet.status.open_sequence import with_sequence
from bot.model import ExecutionStatus, Window
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, run, window
from tests.fleet.sequences import progress, spec, standing


def planned(days: Window, low: timedelta) -> PlannedWindow:
    return PlannedWindow(days, Fate.RUN, None, Estimate(low, 2 * low))


@pytest.mark.parametrize(
    ("at_once", "eta"),
    [
        (1, Estimate(10 * HOUR, 20 * HOUR)),
        (2, Estimate(5 * HOUR, 10 * HOUR)),
        (4, Estimate(4 * HOUR, 8 * HOUR)),
    ],
)
def test_windows_that_run_side_by_side_take_at_least_as_long_as_the_longest(at_once: int, eta: Estimate) -> None:
    done = window(1, 37)
    backfill = derive(
        "voice-prod", "hilton", CAMPAIGN, [run(closed(ExecutionStatus.COMPLETED, "hilton", done), done)], NOW
    )
    sequence = standing(progress(of=spec(parallel=at_once)))
    windows = (
        planned(window(37, 42), 4 * HOUR),
        planned(window(42, 47), 4 * HOUR),
        planned(window(47, 52), 2 * HOUR),
    )
    size = Size(5, Basis.ASKED, 3 * HOUR, 5)
    plan = Plan(Target("voice-prod", "hilton"), CAMPAIGN, NOW, None, None, size, None, windows)

    assert remaining(with_sequence(backfill, sequence, NOW), plan, NOW).eta == eta

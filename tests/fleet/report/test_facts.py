"""Who has struggled in a span."""

from datetime import timedelta

import pytest

from bot.fleet.report.facts import attempts_seen, has_struggled
from bot.fleet.report.span import Span
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import derive
from bot.model import ExecutionStatus
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, seen, window

SPAN = Span(NOW - 12 * HOUR, NOW + 12 * HOUR)
BEFORE = timedelta(days=3)
HEALTHY = run(execution(), CAMPAIGN, activity())
RETRYING = run(execution(), CAMPAIGN, activity(attempt=2))
FAILED_ONCE = run(closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN, failures=(seen(1),))
CANCELLED = run(closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR), CAMPAIGN)
WINDOW = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6)), window(1, 6))
REST = run(closed(ExecutionStatus.COMPLETED, "hilton", window(6, 52), ago=BEFORE), window(6, 52))
LONG_CANCELLED = run(closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, ago=2 * BEFORE), CAMPAIGN)
LONG_COMPLETE = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6), ago=BEFORE), window(1, 6))


@pytest.mark.parametrize(
    ("runs", "has"),
    [
        ([HEALTHY], False),
        ([RETRYING], True),
        ([FAILED_ONCE], True),
        ([CANCELLED], False),
        ([CANCELLED, WINDOW], True),
        ([LONG_CANCELLED, LONG_COMPLETE, REST], False),
    ],
    ids=["healthy", "retrying", "failed once", "cancelled", "cancelled and cut", "complete since days"],
)
def test_who_failed_is_unwell_or_was_cut_into_windows_has_struggled(runs: list[Run], has: bool) -> None:
    assert has_struggled(derive("voice-prod", "hilton", CAMPAIGN, runs, NOW), SPAN) is has


def test_attempts_that_nobody_has_seen_are_not_guessed() -> None:
    def attempts(*runs: Run) -> int:
        return attempts_seen(derive("voice-prod", "hilton", CAMPAIGN, runs, NOW))

    assert (attempts(CANCELLED), attempts(FAILED_ONCE), attempts(RETRYING)) == (0, 2, 2)

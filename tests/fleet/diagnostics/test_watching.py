"""How many calls watching takes, and when that is too many."""

from datetime import timedelta

import pytest

from bot.fleet.diagnostics.facts import CallsNeeded
from bot.fleet.diagnostics.findings import Level
from bot.fleet.diagnostics.watching import Load, calls_needed, watching
from bot.model import ActivityState
from tests.fleet.builders import MINUTE, activity, description

SLOW = 2 * MINUTE
BEATING = description(activity(heartbeat_timeout=timedelta(seconds=30)))


def test_2000_runs_with_timeouts_of_30_s_fit_into_the_usual_budget() -> None:
    answer = watching(Load(2_000, [BEATING]), 100, SLOW)

    assert (answer.level, answer.facts) == (Level.OK, (CallsNeeded(2_000, 82, 100),))


def test_more_than_the_budget_is_a_warning_that_tells_how_late_runs_are() -> None:
    answer = watching(Load(4_000, [BEATING]), 100, SLOW)
    (fact,) = answer.warnings

    assert isinstance(fact, CallsNeeded)
    assert (answer.level, fact.calls, round(fact.round_factor, 1)) == (Level.WARNING, 163, 1.7)


@pytest.mark.parametrize("sample", [[], [description()], [description(activity(heartbeat_timeout=None))]])
def test_without_heartbeat_timeouts_there_is_only_the_slow_round(sample: list) -> None:  # type: ignore[type-arg]
    assert calls_needed(Load(240, sample), SLOW) == pytest.approx(2)


def test_the_sample_stands_for_all() -> None:
    waiting = description(activity(state=ActivityState.SCHEDULED, started_at=None))

    assert calls_needed(Load(100, [BEATING, waiting]), SLOW) == pytest.approx(50 / 24.5 + 50 / 120)


def test_no_run_takes_no_calls() -> None:
    assert watching(Load(0, []), 100, SLOW).facts == (CallsNeeded(0, 0, 100),)


def test_workflows_below_the_runs_take_calls_of_their_own() -> None:
    grandchildren = Load(40, [])
    load = Load(10, [description()], Load(100, [BEATING], grandchildren))

    assert calls_needed(load, SLOW) == pytest.approx(10 / 120 + 100 / 24.5 + 40 / 120)
    assert watching(load, 100, SLOW).facts == (CallsNeeded(10, 4, 100, below=140),)

"""Workflow tasks and activities have pollers of their own: the bot starts nothing where none polls for the former."""

import pytest

from bot.fleet.diagnostics.facts import Polled, PollersLack, RunsElsewhere
from bot.fleet.diagnostics.findings import Answer, Level
from bot.fleet.diagnostics.workers import Workers, workers
from tests.fleet.builders import execution

LATEST = (execution(),)


def test_a_queue_that_is_polled_for_both_is_well() -> None:
    answer = workers(Workers("backfill", 2, 3), LATEST, is_in_use=True)

    assert (answer.level, answer.facts) == (Level.OK, (Polled("backfill", 2, 3),))


@pytest.mark.parametrize(("of_workflows", "of_activities"), [(0, 0), (0, 3)])
def test_one_that_nobody_polls_for_workflows_is_a_failure_where_something_runs(
    of_workflows: int, of_activities: int
) -> None:
    found = Workers("backfill", of_workflows, of_activities)

    lack = PollersLack("backfill", of_workflows, of_activities, ())
    useless = Polled("backfill", of_workflows, of_activities, is_useless=True)

    assert workers(found, LATEST, is_in_use=True).problems == (lack,)
    assert workers(found, (), is_in_use=False) == Answer((useless,))


def test_one_that_is_polled_for_workflows_alone_looks_odd_where_something_runs() -> None:
    found = Workers("backfill", 2, 0)

    assert workers(found, LATEST, is_in_use=True).warnings == (PollersLack("backfill", 2, 0, ()),)
    assert workers(found, (), is_in_use=False) == Answer((Polled("backfill", 2, 0),))


def test_runs_that_are_all_on_another_queue_are_told_whether_somebody_polls_the_configured_one_or_not() -> None:
    elsewhere = (execution(task_queue="backfill-v2"),)

    unpolled = workers(Workers("backfill", 0, 0), elsewhere, is_in_use=True)
    polled = workers(Workers("backfill", 1, 1), elsewhere, is_in_use=True)

    assert unpolled.problems == (PollersLack("backfill", 0, 0, ("backfill-v2",)),)
    assert polled.warnings == (RunsElsewhere("backfill", ("backfill-v2",)),)
    assert workers(Workers("backfill", 1, 1), (*elsewhere, *LATEST), is_in_use=True).level is Level.OK

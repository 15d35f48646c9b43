"""Workflow tasks and activities have pollers of their own, and the bot needs both."""

import pytest

from bot.fleet.diagnostics.findings import Level
from bot.fleet.diagnostics.workers import Workers, workers
from tests.fleet.builders import execution

LATEST = (execution(),)


def test_a_queue_that_is_polled_for_both_is_well() -> None:
    answer = workers(Workers("backfill", 2, 3), LATEST, is_in_use=True)

    assert (answer.level, answer.line) == (
        Level.OK,
        "workers that poll backfill: 2 for workflows, 3 for activities",
    )


@pytest.mark.parametrize(
    ("of_workflows", "of_activities", "lack"),
    [
        (0, 0, "no worker polls task queue backfill: "),
        (2, 0, "no worker polls task queue backfill for activities (2 for workflows): "),
        (0, 3, "no worker polls task queue backfill for workflows (3 for activities): "),
    ],
)
def test_one_that_is_polled_for_one_of_the_two_or_none_is_a_failure_where_something_runs(
    of_workflows: int, of_activities: int, lack: str
) -> None:
    found = Workers("backfill", of_workflows, of_activities)

    (problem,) = workers(found, LATEST, is_in_use=True).problems

    assert problem.startswith(lack)
    assert workers(found, (), is_in_use=False).level is Level.OK


def test_runs_that_are_all_on_another_queue_are_told_whether_somebody_polls_the_configured_one_or_not() -> None:
    elsewhere = (execution(task_queue="backfill-v2"),)

    (problem,) = workers(Workers("backfill", 0, 0), elsewhere, is_in_use=True).problems
    (warning,) = workers(Workers("backfill", 1, 1), elsewhere, is_in_use=True).warnings

    assert problem.endswith("; the last runs were on backfill-v2")
    assert warning == "no recent run was on task queue backfill: the last runs were on backfill-v2"
    assert workers(Workers("backfill", 1, 1), (*elsewhere, *LATEST), is_in_use=True).level is Level.OK

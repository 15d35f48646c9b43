"""Each reason for the health of a run in words."""

from datetime import timedelta
from typing import get_args

import pytest

from bot.blocks.health import in_line, why
from bot.fleet.runs.assessment import (
    ActivityPaused,
    FailingActivity,
    HealthReason,
    LastFailure,
    NotPickedUp,
    RepeatedHeartbeat,
    SeveralActivities,
    TimedOutEarlier,
    WorkflowPaused,
    WorkflowTaskFails,
    WorkflowTaskNotTaken,
)
from bot.model import Failure, FailureKind, Pause
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, execution, run, seen

MINUTES = timedelta(minutes=3)
REASONS: list[tuple[HealthReason, str]] = [
    (TimedOutEarlier(1), "timed out on heartbeat once earlier in this run"),
    (TimedOutEarlier(2), "timed out on heartbeat 2 times earlier in this run"),
    (
        TimedOutEarlier(2, (LastFailure(BOOM), ActivityPaused(Pause(), None))),
        "timed out on heartbeat 2 times earlier in this run; now connection reset by peer; the activity was paused",
    ),
    (
        SeveralActivities((FailingActivity("copy", 3),), 6),
        "1 of 6 activities does not do well: copy (attempt 3)",
    ),
    (
        SeveralActivities(tuple(FailingActivity(each, 5) for each in "abcd"), 1_200),
        "4 of 1,200 activities do not do well: a (attempt 5), b (attempt 5), c (attempt 5) and 1 more",
    ),
    (
        SeveralActivities(
            (
                FailingActivity("copy_piece", 3, "7", "day 2026-01-04, 60 of 1,000 rows", timedelta(minutes=1)),
                FailingActivity("copy_piece", 2, "9", "page 12"),
            ),
            3,
        ),
        "2 of 3 activities do not do well: copy_piece (id 7, attempt 3, at Jan 4 (6%), heartbeat timeout 1 m), "
        "copy_piece (id 9, attempt 2, at page 12)",
    ),
    (LastFailure(TIMED_OUT), "timed out on heartbeat"),
    (LastFailure(None), "an earlier attempt ended; why is not known"),
    (LastFailure(Failure(FailureKind.APPLICATION, "")), "error"),
    (LastFailure(Failure(FailureKind.APPLICATION, "two\n lines")), "two lines"),
    (
        LastFailure(Failure(FailureKind.START_TO_CLOSE_TIMEOUT, "activity Start-to-close timeout")),
        "start-to-close timeout",
    ),
    (LastFailure(Failure(FailureKind.OTHER, "worker shut down")), "failure: worker shut down"),
    (RepeatedHeartbeat(HOUR), "heartbeats come, but have told nothing new for 1 h"),
    (NotPickedUp(HOUR), "no worker has picked it up for 1 h"),
    (ActivityPaused(Pause("bob", NOW), HOUR), "the activity was paused 1 h ago by bob"),
    (
        WorkflowPaused(Pause("olivia@laptop", NOW, "database\nis full"), 3 * MINUTES),
        "the workflow was paused 9 m ago by olivia@laptop: database is full",
    ),
    (WorkflowPaused(Pause(reason="by rule"), None), "the workflow was paused: by rule"),
    (
        WorkflowTaskFails(3),
        "its workflow task is on attempt 3: its own code fails, or its worker is lost each time",
    ),
    (WorkflowTaskNotTaken(MINUTES, 2), "no worker has taken its workflow task up for 3 m, attempt 2"),
]


@pytest.mark.parametrize(("reason", "text"), REASONS)
def test_each_reason_is_told(reason: HealthReason, text: str) -> None:
    assert why((reason,)) == text


def test_every_kind_of_reason_is_among_them() -> None:
    assert {type(reason) for reason, _ in REASONS} == {*get_args(HealthReason)}


def test_several_reasons_are_told_one_after_the_other() -> None:
    assert why((LastFailure(TIMED_OUT), NotPickedUp(HOUR))) == (
        "timed out on heartbeat; no worker has picked it up for 1 h"
    )
    assert why(()) == ""


def test_a_list_of_activities_leaves_room_for_the_failure_of_the_worst() -> None:
    failing = [activity(activity_id=str(each), attempt=3, last_failure=BOOM) for each in range(9)]
    several = run(execution(), CAMPAIGN, *failing).health
    earlier = run(execution(), CAMPAIGN, *failing, failures=(seen(1),)).health

    assert several
    assert in_line(several).endswith("and 6 more; connection reset by peer")
    assert earlier
    assert in_line(earlier).endswith("and 6 more; connection reset by peer")


def test_a_long_failure_alone_is_cut() -> None:
    failure = Failure(FailureKind.APPLICATION, "x" * 300)
    health = run(execution(), CAMPAIGN, activity(attempt=3, last_failure=failure)).health

    assert health
    assert len(in_line(health)) == 200

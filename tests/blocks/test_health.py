"""Each reason for the health of a run in words."""

from datetime import timedelta
from typing import get_args

import pytest

from bot.blocks.health import why
from bot.fleet.runs.assessment import (
    ActivityPaused,
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
from tests.fleet.builders import BOOM, HOUR, NOW, TIMED_OUT

MINUTES = timedelta(minutes=3)
REASONS: list[tuple[HealthReason, str]] = [
    (TimedOutEarlier(1), "timed out on heartbeat once earlier in this run"),
    (TimedOutEarlier(2), "timed out on heartbeat 2 times earlier in this run"),
    (
        TimedOutEarlier(2, (LastFailure(BOOM), ActivityPaused(Pause(), None))),
        "timed out on heartbeat 2 times earlier in this run; now connection reset by peer; the activity was paused",
    ),
    (SeveralActivities((("copy", 3),), 6), "1 of 6 activities does not do well: copy (attempt 3)"),
    (
        SeveralActivities((("a", 5), ("b", 4), ("c", 3), ("d", 2)), 1_200),
        "4 of 1,200 activities do not do well: a (attempt 5), b (attempt 4), c (attempt 3) and 1 more",
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

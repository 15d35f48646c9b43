"""Doubts and causes in words."""

import pytest

from bot.blocks import doubts
from bot.model import Cause, Doubt, DoubtfulDays, DoubtReason, Failure, FailureKind
from tests.fleet.builders import CAMPAIGN, window

APP = FailureKind.APPLICATION


@pytest.mark.parametrize("kind", DoubtReason)
def test_every_reason_has_words(kind: DoubtReason) -> None:
    assert doubts.reason(Doubt(kind, "failed")).startswith("completed")


def test_a_child_is_named_and_the_others_counted() -> None:
    ended = Doubt(DoubtReason.CHILD_ENDED, "timed out", "copy-hilton-3", 1_200)
    still_open = Doubt(DoubtReason.CHILD_OPEN, "running", "copy-hilton-3")

    assert doubts.reason(ended) == "completed, but its child copy-hilton-3 (and 1,200 more) timed out"
    assert doubts.reason(still_open) == "completed, but its child copy-hilton-3 is still open"


def test_the_first_days_are_named_and_the_others_counted() -> None:
    differ, later = Doubt(DoubtReason.COUNT), Doubt(DoubtReason.LATER_RUN, "cancelled")
    days = [
        DoubtfulDays(window(1, 6), later),
        DoubtfulDays(window(6, 11), differ),
        DoubtfulDays(window(20, 23), differ),
    ]

    assert doubts.summary(days[:1], CAMPAIGN) == ("Jan 1–5 completed, but a later run of the same days was cancelled")
    assert doubts.summary(days, CAMPAIGN).endswith("Jan 6–10 completed, but the count differs; 3 more days in doubt")


def cause(message: str, activity: str = "", child: str = "") -> Cause:
    return Cause(Failure(APP, message), activity, child)


@pytest.mark.parametrize(
    ("causes", "text"),
    [
        ([], ""),
        ([cause("disk full")], "disk full"),
        ([cause("Activity task failed", activity="copy_days"), cause("disk full")], "activity copy_days: disk full"),
        (
            [cause("x", child="Fill"), cause("y", activity="copy_days"), cause("first"), cause("mid"), cause("last")],
            "child Fill, activity copy_days: first ← … ← last",
        ),
        ([cause("a"), cause("b")], "a ← b"),
    ],
)
def test_a_failure_names_its_place_and_of_its_causes_the_first_and_the_last(causes: list[Cause], text: str) -> None:
    assert doubts.failure(causes) == text


def test_an_operation_that_had_not_ended_is_named() -> None:
    left = Doubt(DoubtReason.OPERATION_OPEN, child="copying/Copying.copy", more_children=1)

    assert doubts.reason(left) == (
        "completed, but its Nexus operation copying/Copying.copy (and 1 more) had not ended, and nothing tells how it"
        " did"
    )

"""Numbers in words."""

import pytest

from bot.blocks import words
from bot.model import Failure, FailureKind


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (0.4, "under 1 row"), (82_353, "82K rows")]
)
def test_one_row_is_in_the_singular(number: float, text: str) -> None:
    assert words.rows(number) == text


@pytest.mark.parametrize(
    ("kind", "message", "text"),
    [
        (FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout", "heartbeat timeout"),
        (FailureKind.APPLICATION, "IOError: disk full", "IOError: disk full"),
        (
            FailureKind.OTHER,
            "connection failure: pool exhausted on ch-3",
            "connection failure: pool exhausted on ch-3",
        ),
        (FailureKind.CANCELLED, "worker shut down", "cancelled: worker shut down"),
        (FailureKind.CANCELLED, "", "cancelled"),
    ],
)
def test_nothing_that_a_failure_says_is_lost(kind: FailureKind, message: str, text: str) -> None:
    assert words.failure(Failure(kind, message)) == text

"""The chart of how far each attempt of an alert's run came."""

from datetime import date

import pytest

from bot.fleet.alerts.attempts_chart import attempts_chart
from bot.model import AlertReason, AttemptBar, AttemptProgress, AttemptsChart
from tests.fakes.episodes import episode

FIRST = AttemptProgress(1, "day 2026-01-04, 3,619 of 61,500 rows")
SECOND = AttemptProgress(2, "day 2026-01-03, 3,000 of 61,500 rows")


def test_each_ended_attempt_has_a_bar_with_the_day_and_the_rows_that_it_reached() -> None:
    assert attempts_chart(episode(attempts=(FIRST, SECOND))) == AttemptsChart(
        "voice-prod",
        "hilton",
        61_500,
        (AttemptBar(1, date(2026, 1, 4), 3_619), AttemptBar(2, date(2026, 1, 3), 3_000)),
    )


@pytest.mark.parametrize("progress", ["", "copied a lot"])
def test_an_attempt_whose_progress_is_not_known_keeps_its_place(progress: str) -> None:
    chart = attempts_chart(episode(attempts=(FIRST, AttemptProgress(2, progress))))

    assert chart is not None
    assert chart.bars[1] == AttemptBar(2)


def test_without_any_known_progress_there_is_no_chart() -> None:
    assert attempts_chart(episode()) is None
    assert attempts_chart(episode(attempts=(AttemptProgress(1, ""), AttemptProgress(2, "copied a lot")))) is None


@pytest.mark.parametrize("reason", AlertReason)
def test_only_alerts_about_attempts_have_one(reason: AlertReason) -> None:
    is_about_attempts = reason in (AlertReason.HEARTBEAT_TIMEOUT, AlertReason.RETRYING)

    assert (attempts_chart(episode(attempts=(FIRST,), alert_reason=reason)) is not None) is is_about_attempts

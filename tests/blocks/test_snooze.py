"""The answer to a snooze."""

from datetime import UTC, datetime

import pytest

from bot.blocks.snooze import render
from bot.fleet.alerts.lookup import ClusterSnoozeResult, SnoozeResult
from tests.blocks.gate import taken_by_slack
from tests.fakes.episodes import episode

UNTIL = datetime(2026, 2, 22, 11, 0, tzinfo=UTC)


def test_the_end_is_told_in_the_readers_own_time_zone() -> None:
    message = render(SnoozeResult(episode(), UNTIL, is_news=True))

    assert message.text == "You have snoozed hilton on voice-prod, until 2026-02-22 11:00 UTC."
    assert f"<!date^{int(UNTIL.timestamp())}^" in str(message.blocks)


def test_without_an_end_it_is_until_a_change() -> None:
    message = render(SnoozeResult(episode(), None, is_news=True))

    assert message.text == "You have snoozed hilton on voice-prod, until it changes."


def test_a_snooze_that_was_there_already_says_so() -> None:
    message = render(SnoozeResult(episode(), None, is_news=False))

    assert message.text == "hilton on voice-prod is snoozed already, until it changes."


@pytest.mark.parametrize(
    ("snoozed", "already", "text"),
    [
        (4, 0, "You have snoozed 4 alerts on voice-prod, until 2026-02-22 11:00 UTC."),
        (1, 2, "You have snoozed 1 alert on voice-prod (2 others were already), until 2026-02-22 11:00 UTC."),
        (0, 1, "The only open alert on voice-prod is snoozed already, until 2026-02-22 11:00 UTC."),
        (0, 3, "All 3 open alerts on voice-prod are snoozed already, until 2026-02-22 11:00 UTC."),
    ],
)
def test_all_of_a_cluster_are_counted(snoozed: int, already: int, text: str) -> None:
    message = taken_by_slack(render(ClusterSnoozeResult("voice-prod", UNTIL, snoozed, already)))

    assert message.text == text

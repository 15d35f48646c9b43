"""The answer to a snooze."""

from datetime import UTC, datetime

from bot.blocks.snooze import render
from bot.fleet.alerts.lookup import SnoozeResult
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

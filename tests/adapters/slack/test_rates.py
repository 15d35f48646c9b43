"""The bot's rates stay within those that Slack publishes, in every minute."""

import pytest

from bot.adapters.slack.rates import MINUTE, POSTS, TIER_2, TIER_3, TIER_4, rate_of
from bot.adapters.slack.token_bucket import Rate


@pytest.mark.parametrize(("rate", "calls"), [(TIER_2, 20), (TIER_3, 50), (TIER_4, 100)])
def test_a_minute_that_begins_with_a_burst_stays_within_its_tier(rate: Rate, calls: int) -> None:
    assert rate.burst + MINUTE / rate.interval == pytest.approx(calls)


def test_posts_keep_the_whole_rate_of_one_a_second() -> None:
    assert MINUTE / POSTS.interval == 60


@pytest.mark.parametrize("method", ["chat.update", "chat.delete", "conversations.history", "conversations.replies"])
def test_edits_and_searches_are_of_the_third_tier(method: str) -> None:
    assert rate_of(method) == TIER_3

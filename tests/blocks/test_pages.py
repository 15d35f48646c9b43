"""What people read about pages."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.blocks.notifications import draw
from bot.blocks.pages import summary
from bot.fleet.notifications.calls import PageFailedLine
from bot.fleet.notifications.pages import Page, dump_page, parse_page
from bot.model import AlertReason
from tests.blocks.gate import taken_by_slack

NIGHT = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
PAGE = Page("pagerduty", "voice-prod", ("hilton",), NIGHT, AlertReason.HEARTBEAT_TIMEOUT, "", "episode:1")


def test_who_is_paged_reads_what_is_the_matter_first() -> None:
    many = replace(PAGE, names=tuple(f"c{n}" for n in range(7)))

    assert summary(PAGE) == (
        "hilton on voice-prod still times out on heartbeat, since 2026-02-22 03:00 UTC. "
        "Nobody has acknowledged this in Slack."
    )
    assert summary(many).startswith(
        "7 backfills on voice-prod timed out on heartbeat, the first at 2026-02-22 03:00 UTC: c0, c1,"
    )


def test_a_page_that_failed_is_told_with_what_to_do() -> None:
    refused = PageFailedLine("voice-prod", ("hilton",), "pagerduty", "HTTP status 400 <!channel>", goes_on=False)

    assert taken_by_slack(draw(refused)).text == (
        "The page about hilton on voice-prod did not reach pagerduty: HTTP status 400 &lt;!channel&gt;. "
        "It is not tried again: see [webhooks.pagerduty]."
    )
    assert draw(replace(refused, goes_on=True)).text.endswith("The bot keeps trying.")


def test_a_stored_page_is_read_back() -> None:
    assert parse_page(dump_page(PAGE)) == PAGE

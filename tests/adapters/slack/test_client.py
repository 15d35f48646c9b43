"""The client waits for its turn before it calls Slack, obeys a 429, and counts every call whoever makes it."""

from collections.abc import AsyncIterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.adapters.slack import PacedClient, SlackChannel, SlackModals
from bot.adapters.slack.client import LONGEST_TURN
from bot.adapters.slack.rates import POSTS
from bot.errors import RateLimited
from bot.message import Message
from bot.model import Address
from handlers.transport.bolt_app import bolt_app
from tests.adapters.slack.canned import Answer, Canned, canned_slack
from tests.fakes.services import NOW

HELLO = Message("hello")
POSTED = Answer({"ok": True, "channel": "C1", "ts": "1.000001", "message": {}})
LIMITED = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "30"})


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Canned]:
    async with canned_slack(clock) as running:
        running.on("chat.postMessage", POSTED)
        yield running


async def _use_up(client: PacedClient) -> None:
    """Make as many posts as may be made at once."""
    for _ in range(POSTS.burst):
        await SlackChannel(client, "C1").post(HELLO, "key")


async def test_after_a_burst_no_post_may_be_made_until_a_second_is_over(slack: Canned, clock: Clock) -> None:
    channel = SlackChannel(slack.client, "C1")
    before = channel.may_post()
    await _use_up(slack.client)
    after = channel.may_post()
    clock.now += POSTS.interval

    assert (before, after, channel.may_post()) == (True, False, True)


async def test_posts_take_nothing_from_edits_nor_from_other_channels(slack: Canned) -> None:
    channel = SlackChannel(slack.client, "C1")
    await _use_up(slack.client)

    assert channel.may_edit(Address("C1", "1.000001"))
    assert channel.may_post(Address("C0FORMER", "1.000001"))


async def test_a_post_before_its_turn_waits_and_is_made(slack: Canned) -> None:
    await _use_up(slack.client)
    await SlackChannel(slack.client, "C1").post(HELLO, "key")

    assert slack.calls == ["chat.postMessage"] * (POSTS.burst + 1)


async def test_a_call_that_would_wait_too_long_is_refused_before_it_reaches_slack(slack: Canned) -> None:
    await _use_up(slack.client)
    slack.on("chat.postMessage", LIMITED)
    channel = SlackChannel(slack.client, "C1")
    with pytest.raises(RateLimited):
        await channel.post(HELLO, "key")
    calls = len(slack.calls)
    with pytest.raises(RateLimited) as caught:
        await channel.post(HELLO, "key")

    assert caught.value.retry_after == timedelta(seconds=30) > LONGEST_TURN
    assert len(slack.calls) == calls


async def test_a_refused_post_is_logged_and_may_be_made_again_when_slack_s_time_is_over(
    slack: Canned, clock: Clock
) -> None:
    slack.on("chat.postMessage", LIMITED, POSTED)
    channel = SlackChannel(slack.client, "C1")
    with capture_logs() as logs, pytest.raises(RateLimited):
        await channel.post(HELLO, "key")
    clock.now += timedelta(seconds=30)
    await channel.post(HELLO, "key")

    ((event, method, wait),) = [(line["event"], line["method"], line["wait_s"]) for line in logs]
    assert (event, method, wait) == ("rate limited by Slack", "chat.postMessage", 30)


async def test_direct_messages_and_dialogs_are_counted_by_the_same_pace(slack: Canned) -> None:
    slack.on("chat.postEphemeral", Answer({"ok": False, "error": "user_not_in_channel"}))
    slack.on("conversations.open", Answer({"ok": True, "channel": {"id": "D1"}}))
    for _ in range(POSTS.burst):
        await SlackModals(slack.client, "C1").whisper("U1", HELLO)

    assert not slack.client.may_call("chat.postMessage", "D1")
    assert slack.client.may_call("chat.postMessage", "C1")


async def test_bolt_s_client_and_every_copy_share_the_pace(slack: Canned) -> None:
    await _use_up(slack.client)
    bolt_s = bolt_app(slack.client).client

    assert isinstance(bolt_s, PacedClient)
    assert bolt_s.token is None
    assert not bolt_s.may_call("chat.postMessage", "C1")
    assert not copy(slack.client).may_call("chat.postMessage", "C1")

"""A reply that is lost after the effect, on a hundred posts: each message stands once, in its place."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bot.adapters.slack import SlackChannel, slack_client
from bot.adapters.store import open_store
from bot.fleet.notifications.notification import AckLine, StormCard, dump
from bot.model import JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.wiring import utc_now
from local_slack import UNLIMITED, LocalSlack, Setting
from tests.fakes.fast_clock import FastClock
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld
from tests.local_slack.harness import Control

ALERTS, REPLIES = 10, 9


def alert(number: int) -> list[OutboxMessage]:
    """A message and the replies in its thread."""
    root = OutboxMessage(f"storm:{number}", dump(StormCard(f"cluster-{number}", ("hilton",), 0, utc_now())))
    replies = range(REPLIES)
    return [
        root,
        *(OutboxMessage(f"{root.key}:{n}", dump(AckLine(f"customer-{n}", "U1")), root.key) for n in replies),
    ]


@pytest.mark.timeout(120)
async def test_a_hundred_posts_whose_replies_are_lost_stand_once_and_in_order(url: str) -> None:
    waiting = [message for number in range(ALERTS) for message in alert(number)]
    world = FakeWorld(now=utc_now())
    async with (
        LocalSlack(setting=Setting(limits=UNLIMITED)) as slack,
        aiohttp.ClientSession(slack.url) as http,
        open_store(url) as store,
    ):
        control = Control(http)
        await control.fault(fault="lost_reply", method="chat.postMessage", count=len(waiting))
        channel = SlackChannel(slack_client(slack.bot_token, slack.api_url, FastClock()), slack.channels["backfills"])
        services = replace(world.services, channel=channel, journal=store.journal, outbox=store.outbox)
        await store.journal.record(JournalEntry(messages=tuple(waiting)), world.now)
        dispatcher = OutboxDispatcher(services, always)
        async with asyncio.timeout(90):
            while await store.outbox.undelivered():
                await dispatcher.dispatch()
                world.now += timedelta(seconds=5)
        roots = await control.messages()
        threads = [await control.messages(thread_ts=root["ts"]) for root in roots]
        calls = [call for call in (await control.get("calls"))["calls"] if call["method"] == "chat.postMessage"]

    posted = [[message["text"] for message in thread if "customer-" in message["text"]] for thread in threads]
    assert [call["fault"] for call in calls] == ["lost_reply"] * len(waiting)
    assert len(roots) == ALERTS
    assert [[f"customer-{n}: acknowledged by" in text for n, text in enumerate(texts)] for texts in posted] == [
        [True] * REPLIES
    ] * ALERTS

"""The dispatcher keeps to Slack's rate limits: the most urgent messages first, and none tried too early."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.fleet.notifications.notification import AckLine, EpisodeCard, StormCard, dump
from bot.fleet.notifications.stale import LATE
from bot.model import MIN_EDIT_INTERVAL, JournalEntry, OutboxMessage, Queued
from bot.outgoing.dispatcher import OutboxDispatcher
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.outbox import FakeOutbox
from tests.fakes.services import NOW, FakeWorld

LINES = 50
ROOT = OutboxMessage("terminated:1", dump(AckLine("root", "U1")))
ALERT = OutboxMessage("episode:1", dump(EpisodeCard(episode())))


def line(number: int) -> OutboxMessage:
    return OutboxMessage(f"line:{number}", dump(AckLine(f"customer-{number}", "U1")), ROOT.key)


def storm(over: int) -> OutboxMessage:
    return OutboxMessage("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over, opened_at=NOW)))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def record(world: FakeWorld, *messages: OutboxMessage) -> None:
    await world.journal.record(JournalEntry(messages=messages), world.now)


async def dispatch(world: FakeWorld, posts: int, edits: int = 0) -> list[str]:
    """Make one pass with so many calls allowed; returns the keys of what was posted or edited."""
    before = [(post.key, post.edits) for post in world.channel.messages]
    world.channel.posts_allowed, world.channel.edits_allowed = posts, edits
    await OutboxDispatcher(world.services, always).dispatch()
    return [post.key for post in world.channel.messages if (post.key, post.edits) not in before]


async def test_a_pass_posts_as_many_as_are_allowed_and_the_next_one_goes_on(world: FakeWorld) -> None:
    await record(world, ROOT, *(line(number) for number in range(LINES)))
    passes = [await dispatch(world, posts=2) for _ in range(3)]

    assert passes == [[ROOT.key, "line:0"], ["line:1", "line:2"], ["line:3", "line:4"]]


async def test_what_is_not_allowed_yet_is_not_tried(world: FakeWorld) -> None:
    await record(world, ROOT)
    posted = await dispatch(world, posts=0)
    row = world.outbox.messages[ROOT.key]

    assert posted == []
    assert (world.channel.calls, row.attempted_at, row.tries) == (0, None, 0)


async def test_an_alert_that_comes_while_many_lines_wait_goes_before_them(world: FakeWorld) -> None:
    await record(world, ROOT, *(line(number) for number in range(LINES)))
    await dispatch(world, posts=2)
    await record(world, ALERT)

    assert await dispatch(world, posts=2) == [ALERT.key, "line:1"]


async def test_posts_go_on_while_no_edit_is_allowed_and_edits_while_no_post_is(world: FakeWorld) -> None:
    await record(world, storm(over=0))
    await dispatch(world, posts=1)
    world.now += MIN_EDIT_INTERVAL
    await record(world, storm(over=1), ROOT)
    posted = await dispatch(world, posts=1, edits=0)
    await record(world, line(1))
    edited = await dispatch(world, posts=0, edits=1)

    assert posted == [ROOT.key]
    assert edited == ["storm:1"]


async def test_every_message_is_posted_once_and_each_thread_in_its_order(world: FakeWorld) -> None:
    lines = [line(number) for number in range(LINES)]
    await record(world, ROOT, *lines)
    for _ in range(LINES):
        await dispatch(world, posts=1)
    await dispatch(world, posts=LINES)

    assert [post.key for post in world.channel.messages] == [ROOT.key, *(each.key for each in lines)]


async def test_a_lost_reply_is_looked_for_before_its_message_is_posted_again(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await record(world, ROOT, line(1))
    dispatcher = OutboxDispatcher(world.services, always)
    for _ in range(10):
        world.channel.posts_allowed = 1
        await dispatcher.dispatch()
        world.now += timedelta(seconds=5)

    assert [post.key for post in world.channel.messages] == [ROOT.key, "line:1"]


@dataclass
class CountingOutbox(FakeOutbox):
    """Counts how often all that waits was read."""

    readings: int = 0

    async def undelivered(self) -> list[Queued]:
        self.readings += 1
        return await super().undelivered()


async def test_all_that_waits_is_gone_through_at_most_once_in_ten_seconds() -> None:
    outbox = CountingOutbox()
    world = FakeWorld(outbox=outbox)
    await record(world, ROOT, *(line(number) for number in range(LINES)))
    world.now += LATE
    dispatcher = OutboxDispatcher(world.services, always)
    for _ in range(30):
        world.channel.posts_allowed = 1
        await dispatcher.dispatch()
        world.now += timedelta(seconds=1)

    assert outbox.readings == 3
    assert len(world.channel.messages) == 30

"""What the outbox holds gets said once, whatever happens on the way."""

from datetime import timedelta

import pytest

from bot.blocks.sayings import draw
from bot.errors import NotFound, RateLimited, Refused, SystemAnswer, Unavailable
from bot.fleet.sayings import AckLine, StormCard, dump, parse
from bot.model import Entry, Speech
from handlers.speak import speak
from tests.fakes.services import NOW, FakeWorld

ROOT = Speech("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW)))
REPLY = Speech("storm:1:ack", dump(AckLine("hilton", "U1")), thread_key="storm:1")
EDITED = Speech("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=1, opened_at=NOW)))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def record(world: FakeWorld, *speeches: Speech) -> None:
    await world.journal.record(Entry(speeches=speeches), world.now)


async def test_a_message_and_its_reply_are_posted_in_order_and_only_once(world: FakeWorld) -> None:
    await record(world, ROOT, REPLY)
    for _ in range(3):
        await speak(world.services)

    root, reply = world.channel.said
    assert (root.key, root.thread) == (ROOT.key, None)
    assert (reply.key, reply.thread) == (REPLY.key, root.address)


async def test_a_changed_speech_edits_its_message(world: FakeWorld) -> None:
    await record(world, ROOT)
    await speak(world.services)
    await record(world, EDITED)
    await speak(world.services)

    (root,) = world.channel.said
    assert root.edits == 1
    assert "1 of them are over" in root.message.text


async def test_a_reply_that_got_lost_after_the_effect_is_found_and_not_posted_again(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await record(world, ROOT, REPLY)
    await speak(world.services)
    world.now += timedelta(minutes=1)
    for _ in range(2):
        await speak(world.services)

    assert [said.key for said in world.channel.said] == [ROOT.key, REPLY.key]


async def test_a_bot_that_died_between_post_and_note_finds_its_message_by_the_key(world: FakeWorld) -> None:
    await record(world, ROOT)
    await world.outbox.begin(ROOT.key, world.now)
    (queued,) = await world.outbox.due(world.now, 10)
    standing = await world.channel.post(draw(parse(queued.speech.body)), queued.speech.key)

    await speak(world.services)

    assert await world.outbox.address(ROOT.key) == standing
    assert len(world.channel.said) == 1


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Unavailable("slack", "no answer"), timedelta(seconds=2)),
        (RateLimited("slack", "ratelimited", timedelta(seconds=30)), timedelta(seconds=30)),
    ],
)
async def test_what_may_pass_is_waited_for_and_then_said(
    world: FakeWorld, answer: SystemAnswer, wait: timedelta
) -> None:
    await record(world, ROOT)
    world.channel.away = answer
    await speak(world.services)
    world.channel.away = None
    await speak(world.services)
    assert world.channel.said == []

    world.now += max(wait, timedelta(seconds=4))
    await speak(world.services)

    assert [said.key for said in world.channel.said] == [ROOT.key]


@pytest.mark.parametrize("answer", [Refused("slack", "invalid_blocks"), NotFound("slack", "channel_not_found")])
async def test_what_can_never_be_said_is_kept_with_its_reason_and_holds_nothing_up(
    world: FakeWorld, answer: SystemAnswer
) -> None:
    await record(world, ROOT)
    world.channel.away = answer
    await speak(world.services)
    world.channel.away = None
    other = Speech("storm:2", ROOT.body)
    await record(world, other)
    await speak(world.services)

    assert [said.key for said in world.channel.said] == [other.key]
    assert [key for key, _ in await world.outbox.stuck()] == [ROOT.key]

"""Messages go to the channels of their routes; a channel that the bot cannot use silences nobody."""

from datetime import timedelta

import pytest

from bot.errors import AccessDenied, Unavailable
from bot.fleet.notifications.notification import AckLine, StormCard, dump
from bot.model import JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from tests.fakes.leading import always
from tests.fakes.services import CHANNEL, NOW, FakeWorld

VOICE = "C0VOICE"
BODY = dump(StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW))
ROOT = OutboxMessage("storm:voice", BODY, destination=VOICE)
REPLY = OutboxMessage("storm:voice:ack", dump(AckLine("hilton", "U1")), thread_key="storm:voice")
OF_TEAM = OutboxMessage("storm:team", BODY)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def pass_by(world: FakeWorld, span: timedelta, *messages: OutboxMessage) -> None:
    await world.journal.record(JournalEntry(messages=messages), world.now)
    dispatcher, until = OutboxDispatcher(world.services, always), world.now + span
    while world.now < until:
        await dispatcher.dispatch()
        world.now += timedelta(seconds=1)


def channels(world: FakeWorld) -> dict[str, str]:
    return {posted.key: posted.address.channel for posted in world.channel.messages}


async def test_a_message_and_its_thread_are_in_the_channel_of_the_route(world: FakeWorld) -> None:
    await pass_by(world, timedelta(seconds=5), ROOT, REPLY, OF_TEAM)

    assert channels(world) == {ROOT.key: VOICE, REPLY.key: VOICE, OF_TEAM.key: CHANNEL}


async def test_a_post_without_an_answer_is_looked_for_in_its_own_channel(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await pass_by(world, timedelta(minutes=2), ROOT, REPLY)

    assert channels(world) == {ROOT.key: VOICE, REPLY.key: VOICE}
    assert len(world.channel.messages) == 2


async def test_what_was_for_a_channel_without_the_bot_goes_to_the_team_and_holds_nothing_up(world: FakeWorld) -> None:
    world.channel.closed = {VOICE}
    await pass_by(world, timedelta(seconds=5), ROOT, REPLY, OF_TEAM)

    assert channels(world) == {ROOT.key: CHANNEL, REPLY.key: CHANNEL, OF_TEAM.key: CHANNEL}


async def test_an_alert_whose_channel_is_closed_later_goes_on_in_the_team_channel(world: FakeWorld) -> None:
    await pass_by(world, timedelta(seconds=5), ROOT)
    world.channel.closed = {VOICE}
    await pass_by(world, timedelta(minutes=2), REPLY)

    assert channels(world)[REPLY.key] == CHANNEL


@pytest.mark.parametrize("away", [AccessDenied("slack", "token_revoked"), Unavailable("slack", "HTTP 503")])
async def test_while_nothing_can_be_posted_a_message_keeps_its_channel(
    world: FakeWorld, away: AccessDenied | Unavailable
) -> None:
    world.channel.away = away
    await pass_by(world, timedelta(seconds=30), ROOT)
    world.channel.away = None
    await pass_by(world, timedelta(minutes=12))

    assert channels(world) == {ROOT.key: VOICE}


async def test_a_lost_reply_from_a_channel_that_is_closed_then_goes_to_the_team(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await world.journal.record(JournalEntry(messages=(ROOT,)), world.now)
    await OutboxDispatcher(world.services, always).dispatch()
    world.channel.closed = {VOICE}
    world.channel.messages.clear()
    await pass_by(world, timedelta(minutes=2))

    assert channels(world) == {ROOT.key: CHANNEL}

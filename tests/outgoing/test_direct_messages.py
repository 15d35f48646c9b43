"""Direct messages: to the person, once; where Slack does not take one, in the channel to that person alone."""

from datetime import timedelta

import pytest

from bot.errors import Refused, Unavailable
from bot.fleet.notifications.direct_messages import direct_message
from bot.fleet.notifications.personal import CustomerComplete
from bot.model import JournalEntry, Subscription
from bot.outgoing.dispatcher import OutboxDispatcher
from tests.fakes.leading import always
from tests.fakes.services import CHANNEL, NOW, VIEWER, FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.outgoing.test_destinations import OF_TEAM, pass_by

ASKED = Subscription("voice-prod", "hilton", VIEWER, NOW)
NOTE = direct_message(ASKED, CustomerComplete("voice-prod", "hilton", CAMPAIGN, is_verified=True, at=NOW))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def shown(world: FakeWorld) -> dict[str, str]:
    """The channel of each message that was posted."""
    return {posted.key: posted.address.channel for posted in world.channel.messages}


def whispered(world: FakeWorld) -> list[tuple[str, str]]:
    return [(user, message.text.partition(":")[0]) for user, message in world.modals.whispers]


async def test_it_goes_to_the_person(world: FakeWorld) -> None:
    await pass_by(world, timedelta(seconds=5), NOTE, OF_TEAM)

    assert shown(world) == {NOTE.key: VIEWER, OF_TEAM.key: CHANNEL}
    assert whispered(world) == []


async def test_a_lost_reply_is_looked_for_in_the_direct_conversation(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await pass_by(world, timedelta(minutes=2), NOTE)

    assert shown(world) == {NOTE.key: VIEWER}
    assert len(world.channel.messages) == 1


async def test_what_slack_does_not_take_is_told_in_the_channel_to_the_person_alone(world: FakeWorld) -> None:
    world.channel.closed = {VIEWER}
    await pass_by(world, timedelta(minutes=2), NOTE, OF_TEAM)

    assert shown(world) == {OF_TEAM.key: CHANNEL}
    assert whispered(world) == [(VIEWER, "hilton on voice-prod is complete")]
    assert await world.outbox.dead_letters(NOW) == []


async def test_a_direct_message_that_reaches_nobody_is_a_dead_letter_and_holds_nothing_up(world: FakeWorld) -> None:
    world.channel.closed = {VIEWER}
    world.modals.away = Refused("slack", "user_not_found")
    await pass_by(world, timedelta(minutes=2), NOTE, OF_TEAM)

    assert shown(world) == {OF_TEAM.key: CHANNEL}
    assert [key for key, _ in await world.outbox.dead_letters(NOW)] == [NOTE.key]


async def test_while_slack_does_not_answer_the_person_alone_waits(world: FakeWorld) -> None:
    world.channel.closed = {VIEWER}
    world.modals.away = Unavailable("slack", "HTTP 503")
    await pass_by(world, timedelta(seconds=5), NOTE, OF_TEAM)
    world.modals.away = None
    await pass_by(world, timedelta(minutes=2))

    assert shown(world) == {OF_TEAM.key: CHANNEL}
    assert len(world.modals.whispers) == 1


async def test_a_lost_reply_that_cannot_be_looked_for_is_told_in_the_channel(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await world.journal.record(JournalEntry(messages=(NOTE,)), world.now)
    await OutboxDispatcher(world.services, always).dispatch()
    world.channel.closed = {VIEWER}
    await pass_by(world, timedelta(minutes=2))

    assert len(world.modals.whispers) == 1


def test_the_key_is_one_for_each_question_of_each_person() -> None:
    keys = [
        direct_message(each, CustomerComplete("voice-prod", "hilton", CAMPAIGN, is_verified=True, at=NOW)).key
        for each in (ASKED, Subscription("voice-prod", "hilton", "U0OTHER", NOW))
    ]

    assert len(set(keys)) == 2

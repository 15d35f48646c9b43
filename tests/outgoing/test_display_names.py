"""Plain text names people: no user id is left in it, and no name becomes markup."""

from dataclasses import replace

import pytest

from bot.blocks.notifications import draw
from bot.commands import Ack
from bot.errors import Unavailable
from bot.fleet.notifications.notification import AckLine, dump
from bot.message import Message
from bot.model import Actor, JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.display_names import with_display_names
from handlers.routes import answer
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, OPERATOR, TEAM, FakeWorld, person


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def test_what_is_said_in_the_channel_names_people_in_its_text_and_mentions_them_in_its_blocks(
    world: FakeWorld,
) -> None:
    await world.journal.record(
        JournalEntry(messages=(OutboxMessage("ack", dump(AckLine("hilton", OPERATOR))),)), world.now
    )
    await OutboxDispatcher(world.services, lambda: True).dispatch()

    (post,) = world.channel.messages
    assert post.message.text == "hilton: acknowledged by Olivia. Reminders stop."
    assert f"<@{OPERATOR}>" in str(post.message.blocks)


async def test_an_answer_names_people_in_its_text(world: FakeWorld) -> None:
    await world.journal.record(
        JournalEntry(episodes=(replace(episode(revision=0), acked_by=GROUP_OPERATOR),)), world.now
    )

    answered = await answer(Ack(target="hilton"), Actor(OPERATOR, TEAM, CHANNEL), world.services)

    assert answered.text == "hilton on voice-prod was acknowledged already, by Oscar."


async def test_who_cannot_be_named_now_is_somebody(world: FakeWorld) -> None:
    world.people.away = Unavailable("slack", "timed out")

    assert (await with_display_names(draw(AckLine("hilton", OPERATOR)), world.services)).text.startswith(
        "hilton: acknowledged by somebody."
    )


async def test_a_name_pings_nobody(world: FakeWorld) -> None:
    world.people.persons[OPERATOR] = person(OPERATOR, "<!channel> & co")

    message = await with_display_names(draw(AckLine("hilton", OPERATOR)), world.services)

    assert "by &lt;!channel&gt; &amp; co." in message.text


async def test_only_who_is_mentioned_is_named_and_only_the_whole_id(world: FakeWorld) -> None:
    text = f"{OPERATOR}2 and {OPERATOR}"
    mentions = ({"type": "section", "text": {"type": "mrkdwn", "text": f"<@{OPERATOR}>"}},)

    assert (await with_display_names(Message(text, mentions), world.services)).text == f"{OPERATOR}2 and Olivia"
    assert (await with_display_names(Message(text), world.services)).text == text

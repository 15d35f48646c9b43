"""Notifications name people: no id of theirs is left in the text, and no name becomes markup."""

import pytest

from bot.blocks.sayings import draw
from bot.errors import Unavailable
from bot.fleet.sayings import AckLine, dump
from bot.message import Message
from bot.model import Entry, Speech
from handlers.naming import named
from handlers.speak import speak
from tests.fakes.services import OPERATOR, FakeWorld, person


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def test_what_is_said_in_the_channel_names_people_in_its_text_and_mentions_them_in_its_blocks(
    world: FakeWorld,
) -> None:
    await world.journal.record(Entry(speeches=(Speech("ack", dump(AckLine("hilton", OPERATOR))),)), world.now)
    await speak(world.services, lambda: True)

    (said,) = world.channel.said
    assert said.message.text == "hilton: acknowledged by Olivia. Reminders stop."
    assert f"<@{OPERATOR}>" in str(said.message.blocks)


async def test_who_cannot_be_named_now_is_somebody(world: FakeWorld) -> None:
    world.people.away = Unavailable("slack", "timed out")

    assert (await named(draw(AckLine("hilton", OPERATOR)), world.services)).text.startswith(
        "hilton: acknowledged by somebody."
    )


async def test_a_name_pings_nobody(world: FakeWorld) -> None:
    world.people.persons[OPERATOR] = person(OPERATOR, "<!channel> & co")

    told = await named(draw(AckLine("hilton", OPERATOR)), world.services)

    assert "by &lt;!channel&gt; &amp; co." in told.text


async def test_only_who_is_mentioned_is_named_and_only_the_whole_id(world: FakeWorld) -> None:
    text = f"{OPERATOR}2 and {OPERATOR}"
    mentions = ({"type": "section", "text": {"type": "mrkdwn", "text": f"<@{OPERATOR}>"}},)

    assert (await named(Message(text, mentions), world.services)).text == f"{OPERATOR}2 and Olivia"
    assert (await named(Message(text), world.services)).text == text

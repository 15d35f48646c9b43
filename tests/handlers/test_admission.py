"""Who is let in, with the people and groups looked up."""

import pytest

from bot.commands import Ack, Status
from bot.errors import NotAllowed, Unavailable
from bot.model import Actor
from handlers.admission import NAMED, admit
from tests.fakes.people import FakePeople
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, OPERATOR, TEAM, VIEWER, FakeWorld, config, person


def actor(user_id: str) -> Actor:
    return Actor(user_id, TEAM, CHANNEL)


@pytest.mark.parametrize("user_id", [OPERATOR, GROUP_OPERATOR])
async def test_operators_are_let_in_to_change(user_id: str) -> None:
    await admit(Ack(target="hilton"), actor(user_id), FakeWorld().services)


async def test_a_group_that_cannot_be_read_lets_nobody_in_and_is_named() -> None:
    world = FakeWorld()
    world.people.groups.clear()

    with pytest.raises(NotAllowed) as refused:
        await admit(Ack(target="hilton"), actor(GROUP_OPERATOR), world.services)

    assert str(refused.value) == (
        "Only operators may ack. Who may: Olivia. User group S0ONCALL cannot be read (no user group S0ONCALL)."
    )


async def test_an_operator_by_name_needs_no_group() -> None:
    world = FakeWorld()
    world.people.groups.clear()

    await admit(Ack(target="hilton"), actor(OPERATOR), world.services)


@pytest.mark.parametrize("command", [Status(), Ack(target="hilton")])
async def test_nobody_is_let_in_while_slack_does_not_say_who_it_is(command: Ack | Status) -> None:
    world = FakeWorld()
    world.people.away = Unavailable("slack", "timed out")

    with pytest.raises(Unavailable):
        await admit(command, actor(OPERATOR), world.services)


async def test_a_refusal_names_some_of_many_operators() -> None:
    operators = [f"U0OP{n:02}" for n in range(NAMED + 3)]
    world = FakeWorld(config({"voice-prod": ()}, slack={"channel": CHANNEL, "operators": operators}))
    world.people.persons |= {user_id: person(user_id, f"Op {user_id[-2:]}") for user_id in operators[1:]}

    with pytest.raises(NotAllowed) as refused:
        await admit(Ack(target="hilton"), actor(VIEWER), world.services)

    assert str(refused.value).endswith("and 3 more.")
    assert "Op 01" in str(refused.value)
    assert "U0OP00" in str(refused.value), "somebody who has left is named by id"


async def test_without_any_operator_the_refusal_says_that_nobody_may() -> None:
    world = FakeWorld(config({"voice-prod": ()}, slack={"channel": CHANNEL}), people=FakePeople(team=TEAM))
    world.people.persons[VIEWER] = person(VIEWER, "Victor")

    with pytest.raises(NotAllowed, match="Only operators may ack, and nobody is known to be one"):
        await admit(Ack(target="hilton"), actor(VIEWER), world.services)

"""Who may do what, with people and groups looked up in Slack."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.commands import Ack, Purpose, Request, Status
from bot.commands.campaign import Campaign
from bot.errors import NotAllowed, RateLimited, Unavailable
from bot.model import Actor, AuditOutcome, Person, Subject
from handlers.listeners.authorization import NAMED, authorize
from handlers.routes import COMMANDS, command_in
from tests.fakes.people import FakePeople
from tests.fakes.services import (
    CHANNEL,
    GROUP_OPERATOR,
    GUEST,
    NOW,
    OPERATOR,
    TEAM,
    VIEWER,
    FakeWorld,
    config,
    person,
)


def actor(user_id: str) -> Actor:
    return Actor(user_id, TEAM, CHANNEL)


@pytest.mark.parametrize("user_id", [OPERATOR, GROUP_OPERATOR])
async def test_operators_are_let_in_to_change(user_id: str) -> None:
    await authorize(Ack(target="hilton"), actor(user_id), FakeWorld().services)


@pytest.mark.parametrize("change", [each for each in COMMANDS if each.purpose is Purpose.CHANGE])
async def test_every_change_that_is_refused_is_in_the_audit(change: type[Request]) -> None:
    world = FakeWorld()
    command = command_in(change.examples[0], NOW.date())

    with pytest.raises(NotAllowed):
        await authorize(command, actor(VIEWER), world.services)

    assert [record.command for record in world.journal.audited] == [change.word()]
    assert world.journal.audited[0].subject.name == ("march" if change is Campaign else "hilton")


async def test_a_change_that_is_refused_goes_to_the_audit_without_the_names_of_who_may() -> None:
    world = FakeWorld()

    with pytest.raises(NotAllowed):
        await authorize(Ack(target="hilton"), actor(VIEWER), world.services)

    (record,) = world.journal.audited
    assert (record.user_id, record.command, record.subject) == (VIEWER, "ack", Subject("voice-prod", "hilton"))
    assert (record.outcome, record.why) == (AuditOutcome.REFUSED, "Only operators may ack.")


async def test_somebody_slack_does_not_know_who_wants_a_change_goes_to_the_audit_too() -> None:
    world = FakeWorld()

    with pytest.raises(NotAllowed, match="answers only people"):
        await authorize(Ack(target="hilton"), actor("U0STRANGER"), world.services)

    assert [record.user_id for record in world.journal.audited] == ["U0STRANGER"]


@pytest.mark.parametrize("user_id", [GUEST, "U0STRANGER"])
async def test_looking_that_is_refused_is_no_change_and_not_in_the_audit(user_id: str) -> None:
    world = FakeWorld()

    with pytest.raises(NotAllowed):
        await authorize(Status(), actor(user_id), world.services)

    assert world.journal.audited == []


async def test_a_refusal_stays_one_while_the_store_is_away() -> None:
    world = FakeWorld()
    world.journal.away = Unavailable("store", "database is locked")

    with pytest.raises(NotAllowed, match="Only operators may ack"):
        await authorize(Ack(target="hilton"), actor(VIEWER), world.services)


async def test_a_group_that_cannot_be_read_lets_nobody_in_and_is_named() -> None:
    world = FakeWorld()
    world.people.groups.clear()

    with pytest.raises(NotAllowed) as refused:
        await authorize(Ack(target="hilton"), actor(GROUP_OPERATOR), world.services)

    assert str(refused.value) == (
        "Only operators may ack. Ask Olivia. User group S0ONCALL cannot be read (no user group S0ONCALL)."
    )


async def test_an_operator_by_name_needs_no_group() -> None:
    world = FakeWorld()
    world.people.groups.clear()

    await authorize(Ack(target="hilton"), actor(OPERATOR), world.services)


@pytest.mark.parametrize("command", [Status(), Ack(target="hilton")])
async def test_nobody_is_let_in_while_slack_does_not_say_who_it_is(command: Ack | Status) -> None:
    world = FakeWorld()
    world.people.away = Unavailable("slack", "timed out")

    with pytest.raises(Unavailable):
        await authorize(command, actor(OPERATOR), world.services)


async def test_a_refusal_names_some_of_many_operators() -> None:
    operators = [f"U0OP{n:02}" for n in range(NAMED + 3)]
    world = FakeWorld(config({"voice-prod": ()}, slack={"channel": CHANNEL, "operators": operators}))
    world.people.persons |= {user_id: person(user_id, f"Op {user_id[-2:]}") for user_id in operators[1:]}

    with pytest.raises(NotAllowed) as refused:
        await authorize(Ack(target="hilton"), actor(VIEWER), world.services)

    assert str(refused.value).endswith("or 3 more.")
    assert "Op 01" in str(refused.value)
    assert "U0OP00" in str(refused.value), "somebody who has left is named by id"


async def test_without_any_operator_the_refusal_says_that_nobody_may() -> None:
    world = FakeWorld(config({"voice-prod": ()}, slack={"channel": CHANNEL}), people=FakePeople(team=TEAM))
    world.people.persons[VIEWER] = person(VIEWER, "Victor")

    with pytest.raises(NotAllowed, match="Only operators may ack, and nobody is known to be one"):
        await authorize(Ack(target="hilton"), actor(VIEWER), world.services)


async def test_a_change_is_let_in_on_news_of_the_last_ten_seconds_only() -> None:
    read, changed = FakeWorld(), FakeWorld()
    await authorize(Status(), actor(GROUP_OPERATOR), read.services)
    await authorize(Ack(target="hilton"), actor(GROUP_OPERATOR), changed.services)

    assert read.people.asked_within == [None]
    assert changed.people.asked_within == [timedelta(seconds=10)] * 2


@dataclass
class Busy(FakePeople):
    """Rate limited for so many calls."""

    busy: int = 0
    patience: timedelta = timedelta(milliseconds=1)

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        if self.busy:
            self.busy -= 1
            raise RateLimited("slack", "users.info: rate limited", self.patience)
        return await super().person(user_id, within)


def busy(times: int, patience: timedelta) -> FakeWorld:
    persons = {OPERATOR: person(OPERATOR, "Olivia")}
    return FakeWorld(people=Busy(persons, team=TEAM, busy=times, patience=patience))


async def test_a_slack_over_its_limit_is_waited_for() -> None:
    world = busy(3, timedelta(milliseconds=1))
    await authorize(Ack(target="hilton"), actor(OPERATOR), world.services)

    assert world.people.asked_within == [timedelta(seconds=10)]


async def test_a_slack_that_wants_more_patience_than_people_have_lets_nobody_in() -> None:
    with pytest.raises(RateLimited):
        await authorize(Ack(target="hilton"), actor(OPERATOR), busy(1, timedelta(minutes=10)).services)

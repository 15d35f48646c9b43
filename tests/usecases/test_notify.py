"""notify: who gets a direct message, and what is told at once instead."""

from datetime import timedelta

import pytest

from bot.blocks.notify import render
from bot.commands import Notify
from bot.errors import Unavailable
from bot.fleet.status.notify import NothingToAwait, Subscribed, Unsubscribed
from bot.model import Actor, ExecutionStatus, State, Subscription
from bot.usecases.notify import notify
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, NOW, TEAM, VIEWER, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, execution
from tests.fleet.sizes import evenly
from tests.wording import declines

VOICE, CHAT = "voice-prod", "chat-prod"
VICTOR = Actor(VIEWER, TEAM, CHANNEL)
HILTON = Subscription(VOICE, "hilton", VIEWER, NOW)


@pytest.fixture
def world() -> FakeWorld:
    """hilton has not begun, vivint is complete, and empty has nothing to backfill."""
    customers = {VOICE: ("hilton", "vivint", "empty", "twice"), CHAT: ("twice",)}
    world = FakeWorld(config(customers), now=NOW)
    world.warehouses[VOICE].volume = {"hilton": evenly(1_000), "twice": evenly(1_000)}
    times = {"started_at": NOW - timedelta(hours=2), "closed_at": NOW - timedelta(hours=1)}
    done = execution("vivint", CAMPAIGN, VOICE, status=ExecutionStatus.COMPLETED, **times)
    world.engines[VOICE].add(done)
    return world


async def waiting(world: FakeWorld) -> list[Subscription]:
    return list(await world.subscriptions.waiting())


async def test_whoever_looks_may_ask_and_gets_a_message_later(world: FakeWorld) -> None:
    result = await notify(Notify(target="hilton"), VICTOR, world.services)

    assert isinstance(result, Subscribed)
    assert result.backfill is not None
    assert result.backfill.state is State.NOT_STARTED
    assert await waiting(world) == [HILTON]


async def test_asking_twice_is_one_message(world: FakeWorld) -> None:
    await notify(Notify(target="hilton"), VICTOR, world.services)
    world.now += timedelta(minutes=1)
    await notify(Notify(target="voice-prod/hilton"), VICTOR, world.services)

    assert await waiting(world) == [HILTON]


@pytest.mark.parametrize(("name", "words"), [("vivint", "is complete already"), ("empty", "has nothing to backfill")])
async def test_where_nothing_is_to_come_the_answer_says_so_now(world: FakeWorld, name: str, words: str) -> None:
    result = await notify(Notify(target=name), VICTOR, world.services)

    assert isinstance(result, NothingToAwait)
    assert words in render(result).text
    assert await waiting(world) == []


async def test_a_cluster_that_does_not_answer_keeps_nobody_from_asking(world: FakeWorld) -> None:
    world.engines[VOICE].away = Unavailable("Temporal", "connection refused")
    result = await notify(Notify(target="hilton"), VICTOR, world.services)

    assert isinstance(result, Subscribed)
    assert result.backfill is None
    assert await waiting(world) == [HILTON]


async def test_an_alert_that_is_open_already_is_told_at_once(world: FakeWorld) -> None:
    known = episode()
    world.journal.episodes[known.id] = known
    result = await notify(Notify(target="hilton"), VICTOR, world.services)

    assert isinstance(result, Subscribed)
    assert result.alert == known
    assert "needs a person already: it timed out on heartbeat." in render(result).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("voice-prod", "is a cluster, and notify is for one customer"),
        ("twice", "voice-prod/twice"),
        ("hiltn", "Did you mean hilton"),
    ],
)
async def test_a_name_that_is_not_one_customer_is_refused(world: FakeWorld, name: str, words: str) -> None:
    with declines(words):
        await notify(Notify(target=name), VICTOR, world.services)

    assert await waiting(world) == []


async def test_off_understands_a_name_that_nobody_can_type_as_it_is(world: FakeWorld) -> None:
    await world.subscriptions.add(Subscription(VOICE, "O’Brien", VICTOR.user_id, NOW))
    result = await notify(Notify(target="o'brien", is_off=True), VICTOR, world.services)

    assert isinstance(result, Unsubscribed)
    assert [target.customer for target in result.targets] == ["O’Brien"]


async def test_off_ends_one_or_all_of_the_person_alone(world: FakeWorld) -> None:
    other = Subscription(VOICE, "hilton", "U0OTHER", NOW)
    await world.subscriptions.add(other)
    for name in ("hilton", "voice-prod/twice"):
        await notify(Notify(target=name), VICTOR, world.services)
    first = await notify(Notify(target="HILTON", is_off=True), VICTOR, world.services)
    rest = await notify(Notify(is_off=True), VICTOR, world.services)
    nothing = await notify(Notify(is_off=True), VICTOR, world.services)

    assert [list(map(str, each.targets)) for each in (first, rest, nothing) if isinstance(each, Unsubscribed)] == [
        ["voice-prod/hilton"],
        ["voice-prod/twice"],
        [],
    ]
    assert await waiting(world) == [other]

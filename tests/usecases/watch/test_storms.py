"""Forty customers of a cluster go silent within ten minutes: one message, told at once and kept up to date."""

from datetime import timedelta

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.notification import StormCard, parse
from bot.message import Message
from bot.model import Description
from bot.usecases.escalate import escalate
from bot.usecases.watch.state import WatchState
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, TIMED_OUT, activity, execution
from tests.usecases.watch.passes import new_state, watch

CLUSTER = "voice-prod"
CUSTOMERS = tuple(f"customer-{number:02}" for number in range(1, 41))
ON_CALL = "S0ONCALL"
PASS = timedelta(seconds=15)


@pytest.fixture
def world() -> FakeWorld:
    route = {"clusters": [CLUSTER], "mention": [ON_CALL]}
    world = FakeWorld(
        config=config({CLUSTER: CUSTOMERS}, routes=[route], watch={"every": "15s", "slow_round": "15s"})
    )
    for customer in CUSTOMERS:
        runs(world, customer, attempt=1)
    return world


def runs(world: FakeWorld, customer: str, attempt: int) -> None:
    working = activity(attempt=attempt, last_failure=TIMED_OUT if attempt > 1 else None, last_heartbeat_at=world.now)
    run = execution(customer, CAMPAIGN, CLUSTER, run=customer, started_at=world.now - timedelta(hours=1))
    world.engines[CLUSTER].put(Description(run, (working,), cancel_requested=False, workflow_task_attempt=1))


async def look(world: FakeWorld, state: WatchState) -> WatchState:
    world.now += PASS
    state = await watch(CLUSTER, world.services, state)
    await escalate(world.services)
    return state


def in_channel(world: FakeWorld) -> list[Message]:
    """What stands in the channel itself."""
    rows = (row.message for row in world.outbox.messages.values())
    return [draw(parse(message.body)) for message in rows if not message.thread_key or message.broadcast]


async def test_the_first_is_told_in_the_next_pass_and_all_have_one_message_that_mentions_people_once(
    world: FakeWorld,
) -> None:
    state = await look(world, new_state(CLUSTER))
    shown: list[list[str]] = []
    for customer in CUSTOMERS:
        runs(world, customer, attempt=2)
        state = await look(world, state)
        shown.append([message.text for message in in_channel(world)])

    assert [text.partition(" on ")[0] for text in shown[0]] == [CUSTOMERS[0]]
    assert {len(texts) for texts in shown} == {1}
    assert shown[-1][0].startswith(f"40 backfills on {CLUSTER} timed out on heartbeat within 9 m")
    bodies = [parse(row.message.body) for row in world.outbox.messages.values()]
    assert [body.mention for body in bodies if isinstance(body, StormCard)] == [(ON_CALL,)]
    assert [body for body in bodies if isinstance(body, MentionLine)] == []
    roots = [row for row in world.outbox.messages.values() if not row.message.thread_key]
    assert len(roots) == 1

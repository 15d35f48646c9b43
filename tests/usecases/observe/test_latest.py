"""Answers that only look take what the cluster has said last where it is fresh; how old it is, they say."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import Status
from bot.errors import Unavailable
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, StatusResult
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow, Silent
from bot.model import Execution, ExecutionStatus, Ref, State
from bot.services import Services
from bot.usecases.observe.latest import open_since_listing
from bot.usecases.observe.observe import observe
from bot.usecases.status import status
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import BOOM, CAMPAIGN, NOW, activity, closed, description, execution
from tests.usecases.watch.passes import watch

CLUSTER = "voice-prod"
CUSTOMERS = ("hilton", "vivint")
SECOND = timedelta(seconds=1)
RECENT = {"last_heartbeat_at": NOW, "heartbeat_timeout": timedelta(minutes=1)}


@pytest.fixture
def world() -> FakeWorld:
    """Two customers run, and the watcher has just described them."""
    world = FakeWorld(config({CLUSTER: CUSTOMERS}), now=NOW)
    for customer in CUSTOMERS:
        world.engines[CLUSTER].put(description(activity(**RECENT), of=execution(customer)))
    return world


async def watched(world: FakeWorld) -> Services:
    services = world.services
    await watch(CLUSTER, services)
    world.engines[CLUSTER].described.clear()
    return services


def described(world: FakeWorld) -> set[Ref]:
    return set(world.engines[CLUSTER].described)


async def cluster_row(services: Services) -> ClusterRow | Silent:
    answer: StatusResult = await status(Status(target=CLUSTER), services)
    assert isinstance(answer, ClusterStatus)
    [row] = answer.board.rows
    return row


async def backfill(customer: str, services: Services) -> Backfill:
    row = await cluster_row(services)
    assert isinstance(row, ClusterRow)
    return next(each for each in row.customers if each.customer == customer)


async def test_runs_that_the_watcher_has_just_described_are_not_described_again(world: FakeWorld) -> None:
    services = await watched(world)
    world.now += 4 * SECOND
    row = await cluster_row(services)

    assert described(world) == set()
    assert isinstance(row, ClusterRow)
    assert [each.state for each in row.customers] == [State.RUNNING, State.RUNNING]
    assert row.age == 4 * SECOND


async def test_a_bot_that_does_not_watch_the_cluster_describes_them(world: FakeWorld) -> None:
    row = await cluster_row(world.services)

    assert described(world) == {execution(customer).ref for customer in CUSTOMERS}
    assert isinstance(row, ClusterRow)
    assert row.age == timedelta(0)


async def test_a_run_that_has_failed_since_is_failed_at_once(world: FakeWorld) -> None:
    services = await watched(world)
    world.now += SECOND
    world.engines[CLUSTER].put(description(of=_failed("hilton")))

    assert (await backfill("hilton", services)).state is State.FAILED
    assert (await backfill("vivint", services)).state is State.RUNNING


async def test_a_run_that_has_begun_since_is_described(world: FakeWorld) -> None:
    services = await watched(world)
    world.now += SECOND
    begun = world.engines[CLUSTER].add(execution("marriott", started_at=NOW)).execution
    row = await cluster_row(services)

    assert described(world) == {begun.ref}
    assert isinstance(row, ClusterRow)
    assert [each.customer for each in row.extras] == ["marriott"]


async def test_an_attempt_that_has_failed_since_is_shown_when_the_description_is_no_longer_fresh(
    world: FakeWorld,
) -> None:
    services = await watched(world)
    failing = activity(**RECENT, attempt=2, last_failure=BOOM)
    world.engines[CLUSTER].put(description(failing, of=execution("hilton")))
    world.now += services.config.watch.fresh_for + SECOND
    [run] = (await backfill("hilton", services)).runs

    assert (run.health and run.health.attempt) == 2


async def test_a_run_whose_heartbeat_is_due_is_described(world: FakeWorld) -> None:
    beaten = activity(last_heartbeat_at=NOW - 58 * SECOND, heartbeat_timeout=timedelta(minutes=1))
    world.engines[CLUSTER].put(description(beaten, of=execution("hilton")))
    services = await watched(world)
    world.now += 3 * SECOND
    await cluster_row(services)

    assert described(world) == {execution("hilton").ref}


async def test_a_cluster_that_does_not_answer_is_unknown_however_fresh_its_descriptions_are(
    world: FakeWorld,
) -> None:
    services = await watched(world)
    world.engines[CLUSTER].away = Unavailable("Temporal", "connection refused")

    assert isinstance(await cluster_row(services), Silent)


async def test_the_status_of_a_customer_describes_its_runs_alone(world: FakeWorld) -> None:
    services = world.services
    answer = await status(Status(target="hilton"), services)

    assert described(world) == {execution("hilton").ref}
    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)
    assert answer.standing.state is State.RUNNING


async def test_whoever_asks_at_the_same_time_shares_one_look(world: FakeWorld) -> None:
    services = world.services
    rows = await asyncio.gather(*(cluster_row(services) for _ in range(5)))

    assert len(world.engines[CLUSTER].described) == len(CUSTOMERS)
    assert all(row == rows[0] for row in rows)


async def test_a_decision_describes_all_runs_itself(world: FakeWorld) -> None:
    services = await watched(world)
    view = await observe(CLUSTER, services)

    assert described(world) == {execution(customer).ref for customer in CUSTOMERS}
    assert view.age == timedelta(0)


async def test_a_clock_that_was_set_back_makes_nothing_fresh(world: FakeWorld) -> None:
    services = await watched(world)
    world.now -= timedelta(hours=1)
    await cluster_row(services)

    assert described(world) == {execution(customer).ref for customer in CUSTOMERS}


async def test_where_listings_are_rare_a_run_that_ended_long_after_the_last_one_is_not_open() -> None:
    rare = FakeWorld(config({CLUSTER: CUSTOMERS}, watch={"every": "20m"}), now=NOW)
    rare.engines[CLUSTER].put(description(activity(**RECENT), of=execution("hilton")))
    services = await watched(rare)
    rare.now += timedelta(minutes=1)
    rare.engines[CLUSTER].put(description(of=_failed("hilton")))
    rare.now += timedelta(minutes=30)

    assert await open_since_listing(CLUSTER, services) == []


def _failed(customer: str) -> Execution:
    """The run of the customer, which has failed just now."""
    over = closed(ExecutionStatus.FAILED, customer, CAMPAIGN, ago=timedelta(0))
    return replace(over, started_at=execution(customer).started_at)

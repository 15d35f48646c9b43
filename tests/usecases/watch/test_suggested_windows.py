"""A new alert plans once what it suggests, and comes without a plan where that would take long or may be wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.model import (
    AlertReason,
    Description,
    Episode,
    ExecutionStatus,
    Failure,
    FailureKind,
    SuggestedWindows,
    Window,
)
from bot.usecases.watch import suggested_windows
from bot.usecases.watch.state import WatchState
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import FakeWorld, config
from tests.fakes.warehouse import FakeWarehouse
from tests.fleet.builders import activity, execution
from tests.fleet.sizes import evenly
from tests.usecases.watch.passes import new_state, watch

CLUSTER = "voice-prod"
TIMED_OUT = activity(attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout"))
CUSTOMERS = tuple(f"customer-{number}" for number in range(suggested_windows.MOST_TOGETHER + 1))
SIZING = {"baselines": [{"name": "united", "scorecards": 210_000, "days": 5, "took": "6h"}]}


def world_of(*customers: str, **sections: Any) -> FakeWorld:
    world = FakeWorld(config=config({CLUSTER: customers}, sizing=SIZING, **sections))
    world.warehouses[CLUSTER].volume = {name: evenly(82_000) for name in customers}
    for name in customers:
        run(world, name)
    return world


def run(world: FakeWorld, customer: str, *, times_out: bool = False, **changes: Any) -> None:
    shown = TIMED_OUT if times_out else activity()
    described = Description(execution(customer, **changes), (shown,), cancel_requested=False, workflow_task_attempt=1)
    world.engines[CLUSTER].put(described)


async def watched_until_time_out(world: FakeWorld, *customers: str) -> WatchState:
    """The runs are well at first, so that their past is known when they time out."""
    state = await watch(CLUSTER, world.services, new_state(CLUSTER))
    for name in customers:
        run(world, name, times_out=True)
    return await watch_again(world, state)


async def watch_again(world: FakeWorld, state: WatchState) -> WatchState:
    world.now += world.config.watch.slow_round
    state.history_due = None
    return await watch(CLUSTER, world.services, state)


def alerts(world: FakeWorld) -> list[Episode]:
    return list(world.journal.episodes.values())


async def test_an_alert_suggests_how_many_windows_of_which_size_and_how_long_they_take() -> None:
    world = world_of("hilton")
    await watched_until_time_out(world, "hilton")

    (alert,) = alerts(world)
    assert isinstance(alert.suggested, SuggestedWindows)
    assert (alert.suggested.number, alert.suggested.days) == (11, 5)
    assert alert.suggested.high


async def test_it_is_planned_once_and_kept_while_the_alert_is_open() -> None:
    world = world_of("hilton")
    state = await watched_until_time_out(world, "hilton")
    asked = len(world.warehouses[CLUSTER].asked_volumes)
    for _ in range(3):
        state = await watch_again(world, state)

    (alert,) = alerts(world)
    assert len(world.warehouses[CLUSTER].asked_volumes) == asked == 1
    assert alert.suggested


async def test_alerts_that_open_together_are_planned_with_one_statement() -> None:
    world = world_of("hilton", "vivint")
    await watched_until_time_out(world, "hilton", "vivint")

    assert len(world.warehouses[CLUSTER].asked_volumes) == 1
    assert all(alert.suggested for alert in alerts(world))


async def test_where_many_open_together_nothing_is_planned() -> None:
    world = world_of(*CUSTOMERS)
    await watched_until_time_out(world, *CUSTOMERS)

    assert [alert.suggested for alert in alerts(world)] == [None] * len(CUSTOMERS)
    assert world.warehouses[CLUSTER].asked_volumes == []


async def test_nor_where_many_open_soon_after_each_other() -> None:
    world = world_of(*CUSTOMERS, alerts={"storm_within": "1d"})
    state = await watch(CLUSTER, world.services, new_state(CLUSTER))
    for name in CUSTOMERS:
        run(world, name, times_out=True)
        state = await watch_again(world, state)

    planned = [alert.customer for alert in alerts(world) if alert.suggested]
    assert planned == list(CUSTOMERS[:-1])


async def test_an_alert_opens_without_a_plan_before_the_past_is_known() -> None:
    world = world_of()
    run(world, "hilton", times_out=True)
    await watch(CLUSTER, world.services)

    (alert,) = alerts(world)
    assert alert.suggested is None


@pytest.mark.parametrize("away", [Unavailable("ClickHouse", "refused"), AssertionError("a bug of the planner")])
async def test_an_alert_opens_without_a_plan_where_planning_fails(away: Any) -> None:
    world = world_of("hilton")
    world.warehouses[CLUSTER].away = away
    await watched_until_time_out(world, "hilton")

    (alert,) = alerts(world)
    assert alert.suggested is None


@dataclass
class SlowWarehouse(FakeWarehouse):
    """Never answers about volumes."""

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        await asyncio.sleep(3_600)
        return await super().volumes(customers, window)


@on_idle_clock
async def test_an_alert_waits_for_its_plan_for_a_second_and_no_longer() -> None:
    world, clock = world_of("hilton"), asyncio.get_running_loop().time
    world.warehouses[CLUSTER] = SlowWarehouse()
    began = clock()
    await watched_until_time_out(world, "hilton")

    (alert,) = alerts(world)
    assert alert.suggested is None
    assert clock() - began == pytest.approx(suggested_windows.PATIENCE_SECONDS)


async def test_the_alert_of_a_failed_run_suggests_windows_for_the_missing_days() -> None:
    world = world_of("hilton")
    state = await watch(CLUSTER, world.services, new_state(CLUSTER))
    failed = execution("hilton", status=ExecutionStatus.FAILED, closed_at=world.now)
    world.engines[CLUSTER].add(failed)
    state = await watch_again(world, state)
    await watch_again(world, state)

    (alert,) = alerts(world)
    assert alert.alert_reason is AlertReason.FAILED
    assert alert.suggested
    assert alert.suggested.number == 11

"""What begins when the turn of a queued customer comes, and what keeps it from beginning."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.fleet.notifications.confirmed import NotBegunLine
from bot.fleet.notifications.notification import parse
from bot.model import ExecutionStatus, Window
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.model.queue import NotBegun
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult
from bot.usecases.queue.begin_queued import begin_queued
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, description, execution, window
from tests.fleet.queue.builders import BATCH
from tests.usecases.steered import VOICE, completed, ends, fleet, runs

THREAD = "bulk:b1"


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def begun(world: FakeWorld, customer: str, **changes: Any) -> BeginQueuedResult:
    batch = replace(BATCH, thread_key=THREAD, **changes)
    return await begin_queued(VOICE, BeginQueuedRequest(batch, customer, "s1"), world.services)


def lines(world: FakeWorld) -> list[tuple[str, object]]:
    """The thread and the body of each message."""
    return [(row.message.thread_key, parse(row.message.body)) for row in world.outbox.messages.values()]


async def test_a_child_that_goes_on_over_the_days_leaves_its_customer_out_and_keeps_no_slot(world: FakeWorld) -> None:
    parent = runs(world, "sunbit", window(1, 11), activity())
    ends(world, parent, ExecutionStatus.FAILED)
    child = replace(
        execution("sunbit", window(3, 4)),
        workflow_type="CopyDay",
        hints={PARENT_HINT: parent.workflow_id, PARENT_RUN_HINT: parent.run_id},
    )
    world.engines[VOICE].put(description(activity(), of=child))

    assert await begun(world, "sunbit") == BeginQueuedResult(NotBegun.RUN_OPEN)


async def test_who_is_left_out_is_named_in_the_thread_of_the_command_once(world: FakeWorld) -> None:
    first, second = [await begun(world, "hilton") for _ in range(2)]
    ((thread, line),) = lines(world)

    assert first.not_begun is second.not_begun is NotBegun.RUN_OPEN
    assert thread == THREAD
    assert isinstance(line, NotBegunLine)
    assert (line.cluster, line.customer, line.may_begin) == (VOICE, "hilton", True)
    assert "hilton" in line.why


async def test_who_has_nothing_to_run_is_left_out_without_a_word(world: FakeWorld) -> None:
    completed(world, "sunbit", CAMPAIGN)

    assert await begun(world, "sunbit") == BeginQueuedResult(NotBegun.NOTHING_TO_RUN)
    assert lines(world) == []


async def test_a_sequence_that_an_earlier_attempt_has_begun_counts_as_begun(world: FakeWorld) -> None:
    first, second = [await begun(world, "sunbit") for _ in range(2)]

    assert (first, second) == (BeginQueuedResult(), BeginQueuedResult())
    assert lines(world) == []


async def test_while_no_worker_polls_its_turn_waits(world: FakeWorld) -> None:
    world.engines[VOICE].workers["backfill"] = 0

    with pytest.raises(Unavailable):
        await begun(world, "sunbit")


async def test_after_a_while_without_workers_its_turn_is_over_and_nobody_is_told(world: FakeWorld) -> None:
    world.engines[VOICE].workers["backfill"] = 0
    request = BeginQueuedRequest(replace(BATCH, thread_key=THREAD), "sunbit", "s1", may_wait=True)
    result = await begin_queued(VOICE, request, world.services, is_last_attempt=True)

    assert result == BeginQueuedResult(NotBegun.NOT_NOW)
    assert lines(world) == []


async def test_days_that_the_campaign_has_lost_meanwhile_are_not_begun(world: FakeWorld) -> None:
    longer = Window(CAMPAIGN.start, CAMPAIGN.end + timedelta(days=7))
    later = Window(CAMPAIGN.end, longer.end)
    result, none_left = await begun(world, "sunbit", whole=longer), await begun(world, "verizon", whole=later)

    assert result == BeginQueuedResult()
    assert world.controls[VOICE].states["sunbit"].spec.days == (CAMPAIGN,)
    assert none_left == BeginQueuedResult(NotBegun.REFUSED)

"""struggling: asks all clusters at once, and only about open runs."""

import pytest

from bot.commands import Struggling
from bot.errors import Unavailable
from bot.fleet.status.struggling import StrugglingResult
from bot.model import ActivityState, Description, ExecutionStatus, Health, Ref
from bot.usecases.struggling import struggling
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, description, execution
from tests.fleet.sequences import spec


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(config=config({"voice-prod": ("hilton", "vivint"), "chat-prod": ("verizon",)}), now=NOW)


def put(world: FakeWorld, run: Description) -> None:
    world.engines[run.execution.ref.cluster].put(run)


async def ask(world: FakeWorld) -> StrugglingResult:
    return await struggling(Struggling(), world.services)


async def test_the_worst_of_all_clusters_comes_first(world: FakeWorld) -> None:
    put(world, description(activity(attempt=2, last_failure=BOOM), of=execution("hilton")))
    put(world, description(activity(), of=execution("vivint")))
    put(world, description(activity(attempt=4, last_failure=TIMED_OUT), of=execution("verizon", cluster="chat-prod")))
    put(world, description(of=closed(ExecutionStatus.FAILED, "old", CAMPAIGN)))
    result = await ask(world)

    assert [(run.name, run.health and run.health.health) for run in result.runs] == [
        ("verizon", Health.STRUGGLING),
        ("hilton", Health.RETRYING),
    ]
    assert result.described == 3


async def test_a_waiting_execution_tells_how_many_workers_poll_its_queue_for_what_it_waits_for(
    world: FakeWorld,
) -> None:
    engine = world.engines["voice-prod"]
    engine.workers |= {"backfill": 1, "copiers": 5}
    engine.activity_workers |= {"backfill": 7, "copiers": 2}
    waits = activity(state=ActivityState.SCHEDULED, started_at=None, task_queue="copiers")
    put(world, description(waits, of=execution("hilton")))
    put(world, description(of=execution("brinks"), workflow_task_scheduled_at=NOW - HOUR))
    put(world, description(activity(attempt=2), of=execution("vivint")))
    result = await ask(world)

    polled = {run.name: run.pollers for run in result.runs}
    assert polled == {"hilton": 2, "brinks": 1, "vivint": None}


async def test_an_execution_that_was_not_recognised_is_listed_by_its_id(world: FakeWorld) -> None:
    nameless = execution(ref=Ref("voice-prod", "nightly-17", "run-1"))
    put(world, description(activity(attempt=2, last_failure=TIMED_OUT), of=nameless))

    assert [run.name for run in (await ask(world)).runs] == ["nightly-17"]


async def test_a_silent_cluster_is_named(world: FakeWorld) -> None:
    put(world, description(activity(attempt=2, last_failure=BOOM), of=execution("hilton")))
    world.engines["chat-prod"].away = Unavailable("Temporal of chat-prod", "connection refused")
    result = await ask(world)

    assert [(row.cluster, row.why) for row in result.silent] == [("chat-prod", "connection refused")]
    assert [run.name for run in result.runs] == ["hilton"]


async def test_the_open_sequences_come_with_it(world: FakeWorld) -> None:
    await world.controls["voice-prod"].begin(spec())
    put(world, description(activity(attempt=2, last_failure=BOOM), of=execution("hilton")))

    assert [standing.id for standing in (await ask(world)).sequences] == ["seq-hilton"]

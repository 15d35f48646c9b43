"""Chains on a real Temporal server: which run began the chain of each link, and one alert for all of its links."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalControl, TemporalEngine
from bot.fleet.notifications import notification
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.run import Run
from bot.model import Ending, Episode, Execution, ExecutionStatus, Ref
from bot.model.execution import CRON_HINT
from bot.services import Cluster
from bot.usecases.definitions import recogniser
from bot.usecases.drive.recent_ends import RecentEnds
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.engine_with_inputs import EngineWithInputs
from bot.usecases.observe.inputs import InputReader
from bot.usecases.observe.observe import observe
from bot.usecases.watch.state import WatchState
from tests.adapters.temporal.server import HEARTBEAT_TIMEOUT, eventually, go_silent
from tests.fakes.services import FakeWorld, config
from tests.usecases.watch.passes import PLENTY, watch

CLUSTER = "voice-prod"
LINKS = 6
# Enough for a heartbeat timeout and for a describe after it.
SILENT_FOR = 6 * HEARTBEAT_TIMEOUT
QUICKLY = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1)


@workflow.defn(name="CustomerBackfill")
class Chained:
    """``left`` links, each of which continues as new after a moment. In the links ``silent`` an activity goes silent
    again and again; the chain goes on after some time, unless it is the last link."""

    @workflow.run
    async def run(self, left: int, silent: list[int]) -> None:
        if left in silent:
            doing = workflow.start_activity(
                go_silent,
                start_to_close_timeout=timedelta(hours=1),
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=QUICKLY,
            )
            await workflow.wait([doing], timeout=SILENT_FOR.total_seconds() if left > 1 else None)
        else:
            await asyncio.sleep(1)
        if left > 1:
            workflow.continue_as_new(args=[left - 1, silent])


@workflow.defn
class Fails:
    """Fails after a moment, and so does each of its retries."""

    @workflow.run
    async def run(self) -> None:
        raise ApplicationError("boom")


@workflow.defn
class Waits:
    """Waits for ever."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@workflow.defn
class EndsAtOnce:
    """Completes."""

    @workflow.run
    async def run(self) -> None:
        return


@dataclass
class WorldOnTemporal(FakeWorld):
    """Fakes, except that Temporal is real."""

    temporal: TemporalEngine | None = None

    def _cluster(self, name: str) -> Cluster:
        assert self.temporal
        budget = CallBudget(PLENTY)
        inputs = InputReader(name, self.temporal, recogniser(self.config), self.ledger, 8, budget)
        children = ChildFactsReader(self.temporal, recogniser(self.config), budget, 8)
        facts = CloseFactsReader(self.temporal, {}, budget, 8, children)
        reading = EngineWithInputs(self.temporal, inputs, facts, self.config.watch.time_limit)
        ends, warehouse = RecentEnds(self.temporal, budget, self.config.watch.every), self.warehouses[name]
        return Cluster(reading, self.controls[name], self.queues[name], warehouse, inputs, facts, budget, ends)


@pytest.fixture
async def queue(client: Client, unique: str) -> AsyncIterator[str]:
    """The task queue of a worker for these workflows."""
    async with Worker(
        client,
        task_queue=unique,
        workflows=[Chained, Fails, Waits, EndsAtOnce],
        activities=[go_silent],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(0),
    ):
        yield unique


@pytest.fixture
def world(engine: TemporalEngine) -> WorldOnTemporal:
    often = config({CLUSTER: ("hilton",)}, watch={"slow_round": "1s", "every": "1s"})
    return WorldOnTemporal(config=often, now=datetime.now(UTC), temporal=engine)


async def links_of(client: Client, engine: TemporalEngine, workflow_id: str, at_least: int) -> list[Execution]:
    """The described runs of a workflow id, oldest start first, once there are so many."""

    async def listed() -> list[str]:
        return [run.run_id async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]

    run_ids = await eventually(listed, lambda found: len(found) >= at_least)
    described = [await engine.describe(Ref(CLUSTER, workflow_id, run_id)) for run_id in run_ids]
    return sorted((each.execution for each in described), key=lambda run: run.started_at)


async def reset(client: Client, workflow_id: str) -> None:
    """To the end of its first workflow task."""
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            reason="a test",
            workflow_task_finish_event_id=4,
            request_id=str(uuid.uuid4()),
        )
    )


async def test_a_retried_run_and_its_retries_are_one_chain(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    handle = await client.start_workflow(
        "Fails", id=queue, task_queue=queue, retry_policy=RetryPolicy(maximum_attempts=2)
    )
    links = await links_of(client, engine, queue, at_least=2)

    assert {link.first_run_id for link in links} == {handle.first_execution_run_id}
    assert not any(CRON_HINT in link.hints for link in links)


async def test_a_reset_run_is_of_the_chain_of_the_run_that_was_reset(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    handle = await client.start_workflow("EndsAtOnce", id=queue, task_queue=queue)
    await handle.result()
    await reset(client, queue)
    base, again = await links_of(client, engine, queue, at_least=2)

    assert base.status is ExecutionStatus.COMPLETED
    assert again.first_run_id == base.first_run_id == base.ref.run_id
    assert again.ref != base.ref


async def test_each_firing_of_a_cron_schedule_begins_a_chain_of_its_own(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    handle = await client.start_workflow("EndsAtOnce", id=queue, task_queue=queue, cron_schedule="@every 1s")
    first, *later = await links_of(client, engine, queue, at_least=3)
    await handle.terminate()

    assert first.first_run_id == first.ref.run_id
    assert [run.first_run_id for run in later] == [run.ref.run_id for run in later]
    assert {run.hints[CRON_HINT] for run in later} == {first.ref.run_id}


async def test_the_retry_of_a_firing_is_of_the_chain_of_that_firing(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    handle = await client.start_workflow(
        "Fails",
        id=queue,
        task_queue=queue,
        cron_schedule="@every 1s",
        retry_policy=RetryPolicy(maximum_attempts=2, initial_interval=timedelta(seconds=1)),
    )
    runs = await links_of(client, engine, queue, at_least=4)
    await handle.terminate()

    firsts = [run.first_run_id for run in runs[:4]]
    assert firsts == [runs[0].ref.run_id] * 2 + [runs[2].ref.run_id] * 2


async def test_to_cancel_a_run_that_temporal_retries_cancels_its_retry(
    client: Client, engine: TemporalEngine, control: TemporalControl, queue: str
) -> None:
    later = RetryPolicy(initial_interval=timedelta(hours=1))
    handle = await client.start_workflow("Fails", id=queue, task_queue=queue, retry_policy=later)
    await links_of(client, engine, queue, at_least=2)
    retry = (await engine.describe(Ref(CLUSTER, queue, ""))).execution.ref
    await control.cancel(Ref(CLUSTER, queue, handle.first_execution_run_id or ""), "a test")
    # The request wakes the retry, which may fail once more before it heeds it; the flag stays.
    cancelled = await engine.describe(retry)

    assert retry.run_id != handle.first_execution_run_id
    assert cancelled.cancel_requested or cancelled.execution.status is ExecutionStatus.CANCELLED


async def test_the_latest_run_of_a_workflow_id_is_described_without_a_run_id(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    await client.start_workflow("Waits", id=queue, task_queue=queue)
    await client.get_workflow_handle(queue).terminate()
    second = await client.start_workflow("Waits", id=queue, task_queue=queue)
    described = await engine.describe(Ref(CLUSTER, queue, ""))
    await second.terminate()

    assert described.execution.ref.run_id == second.first_execution_run_id


async def test_a_workflow_that_continues_as_new_and_times_out_in_two_links_is_one_alert_and_one_run(
    client: Client, world: WorldOnTemporal, queue: str
) -> None:
    workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
    began = asyncio.get_running_loop().time()
    await client.start_workflow("CustomerBackfill", args=[LINKS, [5, 3]], id=workflow_id, task_queue=queue)
    state: WatchState | None = None

    async def alerts_after_pass() -> list[Episode]:
        nonlocal state
        world.now = datetime.now(UTC)
        state = await watch(CLUSTER, world.services, state)
        return [episode for episode in world.journal.episodes.values() if episode.ref.workflow_id == workflow_id]

    (episode,) = await eventually(
        alerts_after_pass, lambda found: any(e.ending is Ending.COMPLETED for e in found), within=60
    )
    took = timedelta(seconds=asyncio.get_running_loop().time() - began)
    rows = [row.message for row in world.outbox.messages.values() if episode.id in row.message.key]
    shown = [message for message in rows if isinstance(notification.parse(message.body), notification.AttemptsLine)]

    assert [message.key for message in rows if not message.thread_key] == [episode.root_key]
    assert {message.thread_key for message in shown} == {episode.root_key}
    failed = {seen.ref for seen in world.journal.seen.values() if seen.ref.workflow_id == workflow_id}
    assert len(failed) == 2
    (run,) = await eventually(lambda: _runs_of(world, workflow_id), lambda found: len(found) == 1)
    assert len(run.links) == LINKS - 1
    assert 2 * SILENT_FOR < run.age(world.now) <= took


async def test_an_alert_goes_on_after_a_reset(
    client: Client, engine: TemporalEngine, world: WorldOnTemporal, queue: str
) -> None:
    workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
    handle = await client.start_workflow("CustomerBackfill", args=[1, [1]], id=workflow_id, task_queue=queue)
    state: WatchState | None = None

    async def alerts_after_pass() -> Episode | None:
        nonlocal state
        world.now = datetime.now(UTC)
        state = await watch(CLUSTER, world.services, state)
        own = (e for e in world.journal.episodes.values() if e.ref.workflow_id == workflow_id)
        return next(own, None)

    before = await eventually(alerts_after_pass, lambda found: found)
    assert before
    await reset(client, workflow_id)
    after = await eventually(alerts_after_pass, lambda found: found and found.ref != before.ref)
    await client.get_workflow_handle(workflow_id).terminate()

    assert after
    assert before.ref.run_id == handle.first_execution_run_id
    assert (after.id, after.chain, after.is_open) == (before.id, before.ref, True)


async def _runs_of(world: FakeWorld, workflow_id: str) -> list[Run]:
    view = await observe(CLUSTER, world.services)
    return [run for run in view.runs if run.execution.ref.workflow_id == workflow_id]

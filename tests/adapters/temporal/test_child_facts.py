"""On a real Temporal server: what is below a completed run and counts against it, and what does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ChildWorkflowError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.workflow import ParentClosePolicy

from bot.adapters.temporal import TemporalEngine
from bot.fleet.runs.run import Run
from bot.model import Doubt, DoubtReason
from bot.usecases.observe.observe import observe
from tests.adapters.temporal.server import eventually
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal

FAILS, COMPLETES, STAYS = "fails", "completes", "stays"
POLICIES = {"abandons": ParentClosePolicy.ABANDON, "cancels": ParentClosePolicy.REQUEST_CANCEL}


@workflow.defn(name="CopyDays")
class Copy:
    """Fails, completes, waits until it is signalled, or swallows the failure of a child of its own."""

    def __init__(self) -> None:
        self._is_released = False

    @workflow.signal
    def release(self) -> None:
        self._is_released = True

    @workflow.run
    async def run(self, name: str, how: str, _days: str) -> None:
        if how == FAILS:
            raise ApplicationError("disk full", non_retryable=True)
        if how == STAYS:
            await self._released()
        if how == "swallows":
            await _swallow(f"{name}-below", FAILS)

    async def _released(self) -> None:
        """Waits until it is released, though it is cancelled."""
        while not self._is_released:
            with suppress(asyncio.CancelledError):
                await workflow.wait_condition(lambda: self._is_released)


async def _swallow(name: str, how: str, days: str = "days") -> None:
    with suppress(ChildWorkflowError):
        await workflow.execute_child_workflow("CopyDays", args=[name, how, days], id=name)


@workflow.defn(name="CustomerBackfill")
class Backfill:
    """Has children as its argument says, and completes whatever becomes of them."""

    @workflow.run
    async def run(self, name: str, how: str) -> None:
        match how:
            case "swallows":
                await _swallow(f"{name}-a", FAILS)
                await _swallow(f"{name}-b", COMPLETES, "other days")
            case "tries again":
                await _swallow(f"{name}-a", FAILS)
                await _swallow(f"{name}-a", COMPLETES)
            case "continues":
                await _swallow(f"{name}-a", FAILS)
                workflow.continue_as_new(args=[name, "ends"])
            case "grandchild":
                await _swallow(f"{name}-a", "swallows")
            case "abandons" | "cancels" | "terminates":
                policy = POLICIES.get(how, ParentClosePolicy.TERMINATE)
                await workflow.start_child_workflow(
                    "CopyDays", args=[f"{name}-a", STAYS, "days"], id=f"{name}-a", parent_close_policy=policy
                )


@workflow.defn(name="CopyOnce")
class CopyOnce:
    """Fails the first time that it is asked for these days: its id says which time it is."""

    @workflow.run
    async def run(self, days: str) -> str:
        if workflow.info().workflow_id.endswith("-try-1"):
            raise ApplicationError("disk full", non_retryable=True)
        return days


@workflow.defn(name="RetryingBackfill")
class Retrying:
    """Tries its children again under other ids, with the same input or with another one."""

    @workflow.run
    async def run(self, name: str, second: str) -> None:
        for number, days in ((1, "monday"), (2, second)):
            with suppress(ChildWorkflowError):
                await workflow.execute_child_workflow("CopyOnce", days, id=f"{name}-try-{number}")


@pytest.fixture
async def queue(client: Client, unique: str) -> AsyncIterator[str]:
    workflows = [Copy, Backfill, CopyOnce, Retrying]
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=unique, workflows=workflows, workflow_runner=runner):
        yield unique


@pytest.fixture
def world(engine: TemporalEngine) -> WorldOnTemporal:
    return WorldOnTemporal(now=datetime.now(UTC), temporal=engine)


async def completed(client: Client, world: WorldOnTemporal, queue: str, how: str) -> Run:
    """The run, once it is listed as completed and all of it is read."""
    workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
    await client.execute_workflow("CustomerBackfill", args=[queue, how], id=workflow_id, task_queue=queue)
    return await observed(world, queue)


async def observed(world: WorldOnTemporal, customer: str) -> Run:
    async def run() -> Run | None:
        view = await observe(CLUSTER, world.services)
        return next((run for run in view.of(customer) if run.is_completed), None)

    found = await eventually(run, lambda found: found is not None)
    assert found
    return found


def doubts(run: Run) -> list[Doubt]:
    return [days.doubt for days in run.doubts]


@pytest.mark.parametrize("how", ["swallows", "continues"])
async def test_a_child_whose_failure_its_parent_swallowed_puts_the_days_in_doubt(
    client: Client, world: WorldOnTemporal, queue: str, how: str
) -> None:
    run = await completed(client, world, queue, how)

    assert doubts(run) == [Doubt(DoubtReason.CHILD_ENDED, "failed", f"{queue}-a")]
    assert not run.complete_days


async def test_a_failure_that_a_child_swallowed_counts_too(
    client: Client, world: WorldOnTemporal, queue: str
) -> None:
    run = await completed(client, world, queue, "grandchild")

    assert doubts(run) == [Doubt(DoubtReason.CHILD_ENDED, "failed", f"{queue}-a-below")]


async def test_a_child_that_ran_again_under_its_id_and_completed_counts_no_more(
    client: Client, world: WorldOnTemporal, queue: str
) -> None:
    assert (await completed(client, world, queue, "tries again")).is_complete


async def test_a_child_that_its_parents_end_terminates_does_not_count(
    client: Client, world: WorldOnTemporal, queue: str
) -> None:
    assert (await completed(client, world, queue, "terminates")).is_complete


@pytest.mark.parametrize("how", ["abandons", "cancels"])
async def test_a_child_that_is_still_open_puts_the_days_in_doubt(
    client: Client, world: WorldOnTemporal, queue: str, how: str
) -> None:
    run = await completed(client, world, queue, how)
    await client.get_workflow_handle(f"{queue}-a").signal("release")

    assert doubts(run) == [Doubt(DoubtReason.CHILD_OPEN, "running", f"{queue}-a")]


@pytest.mark.parametrize(("second", "is_complete"), [("monday", True), ("tuesday", False)])
async def test_a_later_child_of_the_same_type_replaces_one_whose_input_it_had(
    client: Client, world: WorldOnTemporal, queue: str, second: str, is_complete: bool
) -> None:
    workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
    assert world.config.workflow
    definition = world.config.workflow.model_copy(update={"types": ("RetryingBackfill",)})
    world.config = world.config.model_copy(update={"workflow": definition})
    await client.execute_workflow("RetryingBackfill", args=[queue, second], id=workflow_id, task_queue=queue)

    run = await observed(world, queue)

    assert run.is_complete is is_complete

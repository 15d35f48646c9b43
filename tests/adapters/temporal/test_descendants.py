"""Descendants on a real Temporal server: children of any type are found, and end with the run above them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.workflow import ParentClosePolicy

from bot.adapters.temporal import TemporalControl, TemporalEngine
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, Ref
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.observe.descendants import descendants_of
from tests.adapters.temporal.server import eventually
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal


@workflow.defn(name="CustomerBackfill")
class Parent:
    """Starts a child that ends with it, which starts one too, and one that it abandons; catches its cancel."""

    @workflow.run
    async def run(self, name: str, depth: int) -> None:
        for kind, policy in (("own", ParentClosePolicy.TERMINATE), ("shared", ParentClosePolicy.ABANDON)):
            left = depth - 1 if kind == "own" else 0
            if depth:
                await workflow.start_child_workflow(
                    "CopyDay", args=[f"{name}-{kind}", left], id=f"{name}-{kind}", parent_close_policy=policy
                )
        await workflow.wait_condition(lambda: False)


@workflow.defn(name="CopyDay")
class Child:
    """Has a child of its own below it if there is depth left."""

    @workflow.run
    async def run(self, name: str, depth: int) -> None:
        if depth:
            await workflow.start_child_workflow("CopyDay", args=[f"{name}-own", depth - 1], id=f"{name}-own")
        await workflow.wait_condition(lambda: False)


@workflow.defn(name="EarlyBackfill")
class Early:
    """Returns at once, and leaves a child that is asked to cancel then."""

    @workflow.run
    async def run(self, name: str) -> None:
        policy = ParentClosePolicy.REQUEST_CANCEL
        await workflow.start_child_workflow("Stubborn", id=f"{name}-left", parent_close_policy=policy)


@workflow.defn(name="Stubborn")
class Stubborn:
    """Goes on though it is cancelled."""

    @workflow.run
    async def run(self) -> None:
        while True:
            with suppress(asyncio.CancelledError):
                await workflow.wait_condition(lambda: False)


@pytest.fixture
async def parent(client: Client, unique: str) -> AsyncIterator[Ref]:
    """An open run with a child that has a child, and with a child that it abandons."""
    async with Worker(
        client, task_queue=unique, workflows=[Parent, Child], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        workflow_id = f"backfill-{unique}-2026-01-01-2026-02-21"
        handle = await client.start_workflow("CustomerBackfill", args=[unique, 2], id=workflow_id, task_queue=unique)
        yield Ref(CLUSTER, workflow_id, handle.first_execution_run_id or "")
        for name in (f"{unique}-shared", workflow_id):
            with suppress(RPCError):
                await client.get_workflow_handle(name).terminate()


@pytest.fixture
def world(engine: TemporalEngine) -> WorldOnTemporal:
    return WorldOnTemporal(now=datetime.now(UTC), temporal=engine)


async def found(engine: TemporalEngine, world: WorldOnTemporal, parent: Ref) -> dict[str, Descendant]:
    run = Run((await engine.describe(parent)).execution, None)
    return {each.execution.ref.workflow_id: each for each in await descendants_of(CLUSTER, [run], world.services)}


async def test_children_of_any_type_are_found_with_their_close_policy(
    engine: TemporalEngine, world: WorldOnTemporal, parent: Ref, unique: str
) -> None:
    descendants = await eventually(lambda: found(engine, world, parent), lambda all_: len(all_) == 3)

    assert {name.removeprefix(unique): each.is_abandoned for name, each in descendants.items()} == {
        "-own": False,
        "-own-own": False,
        "-shared": True,
    }
    own = descendants[f"{unique}-own"].execution.ref
    assert descendants[f"{unique}-own-own"].ancestors == {parent, own}


async def test_a_cancelled_run_takes_its_descendants_with_it_and_leaves_what_it_abandons(
    engine: TemporalEngine, control: TemporalControl, world: WorldOnTemporal, parent: Ref, unique: str
) -> None:
    await eventually(lambda: found(engine, world, parent), lambda all_: len(all_) == 3)
    world.controls[CLUSTER] = control  # type: ignore[assignment]
    await cancel_run(parent, "a test", world.services)

    async def statuses() -> dict[str, ExecutionStatus]:
        names = ("-own", "-own-own", "-shared")
        described = await asyncio.gather(*(engine.describe(Ref(CLUSTER, f"{unique}{name}", "")) for name in names))
        return {name: each.execution.status for name, each in zip(names, described, strict=True)}

    ended = await eventually(statuses, lambda now: not now["-own"].is_open and not now["-own-own"].is_open)
    assert ended["-shared"] is ExecutionStatus.RUNNING


async def test_a_closed_run_tells_at_once_what_it_left_open_and_with_which_close_policy(
    client: Client, engine: TemporalEngine, world: WorldOnTemporal, unique: str
) -> None:
    workflows, runner = [Early, Stubborn], UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=unique, workflows=workflows, workflow_runner=runner):
        handle = await client.start_workflow("EarlyBackfill", unique, id=f"{unique}-early", task_queue=unique)
        await handle.result()
        closed = await engine.describe(Ref(CLUSTER, handle.id, handle.first_execution_run_id or ""))
        run = Run(closed.execution, None)
        found = await descendants_of(CLUSTER, [run], world.services, {closed.execution.ref: closed})
        await client.get_workflow_handle(f"{unique}-left").terminate()

    assert [(each.execution.ref.workflow_id, each.is_abandoned) for each in found] == [(f"{unique}-left", False)]

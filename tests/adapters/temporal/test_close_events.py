"""What a real server tells of closed runs: the chain, a cancel that was caught, nested causes, and results."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.fleet.runs.close_facts import is_cancel_requested
from bot.model import Execution, ExecutionStatus, FailureKind, Ref

ONCE = RetryPolicy(maximum_attempts=1)


@activity.defn
async def copy_days() -> None:
    raise ApplicationError("could not write Jan 4", type="WriteFailed") from OSError("disk full")


@workflow.defn(name="CloseEventsChild")
class Child:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(copy_days, schedule_to_close_timeout=timedelta(minutes=1), retry_policy=ONCE)


@workflow.defn(name="CloseEvents")
class Parent:
    """``what`` says how it ends."""

    @workflow.run
    async def run(self, what: str) -> dict[str, Any]:
        if what == "child fails":
            await workflow.execute_child_workflow(Child.run, id=f"{workflow.info().workflow_id}-child")
        if what.startswith("anew"):
            workflow.continue_as_new(what.removeprefix("anew").strip())
        try:
            await workflow.wait_condition(lambda: what == "done")
        except asyncio.CancelledError:
            return {"status": "stopped"}
        return {"status": "done", "counts": {"rows": 12}}


@asynccontextmanager
async def started(client: Client, unique: str, what: str) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    runner = UnsandboxedWorkflowRunner()
    parts: list[type] = [Parent, Child]
    async with Worker(client, task_queue=unique, workflows=parts, activities=[copy_days], workflow_runner=runner):
        yield await client.start_workflow("CloseEvents", what, id=unique, task_queue=unique)


async def described(engine: TemporalEngine, handle: WorkflowHandle[Any, Any], run_id: str = "") -> Execution:
    ref = Ref("voice-prod", handle.id, run_id or handle.first_execution_run_id or "")
    return (await engine.describe(ref)).execution


async def test_a_run_that_caught_its_cancel_and_returned_completed_with_the_cancel_requested(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    async with started(client, unique, "waits") as handle:
        await handle.cancel()
        await handle.result()
    run = await described(engine, handle)

    assert run.status is ExecutionStatus.COMPLETED
    assert is_cancel_requested(run)
    assert (await engine.close_event(run.ref)).result == {"status": "stopped"}


async def test_every_run_of_a_chain_names_the_first(client: Client, engine: TemporalEngine, unique: str) -> None:
    async with started(client, unique, "anew anew done") as handle:
        await handle.result()
    latest = await handle.describe()
    first, last = await described(engine, handle), await described(engine, handle, latest.run_id or "")

    assert first.status is ExecutionStatus.CONTINUED_AS_NEW
    assert last.status is ExecutionStatus.COMPLETED
    assert last.ref != first.ref
    assert last.first_run_id == first.first_run_id == first.ref.run_id
    assert (await engine.close_event(last.ref)).result == {"status": "done", "counts": {"rows": 12}}


async def test_a_failure_names_the_child_the_activity_and_the_cause(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    async with started(client, unique, "child fails") as handle:
        ref = Ref("voice-prod", handle.id, handle.first_execution_run_id or "")
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    causes = (await engine.close_event(ref)).causes

    assert [cause.child for cause in causes] == ["CloseEventsChild", "", "", ""]
    assert [cause.activity for cause in causes] == ["", "copy_days", "", ""]
    assert causes[2].failure.message == "WriteFailed: could not write Jan 4"
    assert causes[3].failure.message == "OSError: disk full"
    assert causes[3].failure.kind is FailureKind.APPLICATION


async def test_a_terminated_run_has_the_reason_that_was_given(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    async with started(client, unique, "waits") as handle:
        await handle.terminate(reason="wrong range")
    run = await described(engine, handle)
    causes = (await engine.close_event(run.ref)).causes

    assert [cause.failure.message for cause in causes] == ["wrong range"]


async def test_a_run_that_was_reset_names_the_first_of_its_chain(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    async with started(client, unique, "done") as handle:
        await handle.result()
        first = await described(engine, handle)
        reset = await client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace="default",
                workflow_execution=WorkflowExecution(workflow_id=unique, run_id=first.ref.run_id),
                reason="again",
                workflow_task_finish_event_id=3,
                request_id=unique,
            )
        )
    again = await described(engine, handle, reset.run_id)

    assert again.ref != first.ref
    assert again.first_run_id == first.first_run_id == first.ref.run_id

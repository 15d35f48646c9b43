"""Nexus operations on a real server: seen while their caller is open, and a doubt where it completed before them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import nexusrpc
import nexusrpc.handler
import pytest
from temporalio import nexus, workflow
from temporalio.api.nexus.v1 import EndpointSpec, EndpointTarget
from temporalio.api.operatorservice.v1 import CreateNexusEndpointRequest, DeleteNexusEndpointRequest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.fleet.runs.complete_when import own_doubt
from bot.fleet.runs.health import Past, assess
from bot.model import Doubt, DoubtReason, Health, Ref
from tests.adapters.temporal.server import eventually
from tests.fleet.builders import PATIENCE

NAME = "copying/Copying.copy"


@workflow.defn(name="CopyElsewhere")
class CopyElsewhere:
    """Copies until it is terminated."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@nexusrpc.service(name="Copying")
class Copying:
    copy: nexusrpc.Operation[str, None]


@nexusrpc.handler.service_handler(service=Copying)
class CopyingHandler:
    @nexus.workflow_run_operation
    async def copy(self, ctx: nexus.WorkflowRunOperationContext, what: str) -> nexus.WorkflowHandle[None]:
        if what == "refuse":
            raise OSError("no room for another copy")
        return await ctx.start_workflow(CopyElsewhere.run, id=f"copy-{what}")


@workflow.defn(name="CallCopying")
class CallCopying:
    """Calls the operation. ``leave`` returns before it has ended."""

    @workflow.run
    async def run(self, what: str) -> None:
        calls = workflow.create_nexus_client(service=Copying, endpoint="copying")
        begun = await calls.start_operation(Copying.copy, what)
        if not what.startswith("leave"):
            await begun


@pytest.fixture
async def calling(client: Client, unique: str) -> AsyncIterator[str]:
    """A worker for callers and one for the operation; yields the queue of the callers."""
    handlers = f"handlers-{unique}"
    target = EndpointTarget(worker=EndpointTarget.Worker(namespace="default", task_queue=handlers))
    created = await client.operator_service.create_nexus_endpoint(
        CreateNexusEndpointRequest(spec=EndpointSpec(name="copying", target=target))
    )
    runner = UnsandboxedWorkflowRunner()
    caller = Worker(client, task_queue=unique, workflows=[CallCopying], workflow_runner=runner)
    handler = Worker(
        client,
        task_queue=handlers,
        workflows=[CopyElsewhere],
        nexus_service_handlers=[CopyingHandler()],
        workflow_runner=runner,
    )
    async with caller, handler:
        yield unique
    await client.operator_service.delete_nexus_endpoint(
        DeleteNexusEndpointRequest(id=created.endpoint.id, version=created.endpoint.version)
    )


async def start(client: Client, queue: str, what: str) -> Ref:
    handle = await client.start_workflow(CallCopying.run, what, id=f"call-{queue}", task_queue=queue)
    return Ref("voice-prod", handle.id, handle.first_execution_run_id or "")


async def test_an_operation_that_has_begun_leaves_its_caller_healthy(
    calling: str, client: Client, engine: TemporalEngine
) -> None:
    ref = await start(client, calling, f"slow-{calling}")

    described = await eventually(
        lambda: engine.describe(ref), lambda run: any(each.has_begun for each in run.operations)
    )

    assert [each.name for each in described.operations] == [NAME]
    assert assess(described, Past(), PATIENCE, datetime.now(UTC)).health is Health.HEALTHY
    await client.get_workflow_handle(ref.workflow_id).terminate()


async def test_an_operation_that_cannot_begin_is_retried_with_its_reason(
    calling: str, client: Client, engine: TemporalEngine
) -> None:
    ref = await start(client, calling, "refuse")

    described = await eventually(
        lambda: engine.describe(ref), lambda run: any(each.attempt > 1 for each in run.operations)
    )
    assessment = assess(described, Past(), PATIENCE, datetime.now(UTC))

    assert assessment.health is Health.RETRYING
    assert assessment.last_failure
    assert "no room for another copy" in assessment.last_failure.message
    await client.get_workflow_handle(ref.workflow_id).terminate()


async def test_a_caller_that_completed_before_its_operation_is_in_doubt(
    calling: str, client: Client, engine: TemporalEngine
) -> None:
    ref = await start(client, calling, f"leave-{calling}")
    await client.get_workflow_handle(ref.workflow_id).result()

    closed = (await engine.describe(ref)).execution

    assert own_doubt(closed, None) == Doubt(DoubtReason.OPERATION_OPEN, child=NAME)

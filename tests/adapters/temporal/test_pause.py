"""What a real server says of workflows and activities that somebody has paused, and of heartbeats without details."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest, PauseWorkflowExecutionRequest
from temporalio.client import Client

from bot.fleet.runs.assessment import Patience
from bot.fleet.runs.health import Past, assess
from bot.model import ActivityState, Description, ExecutionStatus, Health, Observation, Ref
from tests.adapters.temporal.conftest import engine_at
from tests.adapters.temporal.server import QUEUE, TemporalServer, eventually, worker

# Nobody waits so long in a test.
PATIENCE = Patience(stalled_after=timedelta(hours=1), no_worker_after=timedelta(hours=1))


@pytest.fixture(scope="module")
def pausing() -> Iterator[TemporalServer]:
    """Pausing workflows is off by default."""
    first = TemporalServer(**{"frontend.WorkflowPauseEnabled": "true"})
    first.start()
    yield first
    first.stop()


@pytest.fixture
async def team(pausing: TemporalServer) -> AsyncIterator[Client]:
    client = await Client.connect(pausing.address)
    async with worker(client):
        yield client


async def beating(client: Client, workflow_id: str, what: str = "beat") -> Ref:
    handle = await client.start_workflow("CustomerBackfill", args=[what, QUEUE], id=workflow_id, task_queue=QUEUE)
    return Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")


def _has_beaten(description: Description) -> bool:
    return any(activity.last_heartbeat_at for activity in description.activities)


async def test_a_paused_workflow_is_open_and_tells_who_paused_it_when_and_why(
    team: Client, pausing: TemporalServer, unique: str
) -> None:
    engine, ref = engine_at(pausing.address), await beating(team, unique)
    running = await eventually(lambda: engine.describe(ref), _has_beaten)
    await team.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace="default",
            workflow_id=unique,
            run_id=ref.run_id,
            identity="olivia@laptop",
            reason="database is full, password=hunter2hunter2",
            request_id=unique,
        )
    )
    paused = await engine.describe(ref)

    assert running.pause is None
    assert paused.pause
    assert (paused.pause.by, paused.pause.reason.split(",")[0]) == ("olivia@laptop", "database is full")
    assert "hunter2" not in paused.pause.reason
    assert paused.pause.at
    assert abs(datetime.now(UTC) - paused.pause.at) < timedelta(minutes=1)
    assert paused.execution.status is ExecutionStatus.RUNNING
    assert assess(paused, Past(), PATIENCE, datetime.now(UTC)).health is Health.PAUSED


async def test_a_paused_activity_tells_who_paused_it(team: Client, pausing: TemporalServer, unique: str) -> None:
    engine, ref = engine_at(pausing.address), await beating(team, unique)
    run = WorkflowExecution(workflow_id=unique)
    await eventually(lambda: engine.describe(ref), _has_beaten)
    await team.workflow_service.pause_activity(
        PauseActivityRequest(
            namespace="default",
            execution=run,
            identity="bob",
            id="1",
            reason="wait",
        )
    )
    [activity] = (await engine.describe(ref)).activities

    assert activity.state is ActivityState.PAUSE_REQUESTED
    assert activity.has_attempt
    assert activity.pause
    assert (activity.pause.by, activity.pause.reason) == ("bob", "wait")


async def test_heartbeats_of_null_have_no_details_so_that_nothing_stalls(
    team: Client, pausing: TemporalServer, unique: str
) -> None:
    engine, ref = engine_at(pausing.address), await beating(team, unique, "beat_null")
    described = await eventually(lambda: engine.describe(ref), _has_beaten)
    [activity] = described.activities
    long_ago = Observation(ref, activity.activity_id, "null", datetime.now(UTC) - timedelta(days=1))
    impatient = Patience(stalled_after=timedelta(0), no_worker_after=timedelta(hours=1))

    assert activity.details == ""
    assert assess(described, Past([long_ago]), impatient, datetime.now(UTC)).health is Health.HEALTHY

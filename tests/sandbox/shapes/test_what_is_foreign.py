"""What Temporal shows of each shape, and by what it differs from the workflow of the demo."""

import asyncio

import aiohttp
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from sandbox.scenario.model import Shape
from tests.sandbox.eventually import eventually
from tests.sandbox.shapes.teams import pending_activities, team


async def test_children_copy_two_days_each_and_the_parent_none(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(Shape.CHILDREN, temporal_client, http, clickhouse_url) as acme:
        handle = await acme.start(days=5)
        rows = await asyncio.wait_for(handle.result(), 60)
        events = [event async for event in handle.fetch_history_events()]

    started = [event.start_child_workflow_execution_initiated_event_attributes for event in events]
    assert [each.workflow_id.rpartition("/")[2] for each in started if each.workflow_id] == [
        "20260101-20260102",
        "20260103-20260104",
        "20260105-20260105",
    ]
    assert not any(event.HasField("activity_task_scheduled_event_attributes") for event in events)
    assert rows == 70


async def test_a_continued_run_is_an_execution_for_every_three_days_under_one_id(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(Shape.CONTINUED, temporal_client, http, clickhouse_url) as acme:
        handle = await acme.start(days=7)
        rows = await asyncio.wait_for(handle.result(), 60)

        async def listed() -> list[WorkflowExecutionStatus | None] | None:
            found = temporal_client.list_workflows(f"WorkflowId = '{handle.id}'")
            statuses = [execution.status async for execution in found]
            return statuses if len(statuses) == 3 and WorkflowExecutionStatus.RUNNING not in statuses else None

        statuses = await eventually(listed)

    assert statuses.count(WorkflowExecutionStatus.CONTINUED_AS_NEW) == 2
    assert rows == 98


async def test_parallel_activities_beat_without_details(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(Shape.PARALLEL, temporal_client, http, clickhouse_url, hours=500) as acme:
        handle = await acme.start()

        async def three_beat() -> bool:
            pending = await pending_activities(handle, temporal_client)
            return sum(activity.HasField("last_heartbeat_time") for activity in pending) == 3

        await eventually(three_beat)
        pending = await pending_activities(handle, temporal_client)
        await handle.cancel()

    assert [list(activity.heartbeat_details.payloads) for activity in pending] == [[], [], []]


@pytest.mark.parametrize("shape", [Shape.INPUT, Shape.CATCHES_CANCEL])
async def test_random_ids_tell_nothing(
    shape: Shape, temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(shape, temporal_client, http, clickhouse_url) as acme:
        handle = await acme.start()
        await handle.terminate()

    assert acme.customer not in handle.id
    assert "2026" not in handle.id


async def test_all_payloads_of_the_encrypted_shape_are_encoded(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(Shape.CODEC, temporal_client, http, clickhouse_url, hours=500) as acme:
        handle = await acme.start()

        async def beats() -> bytes | None:
            pending = await pending_activities(handle, temporal_client)
            details = [payload for activity in pending for payload in activity.heartbeat_details.payloads]
            return details[0].metadata["encoding"] if details else None

        encoding = await eventually(beats)
        described = (await handle.describe()).raw_description.workflow_execution_info
        history = [event async for event in handle.fetch_history_events()]
        await handle.cancel()

    started = history[0].workflow_execution_started_event_attributes
    payloads = [*started.input.payloads, *described.memo.fields.values()]
    assert encoding == b"binary/encrypted"
    assert {payload.metadata["encoding"] for payload in payloads} == {b"binary/encrypted"}
    assert not any(acme.customer.encode() in payload.data for payload in payloads)
    assert b"json/plain" in {
        field.metadata["encoding"] for field in described.search_attributes.indexed_fields.values()
    }

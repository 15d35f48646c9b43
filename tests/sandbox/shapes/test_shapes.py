"""The workflows of different teams on a real Temporal and a real ClickHouse: what all shapes have in common."""

import asyncio

import aiohttp
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError

from sandbox.scenario.model import Shape
from tests.sandbox.eventually import eventually
from tests.sandbox.shapes.teams import pending_activities, team

COUNTS = """
SELECT (SELECT count() FROM analytics.scorecards WHERE customer = {name:String}),
       (SELECT count() FROM analytics.scores WHERE customer = {name:String}),
       (SELECT max(toDate(scored_at)) FROM analytics.scores WHERE customer = {name:String})
"""


async def copied(clickhouse: AsyncClient, name: str) -> tuple[int, int, str]:
    """Rows of both tables, and the last day that has any."""
    scorecards, scores, last = (await clickhouse.query(COUNTS, parameters={"name": name})).result_rows[0]
    return int(scorecards), int(scores), str(last)


@pytest.mark.parametrize("shape", list(Shape))
async def test_a_run_of_any_shape_copies_each_row_of_its_days_once(
    shape: Shape, temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(shape, temporal_client, http, clickhouse_url) as acme:
        handle = await acme.start(days=7)
        await asyncio.wait_for(handle.result(), 60)

    assert await copied(clickhouse, acme.customer) == (28, 70, "2026-01-07")


@pytest.mark.parametrize("shape", list(Shape))
async def test_a_run_of_any_shape_that_is_too_big_times_out_on_heartbeat(
    shape: Shape, temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(shape, temporal_client, http, clickhouse_url, max_days=5, silent_after_days=4.5) as acme:
        handle = await acme.start()

        async def silent() -> PendingActivityInfo | None:
            pending = await pending_activities(handle, temporal_client)
            return next((activity for activity in pending if activity.attempt >= 2), None)

        activity = await eventually(silent, within=60)
        await handle.terminate()

    assert activity.last_failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT


@pytest.mark.parametrize("shape", list(Shape))
async def test_what_was_over_before_the_story_takes_no_time_in_any_shape(
    shape: Shape, temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(shape, temporal_client, http, clickhouse_url, hours=50_000, max_days=1) as acme:
        handle = await acme.start(days_before_story=10)
        await asyncio.wait_for(handle.result(), 60)

    assert await copied(clickhouse, acme.customer) == (40, 100, "2026-01-10")


@pytest.mark.parametrize("shape", [shape for shape in Shape if shape is not Shape.CATCHES_CANCEL])
async def test_a_silent_run_ends_as_cancelled_when_somebody_asks(
    shape: Shape, temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(shape, temporal_client, http, clickhouse_url, max_days=1, silent_after_days=0.01) as acme:
        handle = await acme.start()
        await eventually(lambda: pending_activities(handle, temporal_client))
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await asyncio.wait_for(handle.result(), 60)

    assert isinstance(raised.value.cause, CancelledError)


async def test_the_one_that_catches_its_cancel_is_shown_as_completed(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    async with team(Shape.CATCHES_CANCEL, temporal_client, http, clickhouse_url, hours=500) as acme:
        handle = await acme.start()
        await eventually(lambda: pending_activities(handle, temporal_client))
        await handle.cancel()
        result = await asyncio.wait_for(handle.result(), 60)

    assert result == {"status": "stopped", "rows": 0}
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert (await copied(clickhouse, acme.customer))[:2] == (0, 0)

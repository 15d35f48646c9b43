"""CustomerBackfill on a real Temporal and a real ClickHouse."""

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from sandbox.relay import Mode, Relay
from sandbox.scenario.model import Customer, Rows
from sandbox.source_rows import make_source_rows
from sandbox.worker.contract import Backfill, Progress
from tests.sandbox.eventually import eventually
from tests.sandbox.fleet import CAMPAIGN, fleet, pending

COUNTS = """
SELECT count(), (SELECT count() FROM analytics.scores FINAL WHERE customer = {name:String})
FROM analytics.scores WHERE customer = {name:String}
"""


@pytest.fixture
def name() -> str:
    return f"acme-{uuid.uuid4()}"


def customer(hours: float, **more: object) -> Customer:
    return Customer.model_validate({"scorecards": 40_000, "scores": 100_000, "hours": hours, **more})


def full_range(name: str, **more: Any) -> Backfill:
    return Backfill(name, "2026-01-01", "2026-01-11", **more)


async def counts(clickhouse: AsyncClient, name: str) -> tuple[int, int]:
    """Raw and FINAL of analytics.scores."""
    raw, final = (await clickhouse.query(COUNTS, parameters={"name": name})).result_rows[0]
    return int(raw), int(final)


async def test_a_full_run_copies_every_row_once(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=1)}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        done = await (await workers.submit(full_range(name))).result()

    assert done == Progress("2026-01-10", rows=140, total=140)
    assert await counts(clickhouse, name) == (100, 100)


async def test_a_window_copies_its_days_and_no_others(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=1)}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        done = await (await workers.submit(Backfill(name, "2026-01-04", "2026-01-06"))).result()
    days = await clickhouse.query(
        "SELECT min(toDate(scored_at)), max(toDate(scored_at)) FROM analytics.scores WHERE customer = {name:String}",
        parameters={"name": name},
    )

    assert done == Progress("2026-01-05", rows=28, total=28)
    assert [str(day) for day in days.result_rows[0]] == ["2026-01-04", "2026-01-05"]


async def test_heartbeats_tell_day_and_rows_as_they_grow(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=5)}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        handle = await workers.submit(full_range(name))

        async def last_heartbeat() -> list[dict[str, Any]] | None:
            activity = await pending(handle)
            payloads = activity.heartbeat_details.payloads if activity else ()
            values = await temporal_client.data_converter.decode(list(payloads))
            return values if values and values[0]["rows"] > 0 else None

        (progress,) = await eventually(last_heartbeat)
        await handle.cancel()

    assert progress.keys() == {"day", "rows", "total"}
    assert progress["total"] == 140
    assert "2026-01-01" < progress["day"] < "2026-01-11"


async def test_a_too_big_run_times_out_on_heartbeat_and_starts_again_from_the_first_day(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=1, max_days=5, silent_after_days=3)}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        handle = await workers.submit(full_range(name))

        async def third_attempt() -> PendingActivityInfo | None:
            activity = await pending(handle)
            return activity if activity is not None and activity.attempt >= 3 else None

        activity = await eventually(third_attempt)
        await handle.terminate()
    raw, final = await counts(clickhouse, name)

    timeout = activity.last_failure.timeout_failure_info.timeout_type
    assert timeout == TimeoutType.TIMEOUT_TYPE_HEARTBEAT
    assert final == 30
    assert raw >= 2 * final


async def test_a_run_that_fits_is_not_silent(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=1, max_days=5, silent_after_days=3)}
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        done = await (await workers.submit(Backfill(name, "2026-01-01", "2026-01-06"))).result()

    assert done.day == "2026-01-05"


async def test_cancelling_is_heard_at_a_heartbeat(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=500)}
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        handle = await workers.submit(full_range(name))
        await eventually(lambda: pending(handle))
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await asyncio.wait_for(handle.result(), 60)

    assert isinstance(raised.value.cause, CancelledError)
    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED


async def test_a_silent_run_hears_of_cancelling_when_it_times_out(
    temporal_client: Client, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=1, max_days=1, silent_after_days=0.01)}
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        handle = await workers.submit(full_range(name))

        async def started() -> bool:
            activity = await pending(handle)
            return activity is not None and activity.HasField("last_heartbeat_time")

        await eventually(started)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await asyncio.wait_for(handle.result(), 60)

    assert isinstance(raised.value.cause, CancelledError)


async def test_what_was_over_before_the_story_is_copied_at_once(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str, name: str
) -> None:
    customers = {name: customer(hours=50_000, max_days=1)}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    async with fleet(temporal_client, http, clickhouse_url, customers) as workers:
        handle = await workers.submit(full_range(name, days_before_story=10))
        await asyncio.wait_for(handle.result(), 60)

    assert await counts(clickhouse, name) == (100, 100)


@pytest.mark.parametrize(
    ("backfill", "reason"),
    [
        (Backfill("nobody", "2026-01-01", "2026-01-11"), "no customer 'nobody'"),
        (Backfill("known", "2026-01-05", "2026-01-05"), "is no range"),
        (Backfill("known", "01/02/2026", "2026-01-05"), "ISO dates"),
    ],
)
async def test_what_can_never_work_fails_at_once(
    temporal_client: Client,
    http: aiohttp.ClientSession,
    clickhouse_url: str,
    backfill: Backfill,
    reason: str,
) -> None:
    async with fleet(temporal_client, http, clickhouse_url, {"known": customer(hours=1)}) as workers:
        handle = await workers.submit(backfill)
        with pytest.raises(WorkflowFailureError) as raised:
            await asyncio.wait_for(handle.result(), 60)

    activity = raised.value.cause
    assert isinstance(activity, ActivityError)
    assert isinstance(activity.cause, ApplicationError)
    assert reason in activity.cause.message


async def test_a_hiccup_of_clickhouse_is_an_attempt_that_failed_and_no_more(
    temporal_client: Client, clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_port: int, name: str
) -> None:
    customers = {name: customer(hours=1)}
    await make_source_rows(http, f"http://127.0.0.1:{clickhouse_port}/", customers, CAMPAIGN, Rows())
    async with Relay(clickhouse_port) as relay:
        relay.switch(Mode.CUT)
        async with fleet(temporal_client, http, f"http://127.0.0.1:{relay.port}/", customers) as workers:
            handle = await workers.submit(full_range(name))

            async def second_attempt() -> PendingActivityInfo | None:
                activity = await pending(handle)
                return activity if activity is not None and activity.attempt >= 2 else None

            failed = await eventually(second_attempt)
            relay.switch(Mode.OK)
            await asyncio.wait_for(handle.result(), 60)

    assert failed.last_failure.message.startswith("ClickHouse did not answer")
    assert await counts(clickhouse, name) == (100, 100)

"""A Temporal, a ClickHouse and a Slack, in which teams run backfills of different shapes, for tests of `init`."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio import activity, workflow
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.common import RawValue, SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.model import Window
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.loaded_bot import loaded_bot

CUSTOMERS = ("acme", "cox-retention", "7-eleven")
FIRST = date(2026, 3, 1)
LENGTHS = (5, 5, 5, 1, 3)


@dataclass(frozen=True)
class Start:
    """One run: its workflow id, arguments, memo, and where it runs."""

    workflow_id: str
    arguments: Sequence[Any] = ()
    memo: Mapping[str, Any] = field(default_factory=dict)
    workflow_type: str = "FillTenant"
    queue: str = "fill"
    attributes: Mapping[str, str] = field(default_factory=dict)


def windows() -> list[Window]:
    """Windows one after the other, as a team cuts a campaign."""
    found: list[Window] = []
    for length in LENGTHS:
        found.append(Window.of_days(found[-1].end if found else FIRST, length))
    return found


def every_run() -> Iterator[tuple[int, str, Window]]:
    """The number, customer and days of each run."""
    pairs = [(customer, window) for window in windows() for customer in CUSTOMERS]
    yield from ((number, *pair) for number, pair in enumerate(pairs))


@workflow.defn(dynamic=True)
class Filling:
    """A workflow of any type, with any arguments, that goes on."""

    @workflow.run
    async def run(self, _arguments: Sequence[RawValue]) -> None:
        await workflow.wait_condition(lambda: False)


@activity.defn
async def fill() -> None:
    """The worker polls for activities too."""


@asynccontextmanager
async def running(temporal: TemporalServer, namespace: str, starts: Sequence[Start]) -> AsyncIterator[None]:
    """Start them in a new namespace, with a worker, and go on when all are listed."""
    client = await Client.connect(temporal.address)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=namespace, workflow_execution_retention_period=Duration(seconds=24 * 60 * 60)
        )
    )
    own = await Client.connect(temporal.address, namespace=namespace)
    await eventually(lambda: _listed(own), lambda count: count == 0, within=60)
    await _register(own, {name for start in starts for name in start.attributes})
    async with AsyncExitStack() as stack:
        for queue in sorted({start.queue for start in starts}):
            await stack.enter_async_context(_worker(own, queue))
        await asyncio.gather(*(_start(own, start) for start in starts))
        await eventually(lambda: _listed(own), lambda count: count == len(starts), within=60)
        yield


def _worker(client: Client, queue: str) -> Worker:
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=queue, workflows=[Filling], activities=[fill], workflow_runner=runner)


async def _register(client: Client, names: Collection[str]) -> None:
    """Add these search attributes to the namespace, each for a single text."""
    if names:
        kinds = dict.fromkeys(names, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=kinds)
        await client.operator_service.add_search_attributes(request)


async def _start(client: Client, start: Start) -> None:
    pairs = [
        SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in start.attributes.items()
    ]
    await client.start_workflow(
        start.workflow_type,
        args=start.arguments,
        id=start.workflow_id,
        task_queue=start.queue,
        memo=start.memo,
        search_attributes=TypedSearchAttributes(pairs),
        execution_timeout=timedelta(hours=1),
    )


async def _listed(client: Client) -> int:
    """How many runs the namespace lists; −1 while it is not ready."""
    try:
        return (await client.count_workflows("")).count
    except RuntimeError:
        return -1


def fill_tables(clickhouse: ClickHouseServer) -> None:
    """Source rows and filled rows of all customers, a table that is nobody's business, and one of another kind."""
    columns = "(tenant String, id UInt64, happened_at DateTime, inserted_at DateTime)"
    days = "toDateTime('2026-03-01') + number * 3600, now() FROM numbers(480)"
    for database, engine in (("raw", "MergeTree"), ("mart", "ReplacingMergeTree(inserted_at)")):
        table = f"{database}.orders"
        clickhouse.run(f"CREATE DATABASE IF NOT EXISTS {database}")
        clickhouse.run(f"CREATE TABLE {table} {columns} ENGINE = {engine} ORDER BY (tenant, happened_at, id)")
        for customer in CUSTOMERS:
            clickhouse.run(f"INSERT INTO {table} SELECT '{customer}', number, {days}")
    clickhouse.run("CREATE TABLE mart.exchange_rates (day Date, currency String, rate Float64) ENGINE = Log")
    clickhouse.run("CREATE TABLE mart.visits (account_name String, day Date) ENGINE = MergeTree ORDER BY day")
    clickhouse.run("INSERT INTO mart.visits VALUES ('somebody-else', '2026-03-01')")


async def bot(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """``python -m bot`` in this folder, without a terminal."""
    return await asyncio.to_thread(loaded_bot().run, arguments, folder, environ)

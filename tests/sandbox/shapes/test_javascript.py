"""The worker in JavaScript does what the one in Python does, as far as Temporal and ClickHouse can tell."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError

from sandbox.javascript_worker import FOLDER, Addresses, in_javascript, node_command, orders
from sandbox.scenario.load import load_scenario
from sandbox.scenario.model import IN_JAVASCRIPT, Rows, Scenario, Shape
from sandbox.source_rows import make_source_rows
from sandbox.temporal_server import TemporalPorts
from sandbox.worker.shapes import SHAPES
from tests.sandbox.conftest import NAMESPACE, running
from tests.sandbox.eventually import eventually
from tests.sandbox.fleet import HOUR
from tests.sandbox.shapes.teams import Team, pending_activities

WITHIN = 60.0  # seconds; the worker compiles its workflows when it starts
COUNT = "SELECT count() FROM analytics.scores WHERE customer = {name:String}"

installed = pytest.mark.skipif(node_command() is None, reason=f"npm ci --prefix {FOLDER} was not run")


class Machine:
    """The servers of a test, and how to start a worker beside them."""

    def __init__(
        self, temporal: TemporalPorts, http: aiohttp.ClientSession, clickhouse_url: str, folder: Path
    ) -> None:
        self._temporal, self._http, self._clickhouse_url, self._folder = temporal, http, clickhouse_url, folder

    @asynccontextmanager
    async def team(self, shape: Shape, **customer: Any) -> AsyncIterator[Team]:
        """As `tests.sandbox.shapes.teams.team`, with a worker in JavaScript."""
        name = f"acme-{uuid.uuid4()}"
        scenario = scenario_of(shape, name, {"scorecards": 40_000, "scores": 100_000, "hours": 1, **customer})
        customers = scenario.clusters[NAMESPACE].customers
        await make_source_rows(self._http, self._clickhouse_url, customers, scenario.campaign, Rows())
        addresses = Addresses(self._temporal.address, {NAMESPACE: self._clickhouse_url})
        file = self._folder / "orders.json"
        file.write_text(orders(scenario, addresses, HOUR))
        client = await Client.connect(self._temporal.address, namespace=NAMESPACE)
        with running([*(node_command() or []), str(file)]):
            yield Team(client, shape, name, SHAPES[shape].task_queue(NAMESPACE))


def scenario_of(shape: Shape, name: str, customer: dict[str, Any]) -> Scenario:
    cluster = {"shape": shape, "language": "javascript", "customers": {name: customer}}
    campaign = {"start": "2026-01-01", "end": "2026-01-11"}
    return Scenario.model_validate({"campaign": campaign, "clusters": {NAMESPACE: cluster}})


@pytest.fixture
def machine(temporal: TemporalPorts, http: aiohttp.ClientSession, clickhouse_url: str, tmp_path: Path) -> Machine:
    return Machine(temporal, http, clickhouse_url, tmp_path)


@installed
@pytest.mark.parametrize("shape", IN_JAVASCRIPT)
async def test_it_copies_each_row_of_a_run_once(shape: Shape, machine: Machine, clickhouse: AsyncClient) -> None:
    async with machine.team(shape) as acme:
        await asyncio.wait_for((await acme.start(days=7)).result(), WITHIN)
        copied = await clickhouse.query(COUNT, parameters={"name": acme.customer})

    assert copied.result_rows == [(70,)]


@installed
@pytest.mark.parametrize("shape", IN_JAVASCRIPT)
async def test_a_run_that_is_too_big_times_out_and_can_be_cancelled(shape: Shape, machine: Machine) -> None:
    async with machine.team(shape, max_days=5, silent_after_days=4.5) as acme:
        handle = await acme.start()

        async def silent() -> PendingActivityInfo | None:
            pending = await pending_activities(handle, acme.client)
            return next((activity for activity in pending if activity.attempt >= 2), None)

        activity = await eventually(silent, within=WITHIN)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await asyncio.wait_for(handle.result(), WITHIN)

    assert activity.last_failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT
    assert isinstance(raised.value.cause, CancelledError)


@installed
@pytest.mark.parametrize("shape", IN_JAVASCRIPT)
async def test_what_was_over_before_the_story_takes_no_time(
    shape: Shape, machine: Machine, clickhouse: AsyncClient
) -> None:
    async with machine.team(shape, hours=50_000, max_days=1) as acme:
        await asyncio.wait_for((await acme.start(days_before_story=10)).result(), WITHIN)
        copied = await clickhouse.query(COUNT, parameters={"name": acme.customer})

    assert copied.result_rows == [(100,)]


def test_without_its_packages_there_is_no_such_worker(tmp_path: Path) -> None:
    assert node_command(tmp_path) is None


def test_the_scenario_has_both_shapes_in_javascript() -> None:
    scenario = load_scenario("foreign").scenario

    assert {scenario.clusters[name].shape for name in in_javascript(scenario)} == set(IN_JAVASCRIPT)


def test_the_lock_file_names_no_registry() -> None:
    lock = (FOLDER / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock

"""Runs that Temporal has removed stay known: on a real server that deletes runs, and after a restart of the bot."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client

from bot.adapters.store import open_store
from bot.adapters.temporal import TemporalEngine
from bot.commands import Plan, Status
from bot.fleet.planning.plan import PlanResult, Unplanned
from bot.fleet.status.answer import CustomerStatus, StatusResult
from bot.fleet.status.board import Silent
from bot.model import ExecutionStatus, Ref, State, Window
from bot.services import Services
from bot.usecases.observe.observe import observe
from bot.usecases.observe.recalled import recall_failures
from bot.usecases.plan import plan
from bot.usecases.status import status
from bot.wiring import utc_now
from tests.adapters.temporal.conftest import LIMIT, temporal_at
from tests.adapters.temporal.server import QUEUE, TemporalServer, eventually, worker
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, window
from tests.usecases.watch.passes import watch

CLUSTER = "voice-prod"
WINDOWS = [window(1, 21), window(21, 41), window(41, 52)]


@pytest.fixture(scope="module")
def own_server() -> Iterator[TemporalServer]:
    """On which nothing else runs. By default it deletes nothing before it has written down how far it has worked
    through its queue of ended runs, which is every half a minute."""
    first = TemporalServer(transferProcessorUpdateAckInterval='"0.2s"')
    first.start()
    yield first
    first.stop()


@dataclass(frozen=True)
class Answers:
    """What people read about the two customers."""

    hilton: StatusResult
    fleet: StatusResult
    plans: tuple[PlanResult, ...]
    attempts: tuple[int, ...]
    failures: int


class Team:
    """A cluster of two customers, whose bot may be started again and again."""

    def __init__(self, server: TemporalServer, client: Client, url: str) -> None:
        self._server = server
        self._client = client
        self._url = url
        # Later than all that happens, so that two answers differ only where the world does.
        self.now = datetime.now(UTC) + timedelta(minutes=5)
        # A window of the demo takes milliseconds.
        sizes = {"shortest": "0.001s"}
        self.world = FakeWorld(config({CLUSTER: ("hilton", "vivint")}, sizing=sizes))
        volume = {"hilton": 82_000, "vivint": 120_000}
        self.world.warehouses[CLUSTER].volume = {
            name: dict.fromkeys(CAMPAIGN.each_day(), rows) for name, rows in volume.items()
        }

    async def backfill(self, days: Window, what: str = "") -> Ref:
        workflow_id = f"backfill-hilton-{days.start}-{days.end}"
        handle = await self._client.start_workflow(
            "CustomerBackfill", args=[what, QUEUE], id=workflow_id, task_queue=QUEUE
        )
        if not what:
            await handle.result()
        return Ref(CLUSTER, workflow_id, handle.first_execution_run_id or "")

    async def terminate(self, ref: Ref) -> None:
        await self._client.get_workflow_handle(ref.workflow_id, run_id=ref.run_id).terminate()

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Services]:
        async with open_store(self._url) as store:
            fakes = self.world.services
            engine = TemporalEngine(temporal_at(self._server.address), utc_now)
            clusters = {CLUSTER: replace(fakes.clusters[CLUSTER], engine=engine)}
            yield replace(fakes, clusters=clusters, journal=store.journal, ledger=store.ledger, now=lambda: self.now)

    async def answers(self) -> Answers:
        """Of a bot that has just been started."""
        async with self.bot() as services:
            view = await observe(CLUSTER, services)
            hilton = await status(Status(target="hilton"), services)
            fleet = await status(Status(), services)
            plans = [await plan(Plan(target=name), services) for name in ("hilton", "vivint")]
            failures = await recall_failures([run.execution.ref for run in view.runs], services)
        assert isinstance(hilton, CustomerStatus)
        assert not isinstance(hilton.standing, Silent)
        attempts = tuple(run.attempts for run in hilton.standing.runs)
        return Answers(hilton, fleet, tuple(plans), attempts, sum(map(len, failures.values())))

    async def forget(self) -> None:
        """What retention does, at once; returns when Temporal knows none of them any more."""
        async with self.bot() as services:
            engine = services.clusters[CLUSTER].engine
            for first in (await engine.changed_executions(["CustomerBackfill"], None, LIMIT)).executions:
                run = WorkflowExecution(workflow_id=first.ref.workflow_id, run_id=first.ref.run_id)
                await self._client.workflow_service.delete_workflow_execution(
                    DeleteWorkflowExecutionRequest(namespace="default", workflow_execution=run)
                )
            await eventually(
                lambda: engine.changed_executions(["CustomerBackfill"], None, LIMIT),
                lambda shown: not shown.executions,
            )


@pytest.fixture
async def team(own_server: TemporalServer, url: str) -> AsyncIterator[Team]:
    async def connect() -> Client | None:
        try:
            client = await Client.connect(own_server.address)
            await client.count_workflows("")
        except RuntimeError:
            return None
        return client

    client = await eventually(connect, bool)
    assert client
    async with worker(client):
        yield Team(own_server, client, url)


async def struggled(team: Team) -> Ref:
    """A run that timed out on heartbeat at least once, as the watcher saw it, and was ended."""
    ref = await team.backfill(CAMPAIGN, "go_silent")
    async with team.bot() as services:

        async def seen() -> int:
            await watch(CLUSTER, services)
            return len((await services.journal.failures([ref])).get(ref, ()))

        await eventually(seen, bool)
    await team.terminate(ref)
    return ref


async def test_status_struggling_history_sizes_and_plans_are_unchanged_when_retention_has_passed(team: Team) -> None:
    await struggled(team)
    for days in WINDOWS:
        await team.backfill(days)
    before = await eventually(team.answers, _is_complete)
    await team.forget()
    after = await team.answers()

    assert after == before
    assert after.failures >= 1
    assert max(after.attempts) >= 2
    assert not any(isinstance(each, Unplanned) for each in after.plans)
    again = await team.answers()
    assert again == before


async def test_a_run_that_was_open_when_it_was_seen_last_is_told_as_gone(team: Team) -> None:
    ref = await team.backfill(CAMPAIGN, "go_silent")
    async with team.bot() as services:
        await eventually(
            lambda: observe(CLUSTER, services), lambda view: [run.is_open for run in view.runs] == [True]
        )
    await team.terminate(ref)
    await team.forget()
    shown = (await team.answers()).hilton

    assert isinstance(shown, CustomerStatus)
    assert not isinstance(shown.standing, Silent)
    assert shown.standing.state is State.FAILED
    assert [run.execution.status for run in shown.standing.runs] == [ExecutionStatus.GONE]


def _is_complete(answers: Answers) -> bool:
    """Listings lag by moments."""
    hilton = answers.hilton
    return (
        isinstance(hilton, CustomerStatus)
        and not isinstance(hilton.standing, Silent)
        and hilton.standing.state is State.COMPLETE
        and not hilton.standing.open_runs
    )

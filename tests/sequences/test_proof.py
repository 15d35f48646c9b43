"""On a real Temporal: a run that catches its cancel and returns proves nothing. A split runs its days again, and
without one only a count makes them green."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine, TemporalQueue
from bot.commands import Verify
from bot.config import TemporalAddress
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.model import DoubtReason, OpenRun, Ref, SequenceEnd, SequenceProgress, State, Window
from bot.sequences.worker import connected_workers
from bot.services import Cluster, Services
from bot.usecases.definitions import recogniser
from bot.usecases.drive.recent_ends import RecentEnds
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.engine_with_inputs import EngineWithInputs
from bot.usecases.observe.inputs import InputReader
from bot.usecases.verify import verify
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN
from tests.fleet.sequence.courses import spec
from tests.usecases.test_status import standing
from tests.usecases.test_verify import tables

CLUSTER = "voice-prod"
LIMIT = timedelta(seconds=5)
HEARTBEAT_TIMEOUT = timedelta(seconds=1)


@activity.defn
async def copy() -> None:
    """Copies until it hears that it is to stop."""
    with contextlib.suppress(asyncio.CancelledError):
        while not activity.is_worker_shutdown():
            activity.heartbeat()
            await asyncio.sleep(0.1)


@workflow.defn(dynamic=True)
class Polite:
    """A run over all days copies, and returns normally when it is cancelled. Windows complete at once."""

    @workflow.run
    async def run(self, _: Sequence[RawValue]) -> str:
        if not workflow.info().workflow_id.endswith(f"{CAMPAIGN.start}-{CAMPAIGN.end}"):
            return "done"
        await workflow.execute_activity(
            copy,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        return "stopped"


class RealWorld(FakeWorld):
    """The real time and a real Temporal; everything else in memory."""

    cluster: Cluster

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @now.setter
    def now(self, moment: datetime) -> None:
        """The real time is not set."""

    @property
    def services(self) -> Services:
        return replace(super().services, clusters={CLUSTER: self.cluster})


@dataclass
class Scene:
    """One customer on the server; ``name`` is also its workflow type and task queue."""

    name: str
    client: Client
    world: RealWorld

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        runner = UnsandboxedWorkflowRunner()
        team = Worker(
            self.client, task_queue=self.name, workflows=[Polite], activities=[copy], workflow_runner=runner
        )
        async with team, connected_workers(self.client, CLUSTER, self.world.services):
            yield

    async def start_whole(self) -> Ref:
        """One run over all days; returns once its activity works and it is listed."""
        workflow_id = f"backfill-{self.name}-{CAMPAIGN.start}-{CAMPAIGN.end}"
        handle = await self.client.start_workflow(self.name, id=workflow_id, task_queue=self.name)
        await eventually(self.backfill, lambda found: any(_is_copying(run) for run in found.runs))
        return Ref(CLUSTER, handle.id, handle.first_execution_run_id or "")

    async def backfill(self) -> Backfill:
        return await standing(self.world, self.name)

    async def settled(self, wanted: State) -> Backfill:
        """How the customer stands once it stands so: listings lag."""
        return await eventually(self.backfill, lambda found: found.state is wanted)

    async def ended_sequence(self) -> SequenceProgress:
        async def progress() -> SequenceProgress | None:
            found = await self.world.cluster.control.sequence(self.name)
            return found.progress if found else None

        ended = await eventually(progress, lambda found: found and found.end, within=60)
        assert ended
        return ended


def _is_copying(run: Run) -> bool:
    return run.health is not None and run.health.activity_id != ""


def scene_at(server: TemporalServer, client: Client) -> Scene:
    name = f"polite{uuid.uuid4().hex[:8]}"
    world = RealWorld(
        config(
            {CLUSTER: (name,)},
            watch={"every": "0.2s"},
            control={"task_queue": f"{name}-bot"},
            workflow={"types": [name], "task_queue": name},
            verify=tables("scores"),
        )
    )
    temporal = TemporalCluster(CLUSTER, TemporalAddress(address=server.address, namespace="default"), LIMIT)
    engine, budget = TemporalEngine(temporal, lambda: datetime.now(UTC)), CallBudget(1_000)
    inputs = InputReader(CLUSTER, engine, recogniser(world.config), world.ledger, 16, budget)
    children = ChildFactsReader(engine, recogniser(world.config), budget, 16)
    facts = CloseFactsReader(engine, {}, budget, 16, children)
    control = TemporalControl(temporal, world.config.control_queue(CLUSTER))
    queue = TemporalQueue(temporal, world.config.control_queue(CLUSTER))
    reading = EngineWithInputs(engine, inputs, facts, LIMIT)
    ends = RecentEnds(engine, budget, world.config.watch.every)
    world.cluster = Cluster(reading, control, queue, world.warehouses[CLUSTER], inputs, facts, budget, ends)
    return Scene(name, client, world)


async def test_after_a_cancel_that_was_caught_only_a_matching_count_makes_the_days_green(
    server: TemporalServer, client: Client
) -> None:
    scene = scene_at(server, client)
    async with scene.at_work():
        whole = await scene.start_whole()
        await scene.world.cluster.control.cancel(whole, "too slow")
        cancelled = await scene.settled(State.IN_DOUBT)
    rows = scene.world.warehouses[CLUSTER]
    rows.source["scores", scene.name] = dict.fromkeys(CAMPAIGN.each_day(), 100)
    await verify(Verify(target=scene.name), scene.world.services)
    counted = await scene.backfill()

    rows.fill("scores", scene.name, CAMPAIGN, 100)
    at_rest = cancelled.runs[0].execution.closed_at
    assert at_rest
    await asyncio.sleep(max(0.0, (at_rest + HEARTBEAT_TIMEOUT - scene.world.now).total_seconds()))
    await verify(Verify(target=scene.name), scene.world.services)

    assert [days.doubt.reason for days in cancelled.doubts] == [DoubtReason.CANCEL_REQUESTED]
    assert (cancelled.covered_days, cancelled.missing) == (0, (CAMPAIGN,))
    assert (counted.state, counted.covered_days) == (State.IN_DOUBT, 0)
    assert (await scene.backfill()).state is State.COMPLETE


async def test_a_split_of_such_a_run_runs_all_of_its_days(server: TemporalServer, client: Client) -> None:
    scene = scene_at(server, client)
    halves = Window.of_days(CAMPAIGN.start, 26), Window(Window.of_days(CAMPAIGN.start, 26).end, CAMPAIGN.end)
    ordered = spec(*halves, id=scene.name, customer=scene.name, thread_key=f"sequence:{scene.name}")
    async with scene.at_work():
        whole = await scene.start_whole()
        sizes = replace(ordered.sizes, days=26, most=26)
        clear = (OpenRun(whole, CAMPAIGN),)
        await scene.world.cluster.control.begin(
            replace(ordered, clear=clear, sizes=sizes, started_at=scene.world.now)
        )
        ended = await scene.ended_sequence()
        backfill = await scene.settled(State.COMPLETE)

    assert (ended.end, ended.closed, ended.complete_days) == (SequenceEnd.COMPLETE, 2, CAMPAIGN.days)
    assert sorted(run.window for run in backfill.runs if run.window) == sorted([CAMPAIGN, *halves])

"""Many sequences at once, with windows of a second, on a Temporal server and a real store."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client

from bot.adapters.store import open_store
from bot.adapters.temporal import TemporalControl, TemporalQueue
from bot.adapters.temporal.names import sequence_id
from bot.model import SequenceEnd, SequenceProgress, SequenceSpec, SequenceStanding
from bot.sequences.worker import connected_workers
from bot.services import Services
from bot.usecases.observe.sequences import MAX_QUERIED, open_sequences
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.services import config
from tests.sequences.stage import Stage
from tests.sequences.team import CLUSTER, AtWork, LiveWorld, Team

# More than an answer queries one by one. `python -m benchmarks.sequences` has 1,000.
CUSTOMERS = tuple(f"customer-{number:03}" for number in range(MAX_QUERIED + 2))
DAYS = 3
# Seconds, for a machine that does much else.
WITHIN = 480


class RealSequences(AtWork):
    """The sequences are on the Temporal server, and the windows on the fake."""

    real: TemporalControl

    async def begin(self, spec: SequenceSpec) -> None:
        await self.real.begin(spec)

    async def sequences(self) -> list[SequenceStanding]:
        return await self.real.sequences()

    async def sequence(self, customer: str) -> SequenceStanding | None:
        return await self.real.sequence(customer)


class OneSecondTeam(Team):
    """Its windows take a second, and none ends before `may_end` is set."""

    def __init__(self, world: LiveWorld) -> None:
        super().__init__(world)
        self.may_end = asyncio.Event()

    async def work(self) -> None:
        await self.may_end.wait()
        while True:
            for description in list(self.world.engines[CLUSTER].descriptions.values()):
                run = description.execution
                if run.status.is_open and (self.world.now - run.started_at).total_seconds() >= 1:
                    self._go_on(description)
            await asyncio.sleep(0.1)


def control_of(queue: str) -> dict[str, object]:
    """Every sequence may run a window at the same time."""
    return {"task_queue": queue, "windows_at_once": len(CUSTOMERS)}


@pytest.fixture
def world(server: TemporalServer) -> LiveWorld:
    queue = f"bot-{uuid.uuid4().hex[:8]}"
    world = LiveWorld(
        config({CLUSTER: CUSTOMERS}, watch={"every": "0.5s", "time_limit": "30s"}, control=control_of(queue))
    )
    control = RealSequences(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    control.real = TemporalControl(temporal_at(server.address), queue)
    world.controls[CLUSTER] = control
    world.queues[CLUSTER] = TemporalQueue(temporal_at(server.address), queue)
    return world


@pytest.fixture
def team(world: LiveWorld) -> OneSecondTeam:
    return OneSecondTeam(world)


@pytest.fixture
async def services(world: LiveWorld, team: OneSecondTeam, tmp_path: Path) -> AsyncIterator[Services]:
    """With a real store, and the team at work."""
    fakes = world.services
    working = asyncio.create_task(team.work())
    url = f"sqlite+aiosqlite:///{tmp_path}/store.db"
    async with open_store(url, customer_of=fakes.recogniser.customer_of) as store:
        yield replace(fakes, journal=store.journal, outbox=store.outbox, ledger=store.ledger)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def begin_all(client: Client, world: LiveWorld) -> None:
    for customer in CUSTOMERS:
        stage = Stage(client, world, Team(world))
        await world.controls[CLUSTER].begin(replace(stage.spec(DAYS, size=1), customer=customer))


@pytest.mark.timeout(4 * WITHIN)
async def test_all_windows_of_many_sequences_run_once_without_any_doubt_and_the_progress_of_each_is_known(
    client: Client, world: LiveWorld, team: OneSecondTeam, services: Services
) -> None:
    control = world.controls[CLUSTER]
    assert isinstance(control, RealSequences)

    async def known() -> list[bool]:
        until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
        standings = (await open_sequences(CLUSTER, until, services)).standings
        return [standing.progress is not None for standing in standings]

    async def still_open() -> int:
        await asyncio.sleep(1)
        return len(await control.real.sequences())

    with capture_logs() as logged:
        async with connected_workers(client, CLUSTER, services):
            await begin_all(client, world)
            while_running = await eventually(
                known, lambda progress: len(progress) == len(CUSTOMERS) and all(progress), within=WITHIN
            )
            team.may_end.set()
            await eventually(still_open, lambda count: not count, within=WITHIN)
    ends = Counter([(await result(client, customer)).end for customer in CUSTOMERS])

    assert while_running
    assert ends == {SequenceEnd.COMPLETE: len(CUSTOMERS)}
    assert [entry for entry in logged if entry["event"].startswith("not known")] == []
    assert sorted(runs_by_customer(world).values()) == [DAYS] * len(CUSTOMERS)


async def result(client: Client, customer: str) -> SequenceProgress:
    """Of a sequence that is over."""
    handle = client.get_workflow_handle(sequence_id(customer), result_type=SequenceProgress)
    return await asyncio.wait_for(handle.result(), WITHIN)


def runs_by_customer(world: LiveWorld) -> Counter[str]:
    """How many runs each customer has had; two for the same days count twice."""
    runs = [description.execution for description in world.engines[CLUSTER].descriptions.values()]
    return Counter(world.services.recogniser.customer_of(run) for run in runs)

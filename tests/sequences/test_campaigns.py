"""Several campaigns on a real Temporal server: the sequences are there, and the windows are played by the team."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from temporalio.client import Client

from bot.adapters.temporal import TemporalControl, TemporalQueue
from bot.commands import Cancel, Plan, Run, Status
from bot.commands.campaign import Campaign, CampaignAction
from bot.commands.queries import Digest as DigestCommand
from bot.fleet.planning.plan import Plan as PlanResult
from bot.fleet.proposals.proposal import Instruct
from bot.fleet.runs.open_work import AlsoRuns
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.digest import Digest
from bot.model import State, Window
from bot.sequences.worker import connected_workers
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.digest import digest
from bot.usecases.plan import plan
from bot.usecases.status import status
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.services import config
from tests.fleet.sizes import evenly
from tests.sequences.real_sequences import RealSequences
from tests.sequences.team import CLUSTER, LiveWorld, Team
from tests.usecases.campaigns.two import confirmed, proposed

JAN, MARCH = "default", "march"
JAN_DAYS = Window(date(2026, 1, 1), date(2026, 1, 11))
MARCH_DAYS = Window(date(2026, 3, 1), date(2026, 3, 11))
ALL_DAYS = Window(date(2026, 1, 1), date(2026, 6, 1))
OTHER = "chat-prod"
WITHIN = 120


@dataclass
class Scene:
    """Two campaigns of ten days over one customer, whose windows have five days."""

    client: Client
    world: LiveWorld
    team: Team
    customer: str

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        async with connected_workers(self.client, CLUSTER, self.world.services):
            yield

    async def status(self, campaign: str) -> CustomerStatus:
        command, services = await in_its_campaign(
            Status(target=self.customer, campaign=campaign), self.world.services
        )
        answer = await status(command, services)
        assert isinstance(answer, CustomerStatus)
        return answer

    async def standing(self, campaign: str) -> Backfill:
        found = (await self.status(campaign)).standing
        assert isinstance(found, Backfill)
        return found

    async def plan(self, campaign: str) -> PlanResult:
        command, services = await in_its_campaign(Plan(target=self.customer, campaign=campaign), self.world.services)
        found = await plan(command, services)
        assert isinstance(found, PlanResult)
        return found

    async def digest(self, campaign: str) -> Digest:
        command, services = await in_its_campaign(DigestCommand(campaign=campaign), self.world.services)
        return await digest(command, services)

    async def run(self, campaign: str) -> None:
        """Confirms a run, and waits for its first window."""
        await confirmed(self.world, Run(target=self.customer, campaign=campaign, days=5))
        await eventually(lambda: self.standing(campaign), _runs_a_window, within=WITHIN)

    async def until(self, campaign: str, state: State) -> Backfill:
        return await eventually(lambda: self.standing(campaign), lambda known: known.state is state, within=WITHIN)


def _runs_a_window(known: Backfill) -> bool:
    progress = known.sequence.progress if known.sequence else None
    return progress is not None and bool(progress.running)


@pytest.fixture
async def scene(client: Client, server: TemporalServer) -> AsyncIterator[Scene]:
    queue = f"bot-{uuid.uuid4().hex[:8]}"
    customer = f"hilton-{queue}"
    world = LiveWorld(
        config(
            {CLUSTER: (customer,), OTHER: ("verizon",)},
            campaign={"start": str(JAN_DAYS.start), "end": str(JAN_DAYS.end)},
            campaigns=[{"name": MARCH, "start": str(MARCH_DAYS.start), "end": str(MARCH_DAYS.end)}],
            watch={"every": "0.1s"},
            control={"task_queue": queue, "windows_at_once": 10},
        )
    )
    control = RealSequences(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    control.real = TemporalControl(temporal_at(server.address), queue)
    world.controls[CLUSTER] = control
    world.queues[CLUSTER] = TemporalQueue(temporal_at(server.address), queue)
    for cluster in (CLUSTER, OTHER):
        world.warehouses[cluster].volume = {name: evenly(82_353, ALL_DAYS) for name in (customer, "verizon")}
        world.engines[cluster].workers["backfill"] = 1
    team = Team(world)
    working = asyncio.create_task(team.work())
    yield Scene(client, world, team, customer)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_two_campaigns_run_a_customer_at_once_and_each_is_right_about_its_own(scene: Scene) -> None:
    scene.team.holding = True
    async with scene.bot():
        await scene.run(JAN)
        await scene.run(MARCH)
        both = [await scene.standing(name) for name in (JAN, MARCH)]
        plans = [await scene.plan(name) for name in (JAN, MARCH)]
        digests = [await scene.digest(name) for name in (JAN, MARCH)]
        scene.team.holding = False
        ended = [await scene.until(name, State.COMPLETE) for name in (JAN, MARCH)]
        after = [await scene.digest(name) for name in (JAN, MARCH)]

    assert [each.state for each in both] == [State.RUNNING, State.RUNNING]
    assert [each.whole for each in plans] == [JAN_DAYS, MARCH_DAYS]
    assert [(each.range, each.complete) for each in digests] == [(JAN_DAYS, 0), (MARCH_DAYS, 0)]
    assert [each.whole for each in ended] == [JAN_DAYS, MARCH_DAYS]
    assert [each.complete for each in after] == [1, 1]
    assert len(scene.team.completed_days()) == JAN_DAYS.days + MARCH_DAYS.days


async def test_a_cancel_in_one_campaign_leaves_the_other_running(scene: Scene) -> None:
    scene.team.holding = True
    async with scene.bot():
        await scene.run(JAN)
        await scene.run(MARCH)
        proposal = await proposed(scene.world, Cancel(target=scene.customer))
        await confirmed(scene.world, Cancel(target=scene.customer, campaign=MARCH))
        cancelled = await eventually(
            lambda: scene.standing(MARCH), lambda known: known.sequence is None, within=WITHIN
        )
        scene.team.holding = False
        complete = await scene.until(JAN, State.COMPLETE)

    assert [act.standing.campaign for act in proposal.acts if isinstance(act, Instruct)] == [JAN, MARCH]
    assert cancelled.state is State.CANCELLED
    assert complete.whole == JAN_DAYS


async def test_a_campaign_is_extended_by_a_week_in_mid_run(scene: Scene) -> None:
    days, longer = Window(date(2026, 4, 1), date(2026, 4, 6)), Window(date(2026, 4, 1), date(2026, 4, 13))
    scene.team.holding = True
    async with scene.bot():
        await confirmed(scene.world, Campaign(target="april", action=CampaignAction.OPEN, range=days))
        await scene.run("april")
        await confirmed(scene.world, Campaign(target="april", action=CampaignAction.EXTEND, end=longer.end))
        during, planned = await scene.standing("april"), await scene.plan("april")
        scene.team.holding = False
        left = await scene.until("april", State.PARTIAL)
        of_digest = await scene.digest("april")
        await confirmed(scene.world, Run(target=scene.customer, campaign="april", days=7))
        await scene.until("april", State.COMPLETE)

    week = Window(days.end, longer.end)
    assert (during.state, during.whole) == (State.RUNNING, longer)
    assert [each.window for each in planned.to_run if each.window.start >= week.start]
    assert left.missing == (week,)
    assert (of_digest.range, of_digest.complete) == (longer, 0)
    assert scene.team.completed_days() == [Window.of_days(each, 1) for each in longer.each_day()]


async def test_a_customer_that_moves_to_another_cluster_is_found_where_it_runs(scene: Scene) -> None:
    scene.team.holding = True
    async with scene.bot():
        await scene.run(MARCH)
        clusters = scene.world.config.clusters
        moved = {
            CLUSTER: clusters[CLUSTER].model_copy(update={"customers": ()}),
            OTHER: clusters[OTHER].model_copy(update={"customers": ("verizon", scene.customer)}),
        }
        scene.world.config = scene.world.config.model_copy(update={"clusters": moved})
        shown, planned, counted = (
            await scene.status(MARCH),
            await scene.plan(MARCH),
            await scene.digest(MARCH),
        )
        proposal = await proposed(scene.world, Cancel(target=scene.customer, campaign=MARCH))
        await confirmed(scene.world, Cancel(target=scene.customer, campaign=MARCH))
        scene.team.holding = False

        async def listed() -> int:
            return len([s for s in await scene.world.controls[CLUSTER].sequences() if s.customer == scene.customer])

        await eventually(listed, lambda number: number == 0, within=WITHIN)

    assert shown.cluster == OTHER
    assert [note.work.target.cluster for note in shown.notes if isinstance(note, AlsoRuns)] == [CLUSTER]
    assert (planned.target.cluster, planned.whole) == (OTHER, MARCH_DAYS)
    assert (counted.total, counted.complete) == (2, 0)
    assert proposal.target.cluster == CLUSTER
    assert [act.standing.campaign for act in proposal.acts if isinstance(act, Instruct)] == [MARCH]

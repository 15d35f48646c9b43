"""The queue of a cluster on a Temporal server: real sequences, whose windows are played by the team."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from temporalio.client import Client

from bot.adapters.temporal import TemporalControl, TemporalQueue
from bot.adapters.temporal.names import sequence_id
from bot.model import ExecutionStatus, SequenceEnd, SequenceProgress, SequenceStanding
from bot.model.queue import (
    Batch,
    Enqueue,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueSignal,
    QueueState,
    queue_id,
)
from bot.sequences.worker import connected_workers
from bot.usecases.board import board_of_fleet
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.services import config
from tests.fleet.builders import CAMPAIGN
from tests.sequences.real_sequences import RealSequences
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER, LiveWorld, Team

CUSTOMERS = tuple(f"customer-{number}" for number in range(6))
BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN, days=20)
WITHIN = 120


@dataclass
class Campaign:
    """A world with the team at work, and a queue for at most two windows at once."""

    client: Client
    world: LiveWorld
    team: Team

    @property
    def queue(self) -> TemporalQueue:
        queue = self.world.queues[CLUSTER]
        assert isinstance(queue, TemporalQueue)
        return queue

    @property
    def queue_id(self) -> str:
        return queue_id(self.world.config.control.task_queue)

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        async with connected_workers(self.client, CLUSTER, self.world.services):
            yield

    async def enqueue(self, *customers: str) -> None:
        queued = tuple(QueuedCustomer(name, number, BATCH.id) for number, name in enumerate(customers))
        await self.queue.enqueue(Enqueue(BATCH, queued, QueueOrder.SMALLEST))

    async def begin(self, customer: str, days: int = 4) -> None:
        """The sequence of a single command, with windows of a day."""
        spec = replace(Stage(self.client, self.world, self.team).spec(days, size=1), customer=customer)
        await self.world.controls[CLUSTER].begin(spec)

    async def end(self, customer: str) -> SequenceProgress:
        """Once the customer's sequence is over."""

        async def latest() -> SequenceStanding | None:
            return await self.world.controls[CLUSTER].sequence(customer)

        await eventually(latest, lambda standing: standing is not None, within=WITHIN)
        handle = self.client.get_workflow_handle(sequence_id(customer), result_type=SequenceProgress)
        return await asyncio.wait_for(handle.result(), WITHIN)

    async def state(self) -> QueueState:
        """As the queue answers; an empty one when none is open."""
        standing = await self.queue.standing()
        return standing.state if standing else QueueState()

    async def windows_run_of(self, *customers: str) -> None:
        """Once each of them has heard of its slot and started a window."""

        async def started() -> set[str]:
            return set(self.runs())

        await eventually(started, lambda known: known.issuperset(customers))

    def runs(self) -> Counter[str]:
        """How many runs each customer has had."""
        known = self.world.engines[CLUSTER].descriptions.values()
        recogniser = self.world.services.recogniser
        return Counter(recogniser.customer_of(description.execution) for description in known)


@pytest.fixture
async def campaign(client: Client, server: TemporalServer) -> AsyncIterator[Campaign]:
    queue = f"bot-{uuid.uuid4().hex[:8]}"
    names = {name: f"{name}-{queue}" for name in CUSTOMERS}
    settings: dict[str, Any] = {"task_queue": queue, "windows_at_once": 2}
    world = LiveWorld(config({CLUSTER: tuple(names.values())}, watch={"every": "0.1s"}, control=settings))
    control = RealSequences(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    control.real = TemporalControl(temporal_at(server.address), queue)
    world.controls[CLUSTER] = control
    world.queues[CLUSTER] = TemporalQueue(temporal_at(server.address), queue)
    for name in names.values():
        world.warehouses[CLUSTER].volume[name] = dict.fromkeys(day(1, 51).each_day(), 7)
    world.engines[CLUSTER].workers["backfill"] = 1
    team = Team(world)
    working = asyncio.create_task(team.work())
    yield Campaign(client, world, team)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


def customers(campaign: Campaign) -> tuple[str, ...]:
    return campaign.world.config.clusters[CLUSTER].customers


async def test_a_campaign_runs_to_its_end_and_never_more_windows_than_allowed(campaign: Campaign) -> None:
    async with campaign.bot():
        await campaign.enqueue(*customers(campaign))
        ends = [(await campaign.end(name)).end for name in customers(campaign)]

    assert ends == [SequenceEnd.COMPLETE] * len(CUSTOMERS)
    assert campaign.runs() == dict.fromkeys(customers(campaign), 3)
    assert campaign.team.at_once() <= 2


async def test_single_commands_are_bounded_too_and_the_queue_ends_with_the_last_of_them(campaign: Campaign) -> None:
    async with campaign.bot():
        for name in customers(campaign):
            await campaign.begin(name)
        ends = [(await campaign.end(name)).end for name in customers(campaign)]
        empty = await eventually(campaign.state, lambda state: not state.members)

    assert ends == [SequenceEnd.COMPLETE] * len(CUSTOMERS)
    assert campaign.team.at_once() <= 2
    assert empty.starting == ()


async def test_a_sequence_that_waits_for_a_slot_says_so(campaign: Campaign) -> None:
    campaign.team.holding = True
    first, second, third, *_ = customers(campaign)
    control = campaign.world.controls[CLUSTER]
    async with AsyncExitStack() as bot:
        await bot.enter_async_context(campaign.bot())
        for name in (first, second):
            await campaign.begin(name)
        await eventually(campaign.state, lambda state: sum(len(member.granted) for member in state.members) == 2)
        await campaign.begin(third)

        async def waits() -> bool:
            standing = await control.sequence(third)
            return bool(standing and standing.progress and standing.progress.waits_for_slot)

        assert await eventually(waits, bool)
        campaign.team.holding = False
        assert (await campaign.end(third)).waits_for_slot is False


async def test_a_cancel_in_temporal_that_comes_with_a_slot_begins_no_window(campaign: Campaign) -> None:
    campaign.team.holding = True
    first, second, third, *_ = customers(campaign)
    sequence = campaign.client.get_workflow_handle(sequence_id(third))
    async with campaign.bot():
        for name in (first, second):
            await campaign.begin(name)
        await eventually(campaign.state, lambda state: sum(len(each.granted) for each in state.members) == 2)
        await campaign.begin(third)
        await eventually(campaign.state, lambda state: len(state.members) == 3)
    await sequence.signal(QueueSignal.GRANTED, 1)
    await sequence.cancel()
    async with campaign.bot():
        end = await campaign.end(third)
        campaign.team.holding = False
        for name in (first, second):
            await campaign.end(name)

    assert end.end is SequenceEnd.CANCELLED
    assert campaign.runs()[third] == 0


async def test_a_queue_that_somebody_terminates_comes_back_and_counts_what_runs(campaign: Campaign) -> None:
    campaign.team.holding = True
    first, second, third, *_ = customers(campaign)
    async with campaign.bot():
        for name in (first, second):
            await campaign.begin(name)
        # A slot whose message the terminated queue has not sent yet would be asked for, and given, again.
        await campaign.windows_run_of(first, second)
        await campaign.client.get_workflow_handle(campaign.queue_id).terminate("by mistake")
        await campaign.begin(third)
        known = await eventually(campaign.state, lambda state: len(state.members) == 3)
        campaign.team.holding = False
        ends = [(await campaign.end(name)).end for name in (first, second, third)]

    assert sum(len(member.granted) for member in known.members) == 2
    assert ends == [SequenceEnd.COMPLETE] * 3
    assert campaign.team.at_once() <= 2


async def test_the_slots_of_a_terminated_sequence_are_free_again(campaign: Campaign) -> None:
    campaign.team.holding = True
    first, second, third, *_ = customers(campaign)
    async with campaign.bot():
        for name in (first, second):
            await campaign.begin(name)
        await eventually(campaign.state, lambda state: sum(len(member.granted) for member in state.members) == 2)
        await campaign.begin(third)
        await eventually(campaign.state, lambda state: len(state.members) == 3)
        await campaign.client.get_workflow_handle(sequence_id(first)).terminate("by force")
        campaign.team.holding = False
        end = await campaign.end(third)

    assert end.end is SequenceEnd.COMPLETE


async def test_runs_of_the_team_take_slots_of_a_campaign_and_none_is_stopped(campaign: Campaign) -> None:
    campaign.team.holding = True
    own = [campaign.team.add(f"backfill-other-{number}-2026-01-01-2026-02-21") for number in range(2)]
    async with campaign.bot():
        await campaign.enqueue(customers(campaign)[0])

        async def standing() -> int:
            known = await campaign.queue.standing()
            return known.survey.other_runs if known and known.survey else 0

        await eventually(standing, lambda number: number == 2)
        queued = await campaign.state()
        campaign.team.close(own[0], ExecutionStatus.COMPLETED)
        campaign.team.holding = False
        end = await campaign.end(customers(campaign)[0])

    assert [customer.customer for customer in queued.queued] == [customers(campaign)[0]]
    assert end.end is SequenceEnd.COMPLETE


async def test_a_board_has_the_places_of_the_customers_that_wait(campaign: Campaign) -> None:
    campaign.team.holding = True
    async with campaign.bot():
        await campaign.enqueue(*customers(campaign))
        full = await eventually(campaign.state, lambda state: len(state.members) == 2 and not state.starting)
        board = await board_of_fleet(campaign.world.services)
        campaign.team.holding = False
        for name in customers(campaign):
            await campaign.end(name)
        after = await board_of_fleet(campaign.world.services)

    waiting = [queued.customer for queued in full.queued]
    assert [(b.customer, b.place.place) for b in board.open if b.place] == list(zip(waiting, count(1), strict=False))
    assert len(waiting) == len(CUSTOMERS) - 2
    assert after.open == ()


async def test_a_campaign_goes_on_with_another_bot_and_starts_nothing_twice(campaign: Campaign) -> None:
    async with campaign.bot():
        await campaign.enqueue(*customers(campaign))
        await eventually(campaign.state, lambda state: len(state.queued) < len(CUSTOMERS))
    async with campaign.bot():
        for name in customers(campaign):
            await campaign.end(name)

    assert campaign.runs() == dict.fromkeys(customers(campaign), 3)
    assert campaign.team.at_once() <= 2


async def test_a_customer_whose_turn_came_while_nobody_works_is_not_begun_after_a_cancel(campaign: Campaign) -> None:
    workers = campaign.world.engines[CLUSTER].workers
    workers["backfill"] = 0
    first, second, *_ = customers(campaign)
    async with campaign.bot():
        await campaign.enqueue(first)
        await eventually(campaign.state, lambda state: bool(state.starting))
        await campaign.queue.change(QueueInstruction(QueueChange.CLEAR, "U0OLIVIA"))
        await eventually(campaign.state, lambda state: not state.starting)
        workers["backfill"] = 1
        await campaign.enqueue(second)
        end = await campaign.end(second)

    assert end.end is SequenceEnd.COMPLETE
    assert set(campaign.runs()) == {second}


async def test_a_cleared_queue_starts_nobody_and_what_runs_goes_on(campaign: Campaign) -> None:
    campaign.team.holding = True
    async with campaign.bot():
        await campaign.enqueue(*customers(campaign))
        await eventually(campaign.state, lambda state: sum(len(member.granted) for member in state.members) == 2)
        await campaign.queue.change(QueueInstruction(QueueChange.CLEAR, "U0OLIVIA"))
        await eventually(campaign.state, lambda state: not state.queued)
        campaign.team.holding = False
        ends = [(await campaign.end(name)).end for name in customers(campaign)[:2]]
        await eventually(campaign.state, lambda state: not state.members)

    assert ends == [SequenceEnd.COMPLETE] * 2
    assert set(campaign.runs()) == set(customers(campaign)[:2])

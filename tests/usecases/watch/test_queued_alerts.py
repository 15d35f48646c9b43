"""Alerts of customers that wait in the queue of their cluster: quiet while they wait, and calling again later."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Conflict, Unavailable
from bot.model import AlertReason, Episode, JournalEntry
from bot.model.queue import Batch, Enqueue, QueueChange, QueuedCustomer, QueueInstruction, QueueOrder, QueueStanding
from bot.usecases.watch.queued_alerts import SILENT_FOR, note_queued_alerts
from bot.usecases.watch.state import WatchState
from tests.fakes.episodes import episode
from tests.fakes.queue import FakeQueue
from tests.fakes.services import NOW, FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.usecases.watch.passes import new_state

CLUSTER = "voice-prod"
ENQUEUE = Enqueue(
    Batch("b1", "U1", "campaign", "missing", CAMPAIGN), (QueuedCustomer("hilton", 5, "b1"),), QueueOrder.SMALLEST
)


class CountingQueue(FakeQueue):
    """Counts how often it is asked."""

    asked = 0

    async def standing(self) -> QueueStanding | None:
        self.asked += 1
        return await super().standing()


@pytest.fixture
def queue() -> CountingQueue:
    return CountingQueue()


@pytest.fixture
def world(queue: CountingQueue) -> FakeWorld:
    world = FakeWorld()
    world.queues[CLUSTER] = queue
    return world


async def know(world: FakeWorld, **facts: Any) -> None:
    alert = episode(**{"alert_reason": AlertReason.FAILED, "revision": 0, **facts})
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)


async def look(world: FakeWorld, state: WatchState | None = None) -> Episode:
    await note_queued_alerts(state or new_state(CLUSTER), world.services)
    (alert,) = await world.journal.open_episodes()
    return alert


async def test_an_alert_whose_customer_is_queued_waits_until_the_customer_is_taken_out(
    world: FakeWorld, queue: CountingQueue
) -> None:
    await know(world)
    before = await look(world)
    await queue.enqueue(ENQUEUE)
    queued = await look(world)
    await queue.change(QueueInstruction(QueueChange.REMOVE, "U2", ("hilton",)))

    assert [before.is_queued, queued.is_queued, (await look(world)).is_queued] == [False, True, False]


async def test_looking_again_records_nothing_and_asks_the_queue_once(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world)
    await queue.enqueue(ENQUEUE)
    first = await look(world)

    assert await look(world) == first
    assert queue.asked == 2


async def test_without_such_an_alert_the_queue_is_not_asked(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world, alert_reason=AlertReason.HEARTBEAT_TIMEOUT)

    assert not (await look(world)).is_queued
    assert queue.asked == 0


async def test_while_the_queue_does_not_answer_for_a_moment_a_quiet_alert_stays_quiet(
    world: FakeWorld, queue: CountingQueue
) -> None:
    await know(world)
    await queue.enqueue(ENQUEUE)
    state = new_state(CLUSTER)
    before = await look(world, state)
    silences = list[bool]()
    for _ in range(2):
        queue.away = Unavailable(CLUSTER, "no worker")
        silences.append(await look(world, state) == before)
        world.now += SILENT_FOR - timedelta(seconds=1)
        silences.append(await look(world, state) == before)
        queue.away = None
        await look(world, state)

    assert silences == [True] * 4


async def fallen_silent(world: FakeWorld, queue: CountingQueue) -> WatchState:
    """The state after a look at a queue that has answered before, and does not answer now."""
    await know(world)
    await queue.enqueue(ENQUEUE)
    state = new_state(CLUSTER)
    await look(world, state)
    queue.away = Unavailable(CLUSTER, "no worker")
    await look(world, state)
    return state


async def test_a_queue_that_does_not_answer_for_long_keeps_no_alert_quiet(
    world: FakeWorld, queue: CountingQueue
) -> None:
    state = await fallen_silent(world, queue)
    world.now += SILENT_FOR

    assert not (await look(world, state)).is_queued


async def test_the_time_in_which_the_cluster_itself_was_silent_does_not_count(
    world: FakeWorld, queue: CountingQueue
) -> None:
    state = await fallen_silent(world, queue)
    state.is_silent = True
    await look(world, state)
    world.now += SILENT_FOR
    state.is_silent = False

    assert (await look(world, state)).is_queued


async def test_a_queue_that_does_not_answer_makes_no_alert_quiet(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world)
    await queue.enqueue(ENQUEUE)
    queue.away = Unavailable(CLUSTER, "no worker")

    assert not (await look(world)).is_queued


async def test_nor_does_it_keep_one_quiet_whose_run_was_retried(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world, is_queued=True, alert_reason=AlertReason.HEARTBEAT_TIMEOUT)
    queue.away = Unavailable(CLUSTER, "no worker")

    assert not (await look(world)).is_queued


async def test_a_cluster_that_does_not_answer_changes_nothing(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world, is_queued=True)
    state = new_state(CLUSTER)
    state.is_silent = True

    assert (await look(world, state)).is_queued
    assert queue.asked == 0


async def test_an_alert_whose_run_was_retried_is_no_longer_taken_for_queued(
    world: FakeWorld, queue: CountingQueue
) -> None:
    await know(world, is_queued=True, alert_reason=AlertReason.HEARTBEAT_TIMEOUT)
    await queue.enqueue(ENQUEUE)

    assert not (await look(world)).is_queued


async def test_an_alert_that_somebody_changes_meanwhile_is_looked_at_next_time(
    world: FakeWorld, queue: CountingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await know(world)
    await queue.enqueue(ENQUEUE)

    async def overtaken(*_: object) -> None:
        raise Conflict("the store", "changed meanwhile")

    with monkeypatch.context() as patched:
        patched.setattr(world.journal, "record", overtaken)
        assert not (await look(world)).is_queued
    assert (await look(world)).is_queued


async def test_what_was_recorded_is_posted_at_once(world: FakeWorld, queue: CountingQueue) -> None:
    await know(world)
    await queue.enqueue(ENQUEUE)
    calls: list[str] = []
    state = replace(new_state(CLUSTER), on_messages=lambda: calls.append("posted"))

    await look(world, state)

    assert calls == ["posted"]

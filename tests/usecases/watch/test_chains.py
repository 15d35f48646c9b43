"""Watching a chain: the alert follows from a closed link to the one after it, in the same pass."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.commands import Ack
from bot.fleet.notifications import notification
from bot.model import (
    Actor,
    AlertReason,
    Description,
    Ending,
    Episode,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Health,
)
from bot.model.execution import CHAIN_HINT, CRON_HINT
from bot.usecases.ack import ack
from tests.fakes.services import OPERATOR, TEAM, FakeWorld
from tests.usecases.watch.passes import watch
from tests.usecases.watch.test_watch import CLUSTER, FIRST_ATTEMPT, REF, RUNNING

TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
MINUTE = timedelta(minutes=1)
CONTINUED, FAILED, TERMINATED = (
    ExecutionStatus.CONTINUED_AS_NEW,
    ExecutionStatus.FAILED,
    ExecutionStatus.TERMINATED,
)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def link(number: int, started_at: datetime) -> Execution:
    ref = replace(REF, run_id=f"run-{number}")
    return replace(RUNNING, ref=ref, started_at=started_at, hints={CHAIN_HINT: "run-1"})


def run_link(world: FakeWorld, number: int, *, times_out: bool = False) -> None:
    """The link is open, with an activity that has timed out once or not at all."""
    activity = replace(FIRST_ATTEMPT, attempt=2, last_failure=TIMED_OUT) if times_out else FIRST_ATTEMPT
    known = world.engines[CLUSTER].descriptions.get(replace(REF, run_id=f"run-{number}"))
    execution = known.execution if known else link(number, RUNNING.started_at if number == 1 else world.now)
    world.engines[CLUSTER].put(Description(execution, (activity,), False, 1))


def close(world: FakeWorld, number: int, status: ExecutionStatus) -> None:
    engine = world.engines[CLUSTER]
    known = engine.descriptions[replace(REF, run_id=f"run-{number}")].execution
    engine.add(replace(known, status=status, closed_at=world.now))


async def only_episode(world: FakeWorld) -> Episode:
    (episode,) = world.journal.episodes.values()
    return episode


def roots(world: FakeWorld) -> list[str]:
    return [row.message.key for row in world.outbox.messages.values() if not row.message.thread_key]


async def test_a_logical_run_of_six_links_that_times_out_in_two_of_them_is_one_alert_in_one_thread(
    world: FakeWorld,
) -> None:
    state = None
    for number in range(1, 7):
        run_link(world, number, times_out=number in (2, 4))
        state = await watch(CLUSTER, world.services, state)
        world.now += MINUTE
        close(world, number, CONTINUED if number < 6 else ExecutionStatus.COMPLETED)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert episode.ending is Ending.COMPLETED
    assert [root for root in roots(world) if not root.startswith("complete:")] == [episode.root_key]
    lines = [notification.parse(row.message.body) for row in world.outbox.messages.values()]
    shown = [line for line in lines if isinstance(line, notification.AttemptsLine)]
    assert [(line.last, line.failure) for line in shown] == [(1, TIMED_OUT), (1, TIMED_OUT)]


@pytest.mark.parametrize("status", [CONTINUED, FAILED, TERMINATED])
async def test_the_link_after_a_closed_one_is_described_before_it_is_listed(
    world: FakeWorld, status: ExecutionStatus
) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    world.now += MINUTE
    close(world, 1, status)
    run_link(world, 2)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert episode.is_open
    assert episode.ref.run_id == "run-2"
    assert replace(REF, run_id="run-2") in state.queue
    assert REF not in state.queue


async def test_a_chain_that_timed_out_struggles_until_it_ends_as_one_run_does(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    world.now += MINUTE
    close(world, 1, CONTINUED)
    run_link(world, 2)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert (episode.health, episode.attempt) == (Health.STRUGGLING, 1)
    assert episode.started_at == RUNNING.started_at


async def test_the_alert_of_a_failed_run_that_nothing_follows_goes_on_about_the_failure(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    close(world, 1, FAILED)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert (episode.ending, episode.alert_reason) == (None, AlertReason.FAILED)


async def test_a_new_run_of_the_same_workflow_id_does_not_take_the_alert_over(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    close(world, 1, FAILED)
    other = replace(link(9, world.now + MINUTE), hints={CHAIN_HINT: "run-9"})
    world.engines[CLUSTER].add(other)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert (episode.ref, episode.ending) == (REF, Ending.FAILED)


async def test_while_it_is_not_known_what_follows_the_alert_stays_as_it_is(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    close(world, 1, CONTINUED)
    world.engines[CLUSTER].undescribed = {replace(REF, run_id="")}
    await watch(CLUSTER, world.services, state)
    silent = await only_episode(world)
    run_link(world, 2)
    world.engines[CLUSTER].undescribed = set()
    world.now += MINUTE
    await watch(CLUSTER, world.services, state)

    assert (silent.is_open, silent.ref) == (True, REF)
    assert (await only_episode(world)).ref.run_id == "run-2"


async def test_an_alert_goes_on_from_a_link_that_temporal_has_removed(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    del world.engines[CLUSTER].descriptions[REF]
    run_link(world, 2)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert (episode.is_open, episode.ref.run_id) == (True, "run-2")


async def test_an_ack_is_kept_and_nobody_is_reminded_by_the_next_link(world: FakeWorld) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    await ack(Ack(target="hilton"), Actor(OPERATOR, TEAM, "C1"), world.services)
    close(world, 1, CONTINUED)
    run_link(world, 2, times_out=True)
    world.now += timedelta(hours=9)
    await watch(CLUSTER, world.services, state)

    episode = await only_episode(world)
    assert (episode.acked_by, episode.reminders, episode.ref.run_id) == (OPERATOR, 0, "run-2")


async def test_an_alert_that_opens_late_in_a_chain_tells_when_the_chain_began(world: FakeWorld) -> None:
    run_link(world, 1)
    state = await watch(CLUSTER, world.services)
    close(world, 1, CONTINUED)
    world.now += MINUTE
    run_link(world, 2, times_out=True)
    await watch(CLUSTER, world.services, state)

    assert (await only_episode(world)).started_at == RUNNING.started_at


async def test_the_next_firing_of_a_cron_schedule_has_an_alert_of_its_own_that_is_acknowledged_already(
    world: FakeWorld,
) -> None:
    run_link(world, 1, times_out=True)
    state = await watch(CLUSTER, world.services)
    await ack(Ack(target="hilton"), Actor(OPERATOR, TEAM, "C1"), world.services)
    close(world, 1, FAILED)
    world.now += MINUTE
    hints = {CHAIN_HINT: "run-2", CRON_HINT: "run-1"}
    activity = replace(FIRST_ATTEMPT, attempt=2, last_failure=TIMED_OUT)
    world.engines[CLUSTER].put(Description(replace(link(2, world.now), hints=hints), (activity,), False, 1))
    await watch(CLUSTER, world.services, state)

    first, second = sorted(world.journal.episodes.values(), key=lambda episode: episode.opened_at)
    assert (first.ending, first.ref.run_id) == (Ending.FAILED, "run-1")
    assert (second.is_open, second.ref.run_id, second.acked_by) == (True, "run-2", OPERATOR)

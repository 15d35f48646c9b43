"""A window that hears its cancel, continues as new and returns: the request counts for the whole chain."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Unavailable
from bot.fleet.runs.close_facts import waits
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus, FollowedRun
from bot.model.execution import CHAIN_HINT
from bot.usecases.drive.follow import follow
from bot.usecases.observe.claims import MOST_ASKED, doubt_about
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import description
from tests.usecases.drive.test_follow import CLUSTER, REF, run

S = ExecutionStatus
CANCELLED = Doubt(DoubtReason.CANCEL_REQUESTED)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(config({CLUSTER: ("hilton",)}, watch={"every": "0.01s"}))


def link(number: int, status: ExecutionStatus = S.CONTINUED_AS_NEW) -> Execution:
    known = run(status, replace(REF, run_id=f"r{number}"), hours=number - 1)
    return replace(known, hints={CHAIN_HINT: "r1"})


def chain(world: FakeWorld, cancelled: int, count: int) -> None:
    """A chain of links that Temporal has; one of them was asked to cancel, and the last one has completed."""
    for number in range(1, count + 1):
        of = link(number, S.COMPLETED if number == count else S.CONTINUED_AS_NEW)
        world.engines[CLUSTER].put(description(of=of, cancel_requested=number == cancelled))


async def followed(world: FakeWorld, limit: int | None = None) -> FollowedRun:
    return await follow(REF, limit, world.services, lambda _: None)


@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize(("cancelled", "count"), [(1, 2), (1, 4), (2, 4), (3, 4)])
async def test_the_request_counts_though_the_run_history_has_no_link_yet(
    world: FakeWorld, cancelled: int, count: int, limit: int | None
) -> None:
    chain(world, cancelled, count)
    end = await followed(world, limit)

    assert (end.ref.run_id, end.status, end.doubt) == (f"r{count}", S.COMPLETED, CANCELLED)


async def test_a_chain_that_nobody_asked_to_cancel_is_complete(world: FakeWorld) -> None:
    chain(world, cancelled=0, count=3)

    assert (await followed(world)).is_complete


async def test_a_window_is_followed_on_while_the_store_does_not_tell_about_its_chain(world: FakeWorld) -> None:
    chain(world, cancelled=0, count=2)
    world.ledger.away = Unavailable("store", "locked")
    beats = list[timedelta]()

    def beat(longest: timedelta) -> None:
        beats.append(longest)
        if len(beats) == 4:
            world.ledger.away = None

    end = await asyncio.wait_for(follow(REF, None, world.services, beat), 10)

    assert (end.is_complete, len(beats)) == (True, 4)


async def test_and_while_it_is_not_known_how_a_link_ended(world: FakeWorld) -> None:
    chain(world, cancelled=2, count=3)
    world.engines[CLUSTER].undescribed = {link(2).ref}
    beats = list[timedelta]()

    def beat(longest: timedelta) -> None:
        beats.append(longest)
        if len(beats) == 3:
            world.engines[CLUSTER].undescribed = set()

    assert (await follow(REF, None, world.services, beat)).doubt == CANCELLED


async def test_a_silent_store_is_no_proof_that_nobody_asked(world: FakeWorld) -> None:
    world.ledger.away = Unavailable("store", "locked")

    with pytest.raises(Unavailable):
        await doubt_about(link(2, S.COMPLETED), world.services)


@pytest.mark.parametrize("is_recorded", [True, False])
async def test_temporal_is_asked_about_a_link_that_the_run_history_does_not_know_well(
    world: FakeWorld, is_recorded: bool
) -> None:
    chain(world, cancelled=1, count=2)
    if is_recorded:
        await world.ledger.keep([replace(link(1), hints={**link(1).hints, **waits()})])

    assert await doubt_about(link(2, S.COMPLETED), world.services) == CANCELLED


async def test_temporal_is_not_asked_about_more_links_than_a_heartbeat_has_time_for(world: FakeWorld) -> None:
    count = MOST_ASKED + 2
    chain(world, cancelled=0, count=count)
    await world.ledger.keep([replace(each, hints={**each.hints, **waits()}) for each in map(link, range(1, count))])

    with pytest.raises(Unavailable):
        await doubt_about(link(count, S.COMPLETED), world.services)

    assert world.engines[CLUSTER].described == []

"""A bot whose clock is wrong over fakes: what a run tells is compared with the time where it runs."""

from datetime import timedelta

import pytest

from bot.commands import Run, Status, Struggling
from bot.fleet.proposal import BeginSequence
from bot.fleet.status import CustomerStatus, FleetStatus
from bot.model import ActivityState, Health
from bot.usecases.carry_out import carry_out
from bot.usecases.observe import observe_open
from bot.usecases.propose import run
from bot.usecases.status import status
from bot.usecases.struggling import struggling
from bot.usecases.watch import Rounds, watch
from tests.fakes.services import FakeWorld
from tests.fleet.builders import NOW, activity, window
from tests.usecases.steered import OLIVIA, VOICE, fleet, runs

SKEWS = [timedelta(seconds=95), timedelta(minutes=10), timedelta(hours=2)]
BOTH_WAYS = pytest.mark.parametrize("ahead", [skew * sign for skew in SKEWS for sign in (1, -1)], ids=str)


def wrong(ahead: timedelta) -> FakeWorld:
    """Everything is as at NOW where it runs."""
    world = fleet()
    world.now = NOW + ahead
    for engine in world.engines.values():
        engine.is_ahead = ahead
    return world


@BOTH_WAYS
async def test_nothing_waits_or_has_stalled_because_of_the_bots_clock(ahead: timedelta) -> None:
    world = wrong(ahead)
    fresh = activity(state=ActivityState.SCHEDULED, scheduled_at=NOW - timedelta(minutes=2), started_at=None)
    late = activity(state=ActivityState.SCHEDULED, scheduled_at=NOW - timedelta(hours=1), started_at=None)
    runs(world, "fresh", window(1, 6), fresh)
    runs(world, "late", window(1, 6), late)
    view = await observe_open(VOICE, world.services)
    healths = {one.name: one.health.health for one in view.runs if one.health}

    assert view.at == NOW
    assert (healths["fresh"], healths["late"]) == (Health.HEALTHY, Health.WAITING)


@BOTH_WAYS
async def test_how_long_a_run_has_run_is_told_by_its_servers_clock(ahead: timedelta) -> None:
    told = await status(Status(target="vivint"), wrong(ahead).services)

    assert isinstance(told, CustomerStatus)
    assert told.at == NOW


async def test_ages_are_told_by_the_clock_of_each_cluster_where_they_differ() -> None:
    world = wrong(timedelta(hours=2))
    world.engines["chat-prod"].is_ahead = timedelta(0)
    fleet_told = await status(Status(), world.services)
    unwell = await struggling(Struggling(), world.services)

    assert isinstance(fleet_told, FleetStatus)
    assert fleet_told.board.at_of(VOICE) == NOW
    assert fleet_told.board.at_of("chat-prod") == world.now
    assert {unwell.at_of(one) for one in unwell.runs} == {NOW}


@BOTH_WAYS
async def test_the_next_look_is_due_when_a_heartbeat_can_have_timed_out(ahead: timedelta) -> None:
    world = wrong(ahead)
    rounds = await watch(VOICE, Rounds(), world.services)
    right = fleet()
    right.now = NOW
    as_right = await watch(VOICE, Rounds(), right.services)

    assert {ref: at - ahead for ref, at in rounds.due.items()} == as_right.due


@BOTH_WAYS
async def test_a_sequence_begins_by_the_clock_that_tells_when_runs_end(ahead: timedelta) -> None:
    world = wrong(ahead)
    proposal = await run(Run(target="sunbit"), world.services)
    await carry_out(run, Run(target="sunbit"), proposal.digest, "because", OLIVIA, world.services)

    assert isinstance(proposal.acts[0], BeginSequence)
    assert world.controls[VOICE].states["sunbit"].spec.started_at == NOW

"""A bot with a wrong clock: the times of a run are compared with the clock of its cluster."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.commands import Run, Status, Struggling
from bot.fleet.alerts.episodes import is_for
from bot.fleet.proposals.proposal import BeginSequence
from bot.fleet.status.answer import CustomerStatus, FleetStatus
from bot.model import (
    ActivityState,
    AuditOutcome,
    AuditRecord,
    Ending,
    ExecutionStatus,
    Health,
    JournalEntry,
    Ref,
    Subject,
)
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.propose import run
from bot.usecases.observe.observe import observe_open
from bot.usecases.status import status
from bot.usecases.struggling import struggling
from bot.usecases.watch.outdated_cards import mark_overtaken
from bot.usecases.watch.state import WatchState
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, NOW, activity, closed, window
from tests.fleet.sequences import spec
from tests.usecases.steered import OLIVIA, VOICE, fleet, runs
from tests.usecases.watch.passes import watch
from tests.wording import declines

SKEWS = [timedelta(seconds=95), timedelta(minutes=10), timedelta(hours=2)]
BOTH_WAYS = pytest.mark.parametrize("ahead", [skew * sign for skew in SKEWS for sign in (1, -1)], ids=str)


def wrong(ahead: timedelta) -> FakeWorld:
    """On the clusters the time is NOW; the bot's clock is wrong."""
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
    healths = {each.name: each.health.health for each in view.runs if each.health}

    assert view.at == NOW
    assert (healths["fresh"], healths["late"]) == (Health.HEALTHY, Health.WAITING)


@BOTH_WAYS
async def test_how_long_a_run_has_run_is_told_by_its_servers_clock(ahead: timedelta) -> None:
    shown = await status(Status(target="vivint"), wrong(ahead).services)

    assert isinstance(shown, CustomerStatus)
    assert shown.at == NOW


async def test_ages_are_told_by_the_clock_of_each_cluster_where_they_differ() -> None:
    world = wrong(timedelta(hours=2))
    world.engines["chat-prod"].is_ahead = timedelta(0)
    fleet_told = await status(Status(), world.services)
    unwell = await struggling(Struggling(), world.services)

    assert isinstance(fleet_told, FleetStatus)
    assert fleet_told.board.view_time(VOICE) == NOW
    assert fleet_told.board.view_time("chat-prod") == world.now
    assert {unwell.view_time(each) for each in unwell.runs} == {NOW}


@BOTH_WAYS
async def test_an_alert_is_of_before_or_after_a_sequence_by_the_clusters_clock(ahead: timedelta) -> None:
    world = wrong(ahead)
    await watch(VOICE, world.services)
    alert = next(each for each in world.journal.episodes.values() if each.ref.cluster == VOICE)
    begun = spec(alert.customer, VOICE, started_at=NOW + timedelta(minutes=1), clear=())

    assert alert.opened_at == NOW + ahead
    assert is_for(begun, alert)
    assert not is_for(replace(begun, started_at=NOW - timedelta(minutes=1)), alert)


@BOTH_WAYS
async def test_days_completed_since_a_card_are_seen_by_the_clusters_clock(ahead: timedelta) -> None:
    world = wrong(ahead)
    over = episode(revision=0, ending=Ending.FAILED, ended_at=NOW + ahead, opened_at=NOW - timedelta(hours=9))
    await world.journal.record(JournalEntry(episodes=(over,)), world.now)
    since = replace(closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN), closed_at=NOW - timedelta(minutes=1))
    await world.ledger.keep([since])
    await mark_overtaken(VOICE, world.services)
    before = world.journal.episodes[over.id].overtaken
    later = replace(since, ref=replace(since.ref, run_id="later"), closed_at=NOW + timedelta(minutes=1))
    await world.ledger.keep([later])
    await mark_overtaken(VOICE, world.services)
    after = world.journal.episodes[over.id].overtaken

    assert before is None
    assert after is not None


@BOTH_WAYS
async def test_the_next_look_is_due_when_a_heartbeat_can_have_timed_out(ahead: timedelta) -> None:
    world = wrong(ahead)
    rounds = await watch(VOICE, world.services)
    right = fleet()
    right.now = NOW
    as_right = await watch(VOICE, right.services)

    def due(state: WatchState) -> dict[Ref, datetime]:
        return {ref: coming.at for ref in state.queue.refs if (coming := state.queue.get(ref))}

    assert {ref: at - ahead for ref, at in due(rounds).items()} == due(as_right)


@BOTH_WAYS
async def test_a_sequence_begins_by_the_clock_that_tells_when_runs_end(ahead: timedelta) -> None:
    world = wrong(ahead)
    proposal = await run(Run(target="sunbit"), world.services)
    await confirm_proposal(run, Run(target="sunbit"), proposal.digest, "because", OLIVIA, world.services)

    assert isinstance(proposal.acts[0], BeginSequence)
    assert world.controls[VOICE].states["sunbit"].spec.started_at == NOW


@BOTH_WAYS
async def test_a_sequence_takes_over_the_alerts_before_it_and_no_later_one(ahead: timedelta) -> None:
    world = wrong(ahead)
    await watch(VOICE, world.services)
    (alert,) = await world.journal.open_episodes()
    proposal = await run(Run(target="sunbit"), world.services)
    await confirm_proposal(run, Run(target="sunbit"), proposal.digest, "because", OLIVIA, world.services)
    begun = world.controls[VOICE].states["sunbit"].spec
    before = replace(alert, ref=replace(alert.ref, workflow_id="of-sunbit"), customer="sunbit")

    assert is_for(begun, before)
    assert not is_for(begun, replace(before, opened_at=world.now + timedelta(seconds=1)))


@BOTH_WAYS
async def test_who_started_a_full_range_is_found_by_one_clock(ahead: timedelta) -> None:
    world = wrong(ahead)
    began = world.engines[VOICE].descriptions[runs(world, "vivint", CAMPAIGN, activity())].execution.started_at
    record = AuditRecord(began + ahead, OLIVIA.user_id, "run", Subject(VOICE, "vivint"), AuditOutcome.DONE)
    await world.journal.record(JournalEntry(audit=(record,)), world.now)

    with declines("started by Olivia"):
        await run(Run(target="vivint"), world.services)

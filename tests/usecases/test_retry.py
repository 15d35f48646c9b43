"""retry: missing windows in a new sequence, windows of an open one, and a whole cluster."""

from dataclasses import dataclass, replace

import pytest

from bot.commands import Retry, Selection
from bot.errors import Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.proposal import BeginSequence, Instruct
from bot.fleet.proposals.warnings import DoesNotApply, LeftOut, VolumesUnknown
from bot.fleet.refusals.declined import ActionBlocked, BlockedForAll
from bot.fleet.refusals.runs import NoWorkers
from bot.fleet.refusals.sequences import SequenceSilent
from bot.fleet.runs.open_work import AlsoRuns, OpenWork
from bot.model import Description, ExecutionStatus, Ref, SequenceStanding, WindowEnd
from bot.usecases.control.retry import retry
from tests.fakes.control import FakeControl
from tests.fakes.engine import FakeEngine
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW, activity, window
from tests.fleet.sequences import ended
from tests.fleet.sizes import evenly
from tests.usecases.confirming import replace_control
from tests.usecases.steered import VOICE, acts_of, completed, ends, fleet, runs, sequence
from tests.wording import declines


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_what_failed_of_a_customer_would_run_again(world: FakeWorld) -> None:
    ends(world, runs(world, "sunbit", window(6, 11), activity()), ExecutionStatus.FAILED)
    (act,) = (await retry(Retry(target="sunbit", which=Selection.FAILED), world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (act.spec.asked, act.spec.days) == ("retry", (window(6, 11),))


async def test_a_complete_window_runs_again_where_its_days_and_all_are_said(world: FakeWorld) -> None:
    completed(world, "sunbit", CAMPAIGN)
    command = Retry(target="sunbit", range=window(6, 11), which=Selection.ALL)
    (act,) = (await retry(command, world.services)).acts

    assert isinstance(act, BeginSequence)
    assert act.spec.days == (window(6, 11),)


async def test_windows_of_an_open_sequence_are_told_to_it(world: FakeWorld) -> None:
    await sequence(world)
    states = world.controls[VOICE].states
    states["sunbit"] = replace(states["sunbit"], troubled=(ended(window(6, 11), WindowEnd.FAILED),))
    (act,) = (await retry(Retry(target="sunbit"), world.services)).acts

    assert isinstance(act, Instruct)
    assert act.instruction.window == window(6, 11)


async def test_of_a_cluster_those_who_have_run_and_miss_days_run_again(world: FakeWorld) -> None:
    ends(world, runs(world, "sunbit", window(6, 11), activity()), ExecutionStatus.CANCELLED)
    completed(world, "brinks", CAMPAIGN)
    world.warehouses[VOICE].asked_volumes.clear()
    proposal = await retry(Retry(target=VOICE), world.services)

    assert acts_of(proposal) == [("BeginSequence", "sunbit")]
    assert proposal.warnings == (DoesNotApply(("hilton", "vivint")),)
    assert len(world.warehouses[VOICE].asked_volumes) == 1


async def test_a_sequence_that_does_not_say_how_it_stands_holds_nobody_else_of_its_cluster_up(
    world: FakeWorld,
) -> None:
    @dataclass
    class Silent(FakeControl):
        async def sequence(self, customer: str) -> SequenceStanding | None:
            known = await super().sequence(customer)
            return replace(known, progress=None) if known else None

    replace_control(world, Silent)
    await sequence(world)
    ends(world, runs(world, "brinks", window(6, 11), activity()), ExecutionStatus.FAILED)
    world.warehouses[VOICE].volume["brinks"] = world.warehouses[VOICE].volume["sunbit"]
    proposal = await retry(Retry(target=VOICE, which=Selection.FAILED), world.services)

    assert acts_of(proposal) == [("BeginSequence", "brinks")]
    with pytest.raises(Unavailable, match="no answer"):
        await retry(Retry(target="sunbit"), world.services)


async def test_who_was_never_started_misses_all_days_and_is_part_of_its_cluster(world: FakeWorld) -> None:
    (act,) = (await retry(Retry(target="chat-prod"), world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (act.customer, act.spec.days) == ("verizon", (CAMPAIGN,))


async def test_twelve_who_were_never_started_are_twelve_sequences_beside_one_that_has_run() -> None:
    names = tuple(f"c{number:02}" for number in range(12))
    world = FakeWorld(config=config({VOICE: (*names, "empty", "done", "part")}), now=NOW)
    world.engines[VOICE].workers["backfill"] = 2
    world.warehouses[VOICE].volume = {name: evenly(82_353) for name in (*names, "done", "part")}
    completed(world, "done", CAMPAIGN)
    completed(world, "part", window(1, 11))
    proposal = await retry(Retry(target=VOICE), world.services)

    assert [customer for _, customer in acts_of(proposal)] == [*names, "part"]


async def test_days_of_a_range_are_missing_of_who_was_never_started_and_nothing_of_theirs_has_failed(
    world: FakeWorld,
) -> None:
    ranged = await retry(Retry(target="chat-prod", range=window(1, 6)), world.services)

    assert [act.spec.days for act in ranged.acts if isinstance(act, BeginSequence)] == [(window(1, 6),)]
    with declines("There is nothing on chat-prod to retry"):
        await retry(Retry(target="chat-prod", which=Selection.FAILED), world.services)


async def test_where_nobody_works_there_is_something_to_retry_all_the_same(world: FakeWorld) -> None:
    world.engines["chat-prod"].workers.clear()
    with pytest.raises(ActionBlocked) as caught:
        await retry(Retry(target="chat-prod"), world.services)

    assert isinstance(caught.value.reason, BlockedForAll)
    assert (caught.value.reason.number, caught.value.reason.reasons) == (
        1,
        (NoWorkers("backfill", "CustomerBackfill", "chat-prod"),),
    )


async def test_who_is_left_out_for_want_of_workers_is_named_beside_what_is_told_a_sequence(world: FakeWorld) -> None:
    await sequence(world)
    states = world.controls[VOICE].states
    states["sunbit"] = replace(states["sunbit"], troubled=(ended(window(6, 11), WindowEnd.FAILED),))
    world.engines[VOICE].workers.clear()
    ends(world, runs(world, "brinks", window(6, 11), activity()), ExecutionStatus.FAILED)
    world.warehouses[VOICE].volume["brinks"] = evenly(82_353)
    proposal = await retry(Retry(target=VOICE), world.services)

    assert acts_of(proposal) == [("Instruct", "sunbit")]
    assert LeftOut(("brinks",), NoWorkers("backfill", "CustomerBackfill", VOICE)) in proposal.warnings


async def test_a_source_that_is_silent_is_told_before_somebody_starts_a_cluster(world: FakeWorld) -> None:
    world.warehouses["chat-prod"].away = Unavailable("ClickHouse", "connection refused")
    proposal = await retry(Retry(target="chat-prod"), world.services)

    assert VolumesUnknown("connection refused") in proposal.warnings


async def test_who_runs_on_another_cluster_is_told_of_before_a_cluster_is_started(world: FakeWorld) -> None:
    runs(world, "verizon", window(1, 6), activity())
    proposal = await retry(Retry(target="chat-prod"), world.services)

    assert AlsoRuns("verizon", OpenWork(Target(VOICE, "verizon"), (window(1, 6),))) in proposal.warnings


async def test_who_has_a_run_that_temporal_tells_nothing_of_is_left_out_of_its_cluster(world: FakeWorld) -> None:
    """Whether it is being cancelled is not known, so following it could end the sequence at once."""

    @dataclass
    class Forgetful(FakeEngine):
        silent_about: str = ""

        async def describe(self, ref: Ref) -> Description:
            if self.silent_about in ref.workflow_id:
                raise Unavailable("Temporal", "connection reset")
            return await super().describe(ref)

    runs(world, "sunbit", window(6, 11), activity())
    ends(world, runs(world, "brinks", window(6, 11), activity()), ExecutionStatus.FAILED)
    world.warehouses[VOICE].volume["brinks"] = evenly(82_353)
    of_before = world.engines[VOICE]
    world.engines[VOICE] = Forgetful(of_before.descriptions, of_before.workers, silent_about="sunbit")
    clusters = world.services.clusters
    forgetful = {**clusters, VOICE: replace(clusters[VOICE], engine=world.engines[VOICE])}
    proposal = await retry(Retry(target=VOICE), replace(world.services, clusters=forgetful))

    assert acts_of(proposal) == [("BeginSequence", "brinks")]
    why = "no answer about backfill-sunbit-2026-01-06-2026-01-11"
    assert LeftOut(("sunbit",), SequenceSilent("Temporal of voice-prod", why)) in proposal.warnings
    assert DoesNotApply(("hilton", "vivint")) in proposal.warnings

"""run: the gathered context, unusable arguments, and systems that do not answer."""

from dataclasses import replace

import pytest

from bot.commands import Run, Selection
from bot.errors import Unavailable
from bot.fleet.name_lookup import UnknownName
from bot.fleet.proposals.proposal import BeginSequence
from bot.fleet.proposals.warnings import NeverSeen
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.requests import ClusterGiven, OutsideCampaign, WindowsTooLong
from bot.fleet.refusals.runs import ChildGoesOn, NoWorkers, WholeRangeRuns
from bot.fleet.refusals.sequences import SecondSequence
from bot.model import AuditOutcome, AuditRecord, ExecutionStatus, Subject
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.control.propose import run
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, description, execution, window
from tests.fleet.sequences import spec
from tests.usecases.steered import VOICE, acts_of, completed, ends, fleet, runs, sequence


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def refusal(world: FakeWorld, command: Run) -> Refusal:
    with pytest.raises(Declined) as refused:
        await run(command, world.services)
    return refused.value.reason


async def test_what_is_missing_of_a_customer_would_run(world: FakeWorld) -> None:
    completed(world, "sunbit", window(1, 6))
    runs(world, "sunbit", window(6, 11), activity())
    proposal = await run(Run(target="sunbit"), world.services)

    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    assert (act.spec.days, [held.window for held in act.spec.adopt]) == ((window(11, 52),), [window(6, 11)])
    assert proposal.plan is not None
    assert (proposal.plan.rows, proposal.warnings) == (51 * 82_353, ())


async def test_range_size_and_choice_are_as_typed(world: FakeWorld) -> None:
    completed(world, "sunbit", CAMPAIGN)
    command = Run(target="voice-prod/sunbit", range=window(1, 9), days=4, which=Selection.ALL)
    (act,) = (await run(command, world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (act.spec.days, act.spec.sizes.days) == ((window(1, 9),), 4)


async def test_the_whole_range_is_one_window(world: FakeWorld) -> None:
    (act,) = (await run(Run(target="sunbit", whole=True), world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (act.spec.days, act.spec.sizes.days) == ((CAMPAIGN,), CAMPAIGN.days)


async def test_nothing_is_changed_by_asking(world: FakeWorld) -> None:
    await run(Run(target="sunbit"), world.services)

    control = world.controls[VOICE]
    assert (control.started, control.cancelled, control.states, world.journal.audited) == ([], [], {}, [])


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Run(target=VOICE), ClusterGiven(Run(target=VOICE), VOICE)),
        (Run(target="hiltn"), UnknownName("hiltn", "", ("hilton",))),
        (Run(target="sunbit", days=400), WindowsTooLong(400, CAMPAIGN)),
        (Run(target="sunbit", range=window(60, 70)), OutsideCampaign(window(60, 70), CAMPAIGN)),
    ],
)
async def test_what_cannot_be_meant_is_refused(world: FakeWorld, command: Run, reason: Refusal) -> None:
    assert await refusal(world, command) == reason


async def test_who_began_the_sequence_that_runs_is_named(world: FakeWorld) -> None:
    await sequence(world)

    reason = await refusal(world, Run(target="sunbit"))

    assert isinstance(reason, SecondSequence)
    assert reason.sequence.begun_by == "Olivia"


async def test_one_whose_sequence_is_over_may_run_again(world: FakeWorld) -> None:
    await world.controls[VOICE].begin(spec("sunbit"))
    world.controls[VOICE].close("sunbit")

    assert acts_of(await run(Run(target="sunbit"), world.services)) == [("BeginSequence", "sunbit")]


async def starter(world: FakeWorld, customer: str) -> str | None:
    """Who had the open run of this customer started, as the refusal of another one names them."""
    reason = await refusal(world, Run(target=customer))
    assert isinstance(reason, WholeRangeRuns)
    return reason.run.starter


async def test_who_started_the_full_range_that_runs_is_found_in_the_audit(world: FakeWorld) -> None:
    subject = Subject(VOICE, "hilton")
    world.journal.audited.append(AuditRecord(NOW - HOUR, "U0OSCAR", "run", subject, AuditOutcome.DONE))

    assert await starter(world, "hilton") == "Oscar"
    assert await starter(world, "vivint") == ""


async def test_nobody_is_named_while_the_store_is_away(world: FakeWorld) -> None:
    world.journal.away = Unavailable("store", "locked")

    assert await starter(world, "hilton") is None


async def test_without_workers_it_is_refused_before_anything_is_started(world: FakeWorld) -> None:
    world.engines[VOICE].workers.clear()

    assert await refusal(world, Run(target="sunbit")) == NoWorkers("backfill", "CustomerBackfill", VOICE)


async def test_workers_for_activities_alone_would_not_run_it_either(world: FakeWorld) -> None:
    world.engines[VOICE].workers.clear()
    world.engines[VOICE].activity_workers["backfill"] = 2

    assert await refusal(world, Run(target="sunbit")) == NoWorkers("backfill", "CustomerBackfill", VOICE)


async def test_workers_for_workflows_alone_suffice_since_activities_may_have_a_queue_of_their_own(
    world: FakeWorld,
) -> None:
    world.engines[VOICE].workers["backfill"] = 2
    world.engines[VOICE].activity_workers.clear()

    assert acts_of(await run(Run(target="sunbit"), world.services)) == [("BeginSequence", "sunbit")]


async def test_a_type_that_no_run_of_the_cluster_has_is_warned_of(world: FakeWorld) -> None:
    proposal = await run(Run(target="verizon"), world.services)

    assert proposal.warnings == (NeverSeen("CustomerBackfill", "chat-prod"),)


@pytest.mark.parametrize("part", ["engine", "control"])
async def test_a_cluster_that_does_not_answer_is_an_error(world: FakeWorld, part: str) -> None:
    away = Unavailable("Temporal of voice-prod", "connection refused")
    if part == "engine":
        world.engines[VOICE].away = away
    else:
        world.controls[VOICE].away = away

    with pytest.raises(Unavailable, match="connection refused"):
        await run(Run(target="sunbit"), world.services)


async def test_a_silent_source_makes_windows_small_and_excludes_nothing(world: FakeWorld) -> None:
    world.warehouses[VOICE].away = Unavailable("ClickHouse of voice-prod", "connection refused")
    proposal = await run(Run(target="sunbit"), world.services)

    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    assert (act.spec.sizes.days, act.spec.days) == (1, (CAMPAIGN,))


async def test_nothing_starts_beside_a_child_that_a_failed_run_has_left_for_the_same_days(world: FakeWorld) -> None:
    parent = runs(world, "sunbit", window(1, 11), activity())
    ends(world, parent, ExecutionStatus.FAILED)
    child = replace(
        execution("sunbit", window(3, 4)),
        workflow_type="CopyDay",
        hints={PARENT_HINT: parent.workflow_id, PARENT_RUN_HINT: parent.run_id},
    )
    world.engines[VOICE].put(description(activity(), of=child))

    reason = await refusal(world, Run(target="sunbit"))
    elsewhere = await run(Run(target="sunbit", range=window(20, 30)), world.services)

    assert reason == ChildGoesOn("sunbit", "CopyDay", child.ref.workflow_id, window(3, 4))
    assert elsewhere.acts

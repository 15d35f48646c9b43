"""Resolving names: by configuration to look or start, by where a customer runs to stop or steer."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.commands import Cancel, Pause, Plan, Resume, Retry, Run, Split, Status, Terminate, Verify
from bot.errors import Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan as Drawn
from bot.fleet.planning.plan import Unplanned
from bot.fleet.proposals.proposal import Act, BeginSequence, Proposal, TerminateRun
from bot.fleet.proposals.warnings import Unrecognised
from bot.fleet.refusals.declined import Declined, NothingOnCluster
from bot.fleet.refusals.runs import NoData, NothingOpen
from bot.fleet.runs.open_work import AlsoRuns, ExpectedElsewhere, NotSeen, OpenWork, RunsOnSeveral
from bot.fleet.status.answer import CustomerStatus
from bot.model import Execution, ExecutionStatus, Ref
from bot.usecases.control.propose import cancel, pause, resume, run, split, terminate
from bot.usecases.control.retry import retry
from bot.usecases.plan import plan
from bot.usecases.status import status
from bot.usecases.verify import verify
from tests.fakes.engine import FakeEngine
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW, TIMED_OUT, activity, closed, description, execution, window
from tests.fleet.sequences import spec
from tests.fleet.sizes import evenly
from tests.wording import declines

OLD, NEW, THIRD = "old-prod", "new-prod", "third-prod"
AWAY = Unavailable("Temporal", "connection refused")
Ask = Callable[[Any, Any], Awaitable[Any]]

# Whatever stops or steers a sequence, with the command about a name.
SEQUENCE = [
    pytest.param(cancel, Cancel, id="cancel"),
    pytest.param(terminate, Terminate, id="terminate"),
    pytest.param(pause, Pause, id="pause"),
]
RUNS = [
    pytest.param(cancel, Cancel, id="cancel"),
    pytest.param(terminate, Terminate, id="terminate"),
    pytest.param(split, Split, id="split"),
]


def moved_world() -> FakeWorld:
    """``moved`` was on the old cluster when its window was started, and is configured for the new one."""
    world = FakeWorld(config=config({OLD: ("stays",), NEW: ("moved",), THIRD: ("far",)}), now=NOW)
    for cluster in (OLD, NEW, THIRD):
        world.engines[cluster].workers["backfill"] = 2
        world.warehouses[cluster].volume = {name: evenly(82_353) for name in ("stays", "moved", "far", "gone")}
    return world


def opens(world: FakeWorld, customer: str, cluster: str, **changes: Any) -> Ref:
    """Adds a struggling workflow over the first five days."""
    of = execution(customer, window(1, 6), cluster, **changes)
    return world.engines[cluster].put(description(activity(attempt=2, last_failure=TIMED_OUT), of=of)).execution.ref


async def begins(world: FakeWorld, customer: str, cluster: str) -> None:
    await world.controls[cluster].begin(spec(customer, cluster))


@pytest.fixture
def world() -> FakeWorld:
    return moved_world()


@pytest.mark.parametrize(("ask", "command"), RUNS)
@pytest.mark.parametrize("name", ["moved", "MOVED", "old-prod/moved", "OLD-prod/Moved"])
async def test_what_runs_of_a_customer_that_has_moved_is_stopped_where_it_runs(
    world: FakeWorld, ask: Ask, command: type[Any], name: str
) -> None:
    opens(world, "moved", OLD)
    proposal = await ask(command(target=name), world.services)

    assert proposal.target == Target(OLD, "moved")
    assert proposal.acts
    assert proposal.warnings[0] == ExpectedElsewhere(Target(OLD, "moved"), (NEW,))


@pytest.mark.parametrize(("ask", "command"), SEQUENCE)
@pytest.mark.parametrize("name", ["moved", "gone"])
async def test_a_sequence_is_steered_where_it_is_open_whoever_is_configured(
    world: FakeWorld, ask: Ask, command: type[Any], name: str
) -> None:
    await begins(world, name, OLD)
    proposal = await ask(command(target=name), world.services)

    assert (proposal.target, len(proposal.acts)) == (Target(OLD, name), 1)


async def test_a_paused_sequence_of_a_customer_that_nobody_expects_is_resumed(world: FakeWorld) -> None:
    await begins(world, "gone", OLD)
    states = world.controls[OLD].states
    states["gone"] = replace(states["gone"], paused_by="U0OSCAR")

    assert (await resume(Resume(target="gone"), world.services)).target == Target(OLD, "gone")


async def test_days_of_a_sequence_are_left_out_where_it_is_open(world: FakeWorld) -> None:
    await begins(world, "moved", OLD)
    proposal = await cancel(Cancel(target="moved", range=window(6, 11)), world.services)

    assert proposal.target == Target(OLD, "moved")


@pytest.mark.parametrize(("ask", "command"), RUNS)
async def test_whose_runs_are_open_on_two_clusters_is_asked_which_and_told_where(
    world: FakeWorld, ask: Ask, command: type[Any]
) -> None:
    opens(world, "moved", OLD)
    await begins(world, "moved", NEW)
    with pytest.raises(Declined) as caught:
        await ask(command(target="moved"), world.services)

    old = OpenWork(Target(OLD, "moved"), (window(1, 6),))
    new = OpenWork(Target(NEW, "moved"), has_sequence=True)
    assert caught.value.reason == RunsOnSeveral("moved", (old, new), ())


async def test_only_sequences_skip_days_so_a_workflow_elsewhere_is_no_second_meaning(world: FakeWorld) -> None:
    opens(world, "moved", NEW)
    await begins(world, "moved", OLD)
    skip = Cancel(target="moved", range=window(11, 16))

    assert (await cancel(skip, world.services)).target == Target(OLD, "moved")


async def test_a_sequence_and_a_workflow_elsewhere_can_both_be_paused_so_it_is_asked_which(world: FakeWorld) -> None:
    opens(world, "moved", NEW)
    await begins(world, "moved", OLD)

    with pytest.raises(Declined) as refused:
        await pause(Pause(target="moved"), world.services)
    assert isinstance(refused.value.reason, RunsOnSeveral)
    assert (await pause(Pause(target=f"{NEW}/moved"), world.services)).target == Target(NEW, "moved")


async def test_of_two_clusters_that_expect_a_customer_the_one_where_it_runs_is_meant() -> None:
    world = FakeWorld(config=config({OLD: ("twin",), NEW: ("twin",)}), now=NOW)
    opens(world, "twin", NEW)

    assert (await terminate(Terminate(target="twin"), world.services)).target == Target(NEW, "twin")
    with declines("is on 2 clusters"):
        await status(Status(target="twin"), world.services)


async def test_an_exact_name_is_not_taken_for_a_runs_that_differs_in_case(world: FakeWorld) -> None:
    opens(world, "Moved", OLD)
    with declines("moved has nothing open"):
        await terminate(Terminate(target="moved"), world.services)

    assert (await terminate(Terminate(target="Moved"), world.services)).target == Target(OLD, "Moved")


@pytest.mark.parametrize(("ask", "command"), RUNS)
async def test_a_cluster_that_does_not_answer_is_named_and_hides_nothing_that_runs_elsewhere(
    world: FakeWorld, ask: Ask, command: type[Any]
) -> None:
    opens(world, "moved", OLD)
    world.engines[NEW].away = world.engines[THIRD].away = AWAY
    proposal: Proposal = await ask(command(target="moved"), world.services)

    assert proposal.target == Target(OLD, "moved")
    assert NotSeen("moved", (NEW, THIRD)) in proposal.warnings


async def test_nothing_open_is_no_answer_for_a_cluster_that_gave_none(world: FakeWorld) -> None:
    world.engines[OLD].away = AWAY
    with pytest.raises(Declined) as caught:
        await terminate(Terminate(target="moved"), world.services)

    assert isinstance(caught.value.reason, NothingOpen)
    assert caught.value.notes == (NotSeen("moved", (OLD,)),)


async def test_where_the_expected_cluster_does_not_answer_nothing_is_said_to_be_closed(world: FakeWorld) -> None:
    world.engines[NEW].away = AWAY
    with pytest.raises(Unavailable):
        await terminate(Terminate(target="moved"), world.services)


async def test_a_cluster_that_lists_runs_and_no_sequences_is_named_as_well(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    world.controls[THIRD].away = AWAY
    proposal = await terminate(Terminate(target="moved"), world.services)

    assert NotSeen("moved", (THIRD,)) in proposal.warnings


async def test_a_cluster_that_is_said_is_the_only_one_asked(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    world.engines[NEW].away = AWAY
    proposal = await terminate(Terminate(target="old-prod/moved"), world.services)

    assert not any(isinstance(warning, NotSeen) for warning in proposal.warnings)


@pytest.mark.parametrize("customer", ["moved", "eu/moved"])
@pytest.mark.parametrize(("ask", "command"), [*SEQUENCE, pytest.param(resume, Resume, id="resume")])
async def test_where_nothing_is_open_on_the_cluster_that_is_said_it_is_told_where_it_runs(
    ask: Ask, command: type[Any], customer: str
) -> None:
    world = FakeWorld(config=config({OLD: (), NEW: (customer,), "eu": (), THIRD: ()}), now=NOW)
    opens(world, customer, OLD)
    world.engines[THIRD].away = AWAY
    with pytest.raises(Declined) as caught:
        await ask(command(target=f"new-prod/{customer}"), world.services)

    there = OpenWork(Target(OLD, customer), (window(1, 6),))
    assert caught.value.notes == (AlsoRuns(customer, there), NotSeen(customer, (THIRD,)))


async def test_a_name_that_begins_like_a_cluster_is_not_only_looked_for_there() -> None:
    world = FakeWorld(config=config({OLD: (), NEW: ("eu/moved",), "eu": ()}), now=NOW)
    opens(world, "eu/moved", OLD)
    with declines("eu/moved also runs on old-prod"):
        await terminate(Terminate(target="eu/moved"), world.services)


async def test_who_splits_on_a_cluster_where_nothing_runs_is_warned_of_what_runs_elsewhere(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    proposal = await split(Split(target="new-prod/moved"), world.services)

    assert proposal.target == Target(NEW, "moved")
    assert proposal.warnings[0] == AlsoRuns("moved", OpenWork(Target(OLD, "moved"), (window(1, 6),)))


@pytest.mark.parametrize(("ask", "command"), [(run, Run), (retry, Retry)])
async def test_who_has_nothing_to_run_is_told_of_what_runs_elsewhere(
    world: FakeWorld, ask: Ask, command: type[Any]
) -> None:
    await begins(world, "moved", OLD)
    world.warehouses[NEW].volume = {}
    with pytest.raises(Declined) as caught:
        await ask(command(target="moved"), world.services)

    assert caught.value.reason == NoData("moved", CAMPAIGN)
    assert caught.value.notes == (AlsoRuns("moved", OpenWork(Target(OLD, "moved"), has_sequence=True)),)


@pytest.mark.parametrize(("ask", "command"), [(cancel, Cancel), (terminate, Terminate), (retry, Retry)])
async def test_runs_that_nobody_recognises_are_counted_where_nothing_else_is_there_to_do(
    ask: Ask, command: type[Any]
) -> None:
    world = FakeWorld(config=config({OLD: ()}), now=NOW)
    world.engines[OLD].add(replace(execution("x", window(1, 6), OLD), ref=Ref(OLD, "strange", "r9")))
    with pytest.raises(Declined) as caught:
        await ask(command(target=OLD), world.services)

    assert caught.value.reason == NothingOnCluster(command(target=OLD), OLD, None, 0, unrecognised=1)


def strange(cluster: str = OLD) -> FakeWorld:
    """Somebody has started a workflow by hand, and its customer is in no place that the mapping reads."""
    world = moved_world()
    world.engines[cluster].put(
        description(activity(), of=replace(execution("x", window(1, 6), cluster), ref=Ref(cluster, "job-77", "r9")))
    )
    return world


@pytest.mark.parametrize(
    ("ask", "command", "act"), [(cancel, Cancel, BeginSequence), (terminate, Terminate, TerminateRun)]
)
@pytest.mark.parametrize("name", ["job-77", "old-prod/job-77"])
async def test_a_run_that_nobody_recognises_is_stopped_by_its_workflow_id(
    ask: Ask, command: type[Any], act: type[Act], name: str
) -> None:
    proposal = await ask(command(target=name), strange().services)

    assert proposal.target == Target(OLD, "job-77")
    assert [type(each) for each in proposal.acts] == [act]
    assert Unrecognised(1) not in proposal.warnings


async def test_a_workflow_id_on_two_clusters_needs_the_cluster() -> None:
    world = strange()
    world.engines[NEW].put(
        description(activity(), of=replace(execution("x", window(1, 6), NEW), ref=Ref(NEW, "job-77", "r9")))
    )
    with pytest.raises(Declined) as caught:
        await cancel(Cancel(target="job-77"), world.services)

    on_both = (OpenWork(Target(NEW, "job-77")), OpenWork(Target(OLD, "job-77")))
    assert caught.value.reason == RunsOnSeveral("job-77", on_both, ())


@pytest.mark.parametrize(("ask", "command"), [(run, Run), (retry, Retry)])
async def test_whoever_starts_a_customer_is_warned_of_runs_that_nobody_recognises(
    ask: Ask, command: type[Any]
) -> None:
    proposal = await ask(command(target="stays"), strange().services)

    assert proposal.warnings[-1] == Unrecognised(1)


async def test_a_cluster_that_hangs_is_given_up_in_time() -> None:
    @dataclass
    class Frozen(FakeEngine):
        async def open_executions(
            self, workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
        ) -> list[Execution]:
            await asyncio.Event().wait()
            return await super().open_executions(workflow_types, on_page)

    world = FakeWorld(config=config({OLD: (), NEW: ("moved",)}, watch={"time_limit": "0.2s"}), now=NOW)
    world.engines[NEW] = Frozen()
    opens(world, "moved", OLD)
    proposal = await terminate(Terminate(target="moved"), world.services)

    assert proposal.target == Target(OLD, "moved")


async def test_a_customer_that_stays_is_stopped_without_a_word_about_other_clusters(world: FakeWorld) -> None:
    opens(world, "stays", OLD)
    proposal = await terminate(Terminate(target="stays"), world.services)

    assert len(proposal.warnings) == 1


async def test_status_tells_what_runs_elsewhere(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    shown = await status(Status(target="moved"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert shown.notes == (AlsoRuns("moved", OpenWork(Target(OLD, "moved"), (window(1, 6),))),)


async def test_a_silent_cluster_hides_nothing_that_runs_elsewhere_from_status_and_plan(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    world.engines[NEW].away = AWAY
    shown = await status(Status(target="moved"), world.services)
    drawn = await plan(Plan(target="moved"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert isinstance(drawn, Unplanned)
    assert len(shown.notes) == len(drawn.notes) == 1


@pytest.mark.parametrize(("ask", "command"), [(run, Run), (retry, Retry)])
async def test_who_starts_something_is_warned_of_what_runs_elsewhere(
    world: FakeWorld, ask: Ask, command: type[Any]
) -> None:
    await begins(world, "moved", OLD)
    world.engines[THIRD].away = AWAY
    proposal = await ask(command(target="moved"), world.services)

    assert proposal.target == Target(NEW, "moved")
    there = OpenWork(Target(OLD, "moved"), has_sequence=True)
    assert proposal.warnings[:2] == (AlsoRuns("moved", there), NotSeen("moved", (THIRD,)))


async def test_plan_and_verify_tell_what_runs_elsewhere(world: FakeWorld) -> None:
    opens(world, "moved", OLD)
    drawn = await plan(Plan(target="moved"), world.services)
    counted = await verify(Verify(target="moved"), world.services)

    assert isinstance(drawn, Drawn)
    assert len(drawn.notes) == len(counted.notes) == 1


async def test_a_customer_expected_on_two_clusters_is_no_news_on_either() -> None:
    world = FakeWorld(config=config({OLD: ("twin",), NEW: ("twin",)}), now=NOW)
    opens(world, "twin", NEW)
    shown = await status(Status(target="old-prod/twin"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert shown.notes == ()


async def test_a_customer_of_whom_there_is_a_sequence_and_no_run_has_a_status(world: FakeWorld) -> None:
    await begins(world, "gone", OLD)
    shown = await status(Status(target="gone"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert shown.cluster == OLD


async def test_who_has_only_a_past_there_is_found_and_has_nothing_open(world: FakeWorld) -> None:
    world.engines[OLD].add(closed(ExecutionStatus.COMPLETED, "gone", CAMPAIGN, OLD))
    with declines("gone has nothing open"):
        await terminate(Terminate(target="gone"), world.services)

"""What runs below the customers of a whole cluster is found for a proposal about all of them, by one search."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.commands import Cancel, Pause, Retry, Terminate, Timeout
from bot.errors import Unavailable
from bot.fleet.proposals.activity_acts import ExtendTimeout
from bot.fleet.proposals.proposal import BeginSequence, TerminateRun
from bot.fleet.proposals.warnings import LeftBelow, LeftOut, OfOneCustomer
from bot.fleet.refusals.runs import ChildGoesOn
from bot.fleet.runs.run import Run
from bot.model import ClosePolicy, ExecutionStatus, PendingChild, Ref
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.control import below
from bot.usecases.control.candidates import to_stop
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.propose import cancel, judge_cancel, pause, terminate
from bot.usecases.control.propose_bulk import propose_bulk
from bot.usecases.control.retry import retry
from bot.usecases.control.timeout import timeout
from tests.fakes.services import FakeWorld
from tests.fleet import grounds
from tests.fleet.builders import CAMPAIGN, HOUR, activity, description, execution, window
from tests.usecases.confirming import WHY, shown
from tests.usecases.steered import OLIVIA, VOICE, ends, fleet, runs, sequence


def whole_run(customer: str) -> Ref:
    """The run over the whole campaign. As in Temporal, no two runs have the same run id."""
    return replace(execution(customer, CAMPAIGN).ref, run_id=f"run-of-{customer}")


HILTON, VIVINT = whole_run("hilton"), whole_run("vivint")


@pytest.fixture
def world() -> FakeWorld:
    world = fleet()
    descriptions = world.engines[VOICE].descriptions
    for ref, shown_run in [*descriptions.items()]:
        own = replace(ref, run_id=f"run-of-{'hilton' if 'hilton' in ref.workflow_id else 'vivint'}")
        del descriptions[ref]
        world.engines[VOICE].put(replace(shown_run, execution=replace(shown_run.execution, ref=own)))
    return world


def starts_child(world: FakeWorld, parent: Ref, name: str, *, is_abandoned: bool = False) -> Ref:
    """A child that its open parent tells, and that is listed."""
    engine, hints = world.engines[VOICE], {PARENT_HINT: parent.workflow_id, PARENT_RUN_HINT: parent.run_id}
    run = replace(execution("hilton"), ref=Ref(VOICE, name, f"run-of-{name}"), workflow_type="CopyDay", hints=hints)
    policy = ClosePolicy.ABANDON if is_abandoned else ClosePolicy.TERMINATE
    above = engine.descriptions[parent]
    engine.put(replace(above, children=(*above.children, PendingChild(run.ref, "CopyDay", policy))))
    return engine.put(description(activity(), of=run)).execution.ref


async def test_cancelling_a_cluster_names_and_waits_for_what_ends_below_each_customer(world: FakeWorld) -> None:
    of_hilton = starts_child(world, HILTON, "copy-1")
    of_vivint = {starts_child(world, VIVINT, name) for name in ("copy-2", "copy-3")}
    of_child = starts_child(world, of_hilton, "copy-1-1")

    acts = (await cancel(Cancel(target=VOICE), world.services)).acts

    cleared = {act.customer: {held.ref for held in act.spec.clear} for act in acts if isinstance(act, BeginSequence)}
    assert cleared == {"hilton": {HILTON, of_hilton, of_child}, "vivint": {VIVINT, *of_vivint}}


async def test_what_runs_below_a_customer_gets_more_time_too(world: FakeWorld) -> None:
    child, left = starts_child(world, HILTON, "copy-1"), starts_child(world, HILTON, "index", is_abandoned=True)
    proposal = await timeout(Timeout(target="hilton", span=HOUR), world.services)

    assert {act.ref for act in proposal.acts if isinstance(act, ExtendTimeout)} == {HILTON, child, left}


async def test_terminating_a_cluster_terminates_what_ends_below_and_names_what_is_left(world: FakeWorld) -> None:
    ended, left = starts_child(world, HILTON, "copy-1"), starts_child(world, VIVINT, "index", is_abandoned=True)

    proposal = await terminate(Terminate(target=VOICE), world.services)

    refs = {act.run.execution.ref for act in proposal.acts if isinstance(act, TerminateRun)}
    assert refs == {HILTON, VIVINT, ended}
    assert OfOneCustomer("vivint", LeftBelow((f"CopyDay {left.workflow_id}",))) in proposal.warnings


async def test_children_that_come_and_go_while_somebody_reads_change_nothing(world: FakeWorld) -> None:
    ended = starts_child(world, HILTON, "copy-1")
    command = Terminate(target=VOICE)
    before = await shown(world, terminate, command)
    ends(world, ended)
    come = starts_child(world, HILTON, "copy-2")

    await confirm_proposal(terminate, command, before.shown, WHY, OLIVIA, world.services)

    terminated = [ref for ref, _ in world.controls[VOICE].terminated]
    assert come in terminated
    assert ended not in terminated


async def test_retry_of_a_cluster_leaves_out_whom_a_left_child_still_fills(world: FakeWorld) -> None:
    parent = runs(world, "sunbit", window(1, 11), activity())
    ends(world, parent, ExecutionStatus.FAILED)
    child = execution("sunbit", window(3, 4))
    hints = {PARENT_HINT: parent.workflow_id, PARENT_RUN_HINT: parent.run_id}
    world.engines[VOICE].put(description(activity(), of=replace(child, workflow_type="CopyDay", hints=hints)))
    for ref in (HILTON, VIVINT):
        ends(world, ref, ExecutionStatus.FAILED)

    proposal = await retry(Retry(target=VOICE), world.services)

    reason = ChildGoesOn("sunbit", "CopyDay", child.ref.workflow_id, window(3, 4))
    assert LeftOut(("sunbit",), reason) in proposal.warnings
    assert set(proposal.customers) == {"hilton", "vivint"}


async def test_one_search_serves_all_customers_however_they_are_named(world: FakeWorld) -> None:
    of_hilton = starts_child(world, HILTON, "copy-1")
    starts_child(world, VIVINT, "copy-2")
    engine = world.engines[VOICE]

    listed = len(engine.listed_below)
    several = Cancel(target="hilton vivint", names=("hilton", "vivint"))
    bulk = await propose_bulk(several, to_stop(Cancel, judge_cancel), world.services)

    (act,) = bulk.proposals[0].acts
    assert isinstance(act, BeginSequence)
    assert {held.ref for held in act.spec.clear} == {HILTON, of_hilton}
    # One listing for each level, the last of which has no children.
    assert len(engine.listed_below) - listed == 2


async def test_a_search_that_takes_too_long_is_an_error_and_no_part_of_an_answer(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts_child(world, HILTON, "copy-1")
    monkeypatch.setattr(below, "LIMITS", 0)

    with pytest.raises(Unavailable, match="what runs below 2 workflows"):
        await cancel(Cancel(target=VOICE), world.services)


async def test_pausing_a_cluster_asks_nobody_what_runs_below(world: FakeWorld) -> None:
    await sequence(world)
    starts_child(world, HILTON, "copy-1")
    listed = len(world.engines[VOICE].listed_below)

    assert (await pause(Pause(target=VOICE), world.services)).customers == ("sunbit",)
    assert len(world.engines[VOICE].listed_below) == listed


class Counted(tuple[Run, ...]):
    """Runs that count how often somebody goes through them."""

    reads = 0

    def __iter__(self) -> Iterator[Run]:
        type(self).reads += 1
        return super().__iter__()


async def test_the_runs_of_each_of_many_customers_are_not_read_once_more_for_each_of_the_others(
    world: FakeWorld,
) -> None:
    customers = 50
    contexts = [replace(grounds.context(), runs=Counted())] * customers

    await below.with_descendants(VOICE, contexts, world.services)

    assert Counted.reads < 10 * customers

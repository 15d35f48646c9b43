"""How runs ended is read once for each, kept for when Temporal has removed the run, and never guessed."""

from dataclasses import replace
from datetime import timedelta

from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.close_facts import Unread, causes_of, is_cancel_requested, longest_heartbeat_timeout, unread
from bot.model import Cause, CloseEvent, Execution, ExecutionStatus, Failure, FailureKind, Ref
from bot.model.execution import HEARTBEAT_HINT
from bot.services import Services
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.history import catch_up, read_earlier_ends
from bot.usecases.observe.observe import observe
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, closed, description

CLUSTER = "voice-prod"
COMPLETED, FAILED = ExecutionStatus.COMPLETED, ExecutionStatus.FAILED
DISK_FULL = Cause(Failure(FailureKind.APPLICATION, "OSError: disk full"))
WITHIN = timedelta(seconds=5)


def ended(status: ExecutionStatus = COMPLETED, number: int = 1) -> Execution:
    return closed(status, "hilton", CAMPAIGN, ref=Ref(CLUSTER, f"job-{number}", f"run-{number}"))


async def recorded(world: FakeWorld) -> list[Execution]:
    return sorted((await world.ledger.recall(CLUSTER)).executions, key=lambda run: run.ref)


async def test_a_cancel_and_a_failure_are_read_once_and_outlive_the_process_and_retention() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].put(description(of=ended(), cancel_requested=True))
    failed = world.engines[CLUSTER].add(ended(FAILED, 2)).execution
    world.engines[CLUSTER].close_events[failed.ref] = CloseEvent((DISK_FULL,))
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].descriptions.clear()

    view = await observe(CLUSTER, world.services)
    first, second = sorted((run.execution for run in view.runs), key=lambda run: run.ref)

    assert is_cancel_requested(first)
    assert not is_cancel_requested(second)
    assert causes_of(second) == (DISK_FULL,)
    assert sorted(world.engines[CLUSTER].described) == [first.ref, second.ref]
    assert world.engines[CLUSTER].read_ends == [second.ref]


async def test_while_it_is_not_read_how_a_run_completed_its_days_are_unknown() -> None:
    world = FakeWorld()
    run = world.engines[CLUSTER].add(ended()).execution
    world.engines[CLUSTER].undescribed = {run.ref}
    view = await observe(CLUSTER, world.services)
    caught_up = await catch_up(CLUSTER, world.services)
    [waiting] = await recorded(world)

    world.engines[CLUSTER].undescribed = set()
    later = await observe(CLUSTER, world.services)

    assert view.history_silent == "how 1 of 1 run ended is not read yet"
    assert not view.runs[0].is_complete
    assert not caught_up
    assert unread(waiting) is Unread.WAITS
    assert (later.history_silent, later.runs[0].is_complete) == ("", True)


async def test_causes_that_could_not_be_read_cost_nothing_else_and_are_read_later() -> None:
    world = FakeWorld()
    failed = world.engines[CLUSTER].add(ended(FAILED)).execution
    world.engines[CLUSTER].withheld = {failed.ref}
    await observe(CLUSTER, world.services)
    [before] = await recorded(world)

    world.engines[CLUSTER].withheld = set()
    world.engines[CLUSTER].close_events[failed.ref] = CloseEvent((DISK_FULL,))
    await observe(CLUSTER, world.services)
    [read] = await recorded(world)

    assert unread(before) is unread(read) is None
    assert (causes_of(before), causes_of(read)) == ((), (DISK_FULL,))


async def test_a_last_event_that_is_refused_is_not_asked_for_with_each_question() -> None:
    world = FakeWorld()
    failed = world.engines[CLUSTER].add(ended(FAILED)).execution
    world.engines[CLUSTER].withheld = {failed.ref}
    services = world.services
    for _ in range(3):
        await observe(CLUSTER, services)

    assert world.engines[CLUSTER].read_ends == [failed.ref]


async def test_a_run_that_has_closed_since_it_was_recorded_is_read() -> None:
    world = FakeWorld()
    over = ended()
    still_open = replace(over, status=ExecutionStatus.RUNNING, closed_at=None)
    world.engines[CLUSTER].add(still_open)
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].put(description(of=over, cancel_requested=True))

    [run] = (await observe(CLUSTER, world.services)).runs

    assert is_cancel_requested(run.execution)


async def test_the_longest_heartbeat_timeout_that_was_seen_while_a_run_was_open_outlives_its_end() -> None:
    world = FakeWorld()
    services = world.services
    engine, over = world.engines[CLUSTER], ended()
    for timeout in ("300", "60"):
        still_open = replace(over, status=ExecutionStatus.RUNNING, closed_at=None, hints={HEARTBEAT_HINT: timeout})
        engine.put(description(of=still_open))
        await services.clusters[CLUSTER].engine.describe(over.ref)
    engine.put(description(of=over))
    await catch_up(CLUSTER, services)
    [run] = await recorded(world)

    assert longest_heartbeat_timeout(run) == timedelta(minutes=5)


async def test_a_heartbeat_timeout_is_written_once() -> None:
    world = FakeWorld()
    services = world.services
    hints = {HEARTBEAT_HINT: "300"}
    still_open = replace(ended(), status=ExecutionStatus.RUNNING, closed_at=None, hints=hints)
    world.engines[CLUSTER].put(description(of=still_open))
    for _ in range(3):
        await services.clusters[CLUSTER].engine.describe(still_open.ref)
        await catch_up(CLUSTER, services)

    assert len(world.ledger.written) == 1


async def test_nothing_is_written_again_although_a_listing_lacks_what_a_description_tells() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].add(replace(ended(), status=ExecutionStatus.RUNNING, closed_at=None))
    world.engines[CLUSTER].add(ended(number=2))
    await observe(CLUSTER, world.services)
    await catch_up(CLUSTER, world.services)
    await observe(CLUSTER, world.services)

    assert world.ledger.written == [2]


def earlier_version(world: FakeWorld, count: int) -> list[Execution]:
    """Runs in the history of an earlier version; Temporal still has them, and the cancel of each was requested."""
    runs = [ended(number=number) for number in range(count)]
    for run in runs:
        world.engines[CLUSTER].put(description(of=run, cancel_requested=True))
    return runs


async def test_what_an_earlier_version_has_recorded_is_read_again_in_the_background_only() -> None:
    world = FakeWorld()
    await world.ledger.keep(earlier_version(world, 1))
    await observe(CLUSTER, world.services)
    [before] = await recorded(world)

    assert not await read_earlier_ends(CLUSTER, world.services)
    [after] = await recorded(world)

    assert unread(before) is Unread.EARLIER
    assert unread(after) is None
    assert is_cancel_requested(after)


async def test_and_stays_as_it_is_where_temporal_has_removed_it() -> None:
    world = FakeWorld()
    await world.ledger.keep([ended()])

    assert not await read_earlier_ends(CLUSTER, world.services)
    [run] = await recorded(world)
    await read_earlier_ends(CLUSTER, world.services)

    assert unread(run) is Unread.REMOVED
    assert world.engines[CLUSTER].described == [run.ref]


async def test_the_budget_of_calls_decides_how_many_are_read_again_at_once() -> None:
    world = FakeWorld()
    await world.ledger.keep(earlier_version(world, 10))
    services = with_budget(world, CallBudget(20))

    more = [await read_earlier_ends(CLUSTER, services) for _ in range(3)]

    assert more == [True, True, False]
    assert len(world.engines[CLUSTER].described) == 10


def with_budget(world: FakeWorld, budget: CallBudget) -> Services:
    services = world.services
    engine = world.engines[CLUSTER]
    children = ChildFactsReader(engine, world.services.recogniser, budget, 16)
    reader = CloseFactsReader(engine, {}, budget, 16, children)
    cluster = replace(services.clusters[CLUSTER], close_facts=reader, budget=budget)
    return replace(services, clusters={CLUSTER: cluster})

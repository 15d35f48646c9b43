"""Watching a parent and what runs below it: one alert, that of the parent, which says how many and which."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.errors import Conflict, DependencyError, Unavailable
from bot.fleet.notifications import notification
from bot.model import (
    Activity,
    AlertReason,
    Child,
    ClosePolicy,
    Description,
    Ending,
    Episode,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Health,
    JournalEntry,
    PendingChild,
    Ref,
    TroubledChildren,
    Window,
)
from bot.model.execution import CHAIN_HINT, PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.watch.state import WatchState
from tests.fakes.services import NOW, FakeWorld, config
from tests.usecases.watch.passes import describe_and_conclude, new_state, watch
from tests.usecases.watch.test_watch import CLUSTER, FIRST_ATTEMPT, REF, RUNNING

TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
KEEPS_FAILING = replace(FIRST_ATTEMPT, attempt=9, last_failure=Failure(FailureKind.APPLICATION, "disk full"))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def child(number: int, of: Execution = RUNNING, name: str = "") -> Execution:
    """A workflow of a type that nobody has listed, which tells one day by its id."""
    day = date(2026, 1, number)
    ref = Ref(CLUSTER, name or f"backfill-hilton-{day}-{day + timedelta(days=1)}", f"child-{number}")
    hints = {PARENT_HINT: of.ref.workflow_id, PARENT_RUN_HINT: of.ref.run_id}
    return replace(RUNNING, ref=ref, workflow_type="CopyDay", hints=hints)


def run(world: FakeWorld, execution: Execution, *activities: Activity, below: tuple[Execution, ...] = ()) -> None:
    pending = tuple(PendingChild(each.ref, each.workflow_type, ClosePolicy.TERMINATE) for each in below)
    world.engines[CLUSTER].put(Description(execution, activities, False, 1, children=pending))


def times_out(attempt: int = 2) -> Activity:
    return replace(FIRST_ATTEMPT, attempt=attempt, last_failure=TIMED_OUT)


def parent_of(world: FakeWorld, *children: Execution, activities: tuple[Activity, ...] = ()) -> None:
    run(world, RUNNING, *activities, below=children)


async def watch_until_settled(world: FakeWorld, state: WatchState | None = None, times: int = 4) -> WatchState:
    """A listing, and then what is due for as long as anything new is found."""
    state = await watch(CLUSTER, world.services, state)
    for _ in range(times):
        await describe_and_conclude(state, world.services)
    return state


async def only_alert(world: FakeWorld) -> Episode:
    (episode,) = world.journal.episodes.values()
    return episode


def lines(world: FakeWorld) -> list[notification.Notification]:
    return [notification.parse(row.message.body) for row in world.outbox.messages.values()]


def one_day(number: int) -> Window:
    return Window(date(2026, 1, number), date(2026, 1, number + 1))


def five_of_which_two_time_out(world: FakeWorld) -> list[Execution]:
    children = [child(number) for number in range(1, 6)]
    parent_of(world, *children)
    for each in children:
        run(world, each, times_out() if each in (children[1], children[3]) else FIRST_ATTEMPT)
    return children


async def test_children_that_time_out_make_one_alert_of_their_parent_that_names_them(world: FakeWorld) -> None:
    second, fourth = five_of_which_two_time_out(world)[1::2]
    await watch_until_settled(world)

    alert = await only_alert(world)
    named = (Child(second.ref.workflow_id, one_day(2)), Child(fourth.ref.workflow_id, one_day(4)))
    assert (alert.ref, alert.customer, alert.health) == (REF, "hilton", Health.STRUGGLING)
    assert alert.children == TroubledChildren(2, 5, named, shown=named[0])
    assert (alert.attempt, alert.last_failure) == (2, TIMED_OUT)


async def test_the_thread_tells_the_attempts_of_the_child_that_the_alert_shows(world: FakeWorld) -> None:
    five_of_which_two_time_out(world)
    await watch_until_settled(world)

    (attempts,) = [line for line in lines(world) if isinstance(line, notification.AttemptsLine)]
    (shown,) = [line for line in lines(world) if isinstance(line, notification.ChildrenLine)]
    assert (attempts.child, attempts.last, attempts.failure) == (shown.children.shown, 1, TIMED_OUT)
    assert (shown.name, shown.children.number) == ("hilton", 2)


async def test_a_child_below_a_child_counts_for_the_run_at_the_top(world: FakeWorld) -> None:
    middle = child(1)
    lowest = child(2, of=middle)
    parent_of(world, middle)
    run(world, middle, below=(lowest,))
    run(world, lowest, times_out())
    await watch_until_settled(world)

    alert = await only_alert(world)
    assert alert.ref == REF
    assert alert.children is not None
    assert (alert.children.number, alert.children.total) == (1, 2)


async def test_a_listed_child_has_no_alert_of_its_own_even_when_it_is_described_before_its_parent(
    world: FakeWorld,
) -> None:
    listed = replace(child(1), workflow_type=RUNNING.workflow_type)
    parent_of(world, listed)
    run(world, listed, times_out())
    world.engines[CLUSTER].undescribed = {REF}
    state = await watch_until_settled(world)
    before = dict(world.journal.episodes)
    world.engines[CLUSTER].undescribed = set()
    world.now += MINUTE
    await watch_until_settled(world, state)

    assert before == {}
    assert (await only_alert(world)).ref == REF


async def test_a_child_with_an_alert_of_its_own_keeps_it_and_does_not_alert_twice(world: FakeWorld) -> None:
    listed = replace(child(1), workflow_type=RUNNING.workflow_type, hints={})
    run(world, listed, times_out())
    state = await watch_until_settled(world)
    parent_of(world, listed)
    world.now += MINUTE
    await watch_until_settled(world, state)

    assert (await only_alert(world)).ref == listed.ref


async def test_the_own_timeouts_of_the_parent_are_shown_rather_than_those_of_a_child(world: FakeWorld) -> None:
    parent_of(world, child(1), activities=(times_out(attempt=3),))
    run(world, child(1), times_out())
    await watch_until_settled(world)

    alert = await only_alert(world)
    assert alert.attempt == 3
    assert alert.children is not None
    assert (alert.children.number, alert.children.shown) == (1, None)


async def test_a_child_that_keeps_failing_alerts_for_its_parent_until_it_gets_through(world: FakeWorld) -> None:
    parent_of(world, child(1), child(2))
    run(world, child(1), FIRST_ATTEMPT)
    run(world, child(2), KEEPS_FAILING)
    state = await watch_until_settled(world)
    alerting = await only_alert(world)
    run(world, child(2), FIRST_ATTEMPT)
    world.now += MINUTE
    await watch_until_settled(world, state)

    shown = Child(child(2).ref.workflow_id, one_day(2))
    assert (alerting.ref, alerting.alert_reason, alerting.attempt) == (REF, AlertReason.RETRYING, 9)
    assert alerting.children == TroubledChildren(1, 2, (shown,), shown, AlertReason.RETRYING)
    assert (await only_alert(world)).ending is Ending.RECOVERED


async def test_trouble_of_a_child_is_not_over_after_a_restart(world: FakeWorld) -> None:
    parent_of(world, child(1))
    run(world, child(1), KEEPS_FAILING)
    await watch_until_settled(world)
    await watch_until_settled(world, await watch(CLUSTER, world.services, new_state(CLUSTER)))

    assert (await only_alert(world)).is_open


async def test_a_reason_that_is_switched_off_does_not_alert_for_a_child_either() -> None:
    world = FakeWorld(config({CLUSTER: ("hilton",)}, alerts={"retrying": {"on": False}}))
    parent_of(world, child(1))
    run(world, child(1), KEEPS_FAILING)
    await watch_until_settled(world)

    assert world.journal.episodes == {}


async def test_the_alert_follows_each_attempt_of_the_child_it_shows_and_stays_with_it(world: FakeWorld) -> None:
    children = five_of_which_two_time_out(world)
    state = await watch_until_settled(world)
    for attempt in (3, 4):
        world.now += MINUTE
        run(world, children[3], times_out(attempt + 4))
        run(world, children[1], times_out(attempt))
        await watch_until_settled(world, state)

    alert = await only_alert(world)
    assert alert.attempt == 4
    assert alert.children is not None
    assert alert.children.shown == Child(children[1].ref.workflow_id, one_day(2))


async def test_a_child_that_completes_is_told_no_more_and_the_alert_ends_with_its_parent(world: FakeWorld) -> None:
    children = five_of_which_two_time_out(world)
    state = await watch_until_settled(world)
    for each in (children[1], children[3]):
        world.engines[CLUSTER].add(replace(each, status=ExecutionStatus.COMPLETED, closed_at=world.now))
    parent_of(world, children[0], children[2], children[4])
    world.now += MINUTE
    await watch_until_settled(world, state)
    recovered = await only_alert(world)
    for each in (children[0], children[2], children[4], RUNNING):
        world.engines[CLUSTER].add(replace(each, status=ExecutionStatus.COMPLETED, closed_at=world.now))
    await watch_until_settled(world, state)

    assert recovered.is_open
    assert recovered.children is not None
    assert (recovered.children.number, recovered.children.total, recovered.children.first) == (0, 3, ())
    assert (recovered.attempt, recovered.children.shown) == (2, Child(children[1].ref.workflow_id, one_day(2)))
    assert (await only_alert(world)).ending is Ending.COMPLETED
    (end,) = [line for line in lines(world) if isinstance(line, notification.EndLine)]
    assert end.attempt == 0


async def test_after_a_restart_the_alert_says_no_less_while_the_children_are_described_again(
    world: FakeWorld,
) -> None:
    children = five_of_which_two_time_out(world)
    await watch_until_settled(world)
    before = await only_alert(world)
    for each in children:
        run(world, each, FIRST_ATTEMPT)
    state = await watch(CLUSTER, world.services, new_state(CLUSTER))
    first = await only_alert(world)
    await watch_until_settled(world, state)

    assert first.children == before.children
    assert (await only_alert(world)).children == before.children


async def test_a_child_that_continues_as_new_is_followed_to_its_latest_run(world: FakeWorld) -> None:
    continued(world)
    await watch_until_settled(world)

    alert = await only_alert(world)
    assert alert.ref == REF
    assert alert.children is not None
    assert alert.children.number == 1


def continued(world: FakeWorld) -> Execution:
    """The run, which times out, of a child that has continued as new."""
    first = child(1)
    parent_of(world, first)
    world.engines[CLUSTER].add(replace(first, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOW - MINUTE))
    hints = {**first.hints, CHAIN_HINT: first.ref.run_id}
    latest = replace(first, ref=replace(first.ref, run_id="child-1-again"), started_at=NOW, hints=hints)
    run(world, latest, times_out())
    return latest


async def test_the_latest_run_of_a_child_is_described_again_after_an_answer_that_nobody_can_read(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest, describe = continued(world), world.engines[CLUSTER].describe

    async def broken(ref: Ref) -> Description:
        if ref == replace(latest.ref, run_id=""):
            raise ValueError("year 10000 is out of range")
        return await describe(ref)

    with monkeypatch.context() as patched:
        patched.setattr(world.engines[CLUSTER], "describe", broken)
        state = await watch_until_settled(world)
    before = dict(world.journal.episodes)
    world.now += world.config.watch.every
    await watch_until_settled(world, state)

    assert before == {}
    assert (await only_alert(world)).ref == REF


@pytest.mark.parametrize("problem", [Conflict("store", "changed meanwhile"), Unavailable("store", "locked")])
async def test_and_after_one_that_could_not_be_recorded(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch, problem: DependencyError
) -> None:
    latest, record = continued(world), world.journal.record

    async def failing(entry: JournalEntry, now: datetime) -> None:
        if replace(latest.ref, run_id="") in world.engines[CLUSTER].described:
            raise problem
        await record(entry, now)

    state = new_state(CLUSTER)
    with monkeypatch.context() as patched, suppress(Unavailable):
        patched.setattr(world.journal, "record", failing)
        await watch_until_settled(world, state)
    before = dict(world.journal.episodes)
    world.now += world.config.watch.every
    await watch_until_settled(world, state)

    assert before == {}
    assert (await only_alert(world)).ref == REF
    assert {ref.run_id for ref in state.queue.refs} == {REF.run_id, latest.ref.run_id}


async def test_a_failed_child_is_asked_for_once_and_not_again_and_again(world: FakeWorld) -> None:
    parent_of(world, child(1))
    world.engines[CLUSTER].add(replace(child(1), status=ExecutionStatus.FAILED, closed_at=NOW))
    await watch_until_settled(world, times=10)

    described = [ref for ref in world.engines[CLUSTER].described if ref.workflow_id == child(1).ref.workflow_id]
    assert len(described) == 2


async def test_what_is_below_a_run_that_has_ended_is_described_no_more(world: FakeWorld) -> None:
    five_of_which_two_time_out(world)
    state = await watch_until_settled(world)
    world.engines[CLUSTER].add(replace(RUNNING, status=ExecutionStatus.COMPLETED, closed_at=world.now))
    world.now += MINUTE
    state = await watch_until_settled(world, state)
    world.now += MINUTE
    await watch_until_settled(world, state)

    assert set(state.queue.refs) == set()


async def test_a_parent_costs_no_listing_of_children_and_each_child_one_describe_a_round(world: FakeWorld) -> None:
    parents = [replace(RUNNING, ref=Ref(CLUSTER, f"parent-{n}", f"run-{n}")) for n in range(200)]
    for parent in parents:
        below = tuple(child(1, parent, f"{parent.ref.workflow_id}/child-{m}") for m in range(50))
        below = tuple(replace(each, ref=replace(each.ref, run_id=f"run-of-{each.ref.workflow_id}")) for each in below)
        run(world, parent, below=below)
        for each in below:
            run(world, each)
    engine, state = world.engines[CLUSTER], await watch(CLUSTER, world.services)
    while state.queue.due(world.now, 1):
        await describe_and_conclude(state, world.services)

    assert len(state.queue) == 200 + 200 * 50
    assert sorted(engine.described) == sorted(engine.descriptions)
    assert {parent.ref for parent in parents} <= set(engine.described[:230])

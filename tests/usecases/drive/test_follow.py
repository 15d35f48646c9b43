"""Following a run: how it ended, how often it timed out, and that only an answer of Temporal ends the wait."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Unavailable
from bot.fleet.runs.call_budget import CallBudget
from bot.model import (
    Activity,
    ActivityState,
    ClosePolicy,
    Description,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    JournalEntry,
    PendingChild,
    Ref,
    SeenFailure,
)
from bot.model.execution import CHAIN_HINT, HEARTBEAT_HINT
from bot.services import Services
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.drive.follow import follow
from bot.usecases.drive.observed_run import FORGOTTEN
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import NOW, FakeWorld, config

CLUSTER = "voice-prod"
REF = Ref(CLUSTER, "backfill-hilton-2026-01-01-2026-01-06", "r1")
SILENT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
BROKEN = Failure(FailureKind.APPLICATION, "OSError: disk full")
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(config({CLUSTER: ("hilton",)}, watch={"every": "0.01s"}))


def run(status: ExecutionStatus = ExecutionStatus.RUNNING, ref: Ref = REF, hours: float = 0) -> Execution:
    """A run that started ``hours`` after nine o'clock. If it is closed, it took one hour."""
    started = NOW + timedelta(hours=hours)
    closed = None if status.is_open else started + timedelta(hours=1)
    return Execution(ref, "CustomerBackfill", "backfill", status, started, closed)


def described(of: Execution, attempt: int = 1, failure: Failure | None = None) -> Description:
    """A description with one activity while the run is open."""
    activity = Activity(
        activity_id="1",
        activity_type="copy",
        state=ActivityState.STARTED,
        attempt=attempt,
        scheduled_at=of.started_at,
        started_at=of.started_at,
        last_heartbeat_at=None,
        heartbeat_timeout=FIVE_MINUTES,
        details="",
        last_failure=failure,
        next_attempt_at=None,
    )
    activities = (activity,) if of.status.is_open else ()
    return Description(of, activities, cancel_requested=False, workflow_task_attempt=1)


class Heartbeats:
    """Counts the heartbeats, and changes the run after each."""

    def __init__(self, world: FakeWorld, *then: Description) -> None:
        self.world = world
        self.then = list(then)
        self.beats: list[timedelta] = []

    def __call__(self, heartbeat_timeout: timedelta) -> None:
        self.beats.append(heartbeat_timeout)
        if self.then:
            self.world.engines[CLUSTER].put(self.then.pop(0))


async def test_it_is_followed_until_it_has_closed(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run()))
    heartbeats = Heartbeats(world, described(run()), described(run(ExecutionStatus.COMPLETED)))

    followed = await follow(REF, 2, world.services, heartbeats)

    assert (followed.status, followed.took) == (ExecutionStatus.COMPLETED, timedelta(hours=1))
    assert (followed.timeouts, followed.last_failure) == (0, "")
    assert followed.heartbeat_timeout == FIVE_MINUTES
    assert heartbeats.beats == [FIVE_MINUTES] * 2


async def test_it_comes_back_when_the_run_has_timed_out_too_often(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run(), 2, SILENT))
    heartbeats = Heartbeats(world, described(run(), 2, SILENT), described(run(), 3, SILENT))

    followed = await follow(REF, 2, world.services, heartbeats)

    assert (followed.status, followed.timeouts) == (ExecutionStatus.RUNNING, 2)
    assert len(heartbeats.beats) == 2


async def test_timeouts_of_several_activities_are_not_summed(world: FakeWorld) -> None:
    others = [SeenFailure(REF, f"other-{number}", 1, SILENT, NOW) for number in range(5)]
    await world.journal.record(JournalEntry(failures=tuple(others)), NOW)
    world.engines[CLUSTER].put(described(run(), 2, SILENT))
    heartbeats = Heartbeats(world, described(run(), 2, SILENT), described(run(ExecutionStatus.COMPLETED)))

    followed = await follow(REF, 2, world.services, heartbeats)

    assert (followed.status, followed.timeouts) == (ExecutionStatus.COMPLETED, 1)


async def test_timeouts_that_others_have_seen_count_and_other_failures_do_not(world: FakeWorld) -> None:
    seen = SeenFailure(REF, "1", 1, SILENT, NOW)
    await world.journal.record(JournalEntry(failures=(seen, replace(seen, attempt=2, failure=BROKEN))), NOW)
    world.engines[CLUSTER].put(described(run(), 4, SILENT))

    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert followed.timeouts == 2


async def test_a_failure_is_recorded_once_however_often_it_is_followed(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run(), 2, SILENT))
    closed = described(run(ExecutionStatus.FAILED))

    first = await follow(REF, None, world.services, Heartbeats(world, closed))
    again = await follow(REF, None, world.services, Heartbeats(world))

    assert [(seen.attempt, seen.failure) for seen in world.journal.seen.values()] == [(1, SILENT)]
    assert (first.timeouts, again.timeouts) == (1, 1)
    assert again.last_failure == SILENT.message


async def test_silence_of_the_cluster_says_nothing_about_the_run(world: FakeWorld) -> None:
    engine = world.engines[CLUSTER]
    engine.put(described(run(ExecutionStatus.COMPLETED)))
    engine.away = Unavailable("Temporal of voice-prod", "no answer")
    beats = []

    def beat(heartbeat_timeout: timedelta) -> None:
        beats.append(heartbeat_timeout)
        if len(beats) == 3:
            engine.away = None

    followed = await follow(REF, 2, world.services, beat)

    assert followed.status is ExecutionStatus.COMPLETED
    assert len(beats) == 3


async def test_a_silent_store_changes_nothing(world: FakeWorld) -> None:
    world.journal.away = Unavailable("store", "locked")
    world.engines[CLUSTER].put(described(run(), 2, SILENT))

    followed = await follow(REF, 1, world.services, Heartbeats(world))

    assert followed.timeouts == 1


async def test_a_run_that_continued_as_new_is_followed_into_the_next_one(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run(ExecutionStatus.CONTINUED_AS_NEW)))
    successor = run(ExecutionStatus.COMPLETED, replace(REF, run_id="r2"), hours=1)
    heartbeats = Heartbeats(world, described(successor))

    followed = await follow(REF, 2, world.services, heartbeats)

    assert followed.ref == successor.ref
    assert (followed.status, followed.took) == (ExecutionStatus.COMPLETED, timedelta(hours=2))


def link(number: int, status: ExecutionStatus = ExecutionStatus.CONTINUED_AS_NEW) -> Execution:
    """One run of a chain of continued runs, an hour each."""
    return run(status, replace(REF, run_id=f"r{number}"), hours=number - 1)


async def test_each_link_of_a_long_chain_is_described_once_because_any_may_have_been_asked_to_cancel(
    world: FakeWorld,
) -> None:
    engine = world.engines[CLUSTER]
    for number in range(1, 300):
        engine.add(link(number))
    engine.add(link(300, ExecutionStatus.COMPLETED))
    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.ref.run_id, followed.status) == ("r300", ExecutionStatus.COMPLETED)
    assert followed.took == timedelta(hours=300)
    assert len(engine.described) == len(set(engine.described)) == 300


async def test_timeouts_of_links_that_were_passed_over_count(world: FakeWorld) -> None:
    engine = world.engines[CLUSTER]
    for number in (1, 2, 3):
        engine.add(link(number))
        seen = SeenFailure(link(number).ref, "1", 1, SILENT, NOW)
        await world.journal.record(JournalEntry(failures=(seen,)), NOW)
    engine.add(link(4, ExecutionStatus.RUNNING))

    assert (await follow(REF, 3, world.services, Heartbeats(world))).timeouts == 3


@pytest.mark.parametrize("status", [ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED])
async def test_a_run_that_temporal_retried_or_somebody_reset_is_followed_into_the_next_one(
    world: FakeWorld, status: ExecutionStatus
) -> None:
    engine = world.engines[CLUSTER]
    engine.add(run(status))
    again = replace(link(2, ExecutionStatus.COMPLETED), hints={CHAIN_HINT: "r1"})
    engine.add(again)

    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.ref, followed.status) == (again.ref, ExecutionStatus.COMPLETED)
    assert followed.took == timedelta(hours=2)


async def test_a_later_run_of_the_same_workflow_id_is_not_taken_for_a_retry(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(run(ExecutionStatus.FAILED))
    world.engines[CLUSTER].add(link(2, ExecutionStatus.COMPLETED))

    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.ref, followed.status) == (REF, ExecutionStatus.FAILED)


async def test_a_look_ends_though_the_run_continues_as_new_for_ever(world: FakeWorld) -> None:
    engine = world.engines[CLUSTER]
    engine.add(link(1))
    engine.add(link(2, ExecutionStatus.RUNNING))

    followed = await follow(REF, 0, world.services, Heartbeats(world))

    assert (followed.ref.run_id, followed.status.is_open, len(engine.described)) == ("r2", True, 1)


async def test_between_links_the_follower_is_heard_of(world: FakeWorld) -> None:
    engine = world.engines[CLUSTER]
    engine.add(link(1))
    engine.add(link(2, ExecutionStatus.RUNNING))
    ends = [[link(n), link(n + 1, ExecutionStatus.RUNNING)] for n in range(2, 6)]
    ends.append([link(6, ExecutionStatus.COMPLETED)])
    beats = []

    def beat(heartbeat_timeout: timedelta) -> None:
        beats.append(heartbeat_timeout)
        for execution in ends.pop(0):
            engine.add(execution)

    followed = await follow(REF, 2, world.services, beat)

    assert (followed.ref.run_id, len(beats)) == ("r6", 5)


async def test_runs_of_one_moment_are_not_followed_in_a_circle(world: FakeWorld) -> None:
    at_once = replace(link(1), closed_at=link(1).started_at)
    world.engines[CLUSTER].add(at_once)
    world.engines[CLUSTER].add(replace(at_once, ref=replace(REF, run_id="r2")))
    world.now = NOW + timedelta(hours=1)

    assert (await follow(REF, 2, world.services, Heartbeats(world))).is_gone


async def test_a_run_whose_successor_never_shows_is_given_up_in_the_end(world: FakeWorld) -> None:
    world.now = NOW + timedelta(hours=2)
    world.engines[CLUSTER].put(described(run(ExecutionStatus.CONTINUED_AS_NEW)))

    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.is_gone, followed.status) == (True, ExecutionStatus.FAILED)


async def test_a_run_that_continued_as_new_into_a_type_that_nobody_has_configured_is_followed(
    world: FakeWorld,
) -> None:
    world.now = NOW + timedelta(hours=2)
    later = replace(link(2, ExecutionStatus.COMPLETED), workflow_type="FinishUp", hints={CHAIN_HINT: "r1"})
    world.engines[CLUSTER].add(link(1))
    world.engines[CLUSTER].add(later)
    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.ref, followed.status, followed.is_gone) == (later.ref, ExecutionStatus.COMPLETED, False)


async def test_a_run_that_temporal_has_forgotten_is_told_as_gone(world: FakeWorld) -> None:
    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.is_gone, followed.last_failure, followed.closed_at) == (True, FORGOTTEN, None)


async def test_a_run_that_temporal_has_forgotten_ended_as_the_ledger_has_it(world: FakeWorld) -> None:
    await world.ledger.keep([run(ExecutionStatus.COMPLETED)])

    followed = await follow(REF, 2, world.services, Heartbeats(world))

    assert (followed.status, followed.is_gone) == (ExecutionStatus.COMPLETED, False)
    assert followed.took == timedelta(hours=1)


@pytest.mark.parametrize("status", [ExecutionStatus.RUNNING, ExecutionStatus.GONE, ExecutionStatus.CONTINUED_AS_NEW])
async def test_one_that_nobody_has_seen_end_is_told_as_gone(world: FakeWorld, status: ExecutionStatus) -> None:
    await world.ledger.keep([run(status)])

    assert (await follow(REF, 2, world.services, Heartbeats(world))).is_gone


async def test_a_ledger_that_is_away_makes_it_gone(world: FakeWorld) -> None:
    world.ledger.away = Unavailable("store", "locked")

    assert (await follow(REF, 2, world.services, Heartbeats(world))).is_gone


async def test_what_was_known_before_a_restart_is_kept(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run(ExecutionStatus.CANCELLED)))

    followed = await follow(REF, None, world.services, Heartbeats(world), longest_timeout=FIVE_MINUTES)

    assert followed.heartbeat_timeout == FIVE_MINUTES


async def test_a_heartbeat_timeout_that_was_seen_while_the_run_was_open_counts_after_it_has_closed(
    world: FakeWorld,
) -> None:
    services = world.services
    world.engines[CLUSTER].add(replace(run(), hints={HEARTBEAT_HINT: "300"}))
    await cancel_run(REF, "too slow", services)
    world.engines[CLUSTER].put(described(run(ExecutionStatus.CANCELLED)))

    assert (await follow(REF, None, services, Heartbeats(world))).heartbeat_timeout == FIVE_MINUTES


@on_idle_clock
async def test_those_who_follow_many_runs_keep_within_the_budget_of_calls_and_beat_while_they_wait() -> None:
    world, clock, calls = FakeWorld(config({CLUSTER: ("hilton",)})), asyncio.get_running_loop().time, list[float]()
    world.budgets[CLUSTER] = CallBudget(21)
    world.engines[CLUSTER].put(described(run()))
    describe_it, beats = world.engines[CLUSTER].describe, list[timedelta]()

    async def counted(ref: Ref) -> Description:
        calls.append(clock())
        return await describe_it(ref)

    world.engines[CLUSTER].describe = counted  # type: ignore[method-assign]
    services = world.services
    await asyncio.gather(*(follow(REF, 0, services, beats.append) for _ in range(60)))

    assert len(calls) == 60
    assert all(sum(last - 1 < call <= last for call in calls) <= 20 for last in calls)
    assert beats


def parent_with(*children: Execution) -> Description:
    """An open run whose own activity does well, with these children."""
    shown = tuple(PendingChild(child.ref, child.workflow_type, ClosePolicy.TERMINATE) for child in children)
    return replace(described(run()), children=shown)


def child_of(name: str) -> Execution:
    return replace(run(ref=Ref(CLUSTER, name, f"run-of-{name}")), workflow_type="CopyDays")


async def test_heartbeat_timeouts_of_one_child_count_for_the_window(world: FakeWorld) -> None:
    child = child_of("copy-1")
    world.engines[CLUSTER].put(parent_with(child))
    world.engines[CLUSTER].put(described(child, attempt=2, failure=SILENT))
    heartbeats = Heartbeats(world, described(child, attempt=3, failure=SILENT))
    followed = await follow(REF, 2, often(world), heartbeats)

    assert (followed.status, followed.timeouts) == (ExecutionStatus.RUNNING, 2)
    assert followed.last_failure == SILENT.message
    assert followed.heartbeat_timeout == FIVE_MINUTES


async def test_timeouts_that_the_watcher_has_recorded_of_a_child_count_too(world: FakeWorld) -> None:
    child = child_of("copy-1")
    world.engines[CLUSTER].put(parent_with(child))
    world.engines[CLUSTER].put(described(child, attempt=3, failure=SILENT))
    await world.journal.record(JournalEntry(failures=(SeenFailure(child.ref, "1", 1, SILENT, NOW),)), NOW)

    assert (await follow(REF, 2, world.services, Heartbeats(world))).timeouts == 2


async def test_single_timeouts_of_different_children_are_not_added_up(world: FakeWorld) -> None:
    children = [child_of(f"copy-{number}") for number in range(3)]
    world.engines[CLUSTER].put(parent_with(*children))
    for child in children:
        world.engines[CLUSTER].put(described(child, attempt=2, failure=SILENT))
    heartbeats = Heartbeats(world, parent_with(*children), described(run(ExecutionStatus.COMPLETED)))
    followed = await follow(REF, 2, world.services, heartbeats)

    assert (followed.status, followed.timeouts) == (ExecutionStatus.COMPLETED, 1)


def often(world: FakeWorld) -> Services:
    """Children are described as often as their run."""
    watch = world.config.watch.model_copy(update={"slow_round": timedelta(0)})
    return replace(world.services, config=world.config.model_copy(update={"watch": watch}))

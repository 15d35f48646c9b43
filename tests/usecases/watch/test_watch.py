"""Watching a cluster: what is described and when, what is recorded, and that silence changes nothing."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.commands import Ack
from bot.errors import NotFound, Unavailable
from bot.fleet.notifications import notification
from bot.fleet.notifications.keys import episode_id
from bot.fleet.runs.call_budget import CallBudget, describes_per_second
from bot.fleet.runs.close_facts import waits
from bot.model import (
    Activity,
    ActivityState,
    Actor,
    AlertReason,
    ClusterRecord,
    Description,
    Ending,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    MoreTime,
    Pause,
    Ref,
    SeenFailure,
)
from bot.model.execution import CHAIN_HINT
from bot.usecases.ack import ack
from bot.usecases.observe.observe import observe
from bot.usecases.watch.listing import list_runs
from bot.usecases.watch.state import MOST_AT_ONCE, MOST_WAITING, RECORDED_WITHIN, WatchState, due_at
from bot.usecases.watch.watch import AFTER_CONFLICT, conclude, describe_due
from tests.fakes.engine import with_facts
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.journal import FakeJournal
from tests.fakes.services import NOW, OPERATOR, TEAM, FakeWorld, config
from tests.usecases.watch.passes import PLENTY, describe_and_conclude, new_state, unannounced, watch

CLUSTER = "voice-prod"
REF = Ref(CLUSTER, "backfill-hilton-2026-01-01-2026-02-21", "run-1")
RUNNING = Execution(REF, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, NOW - timedelta(hours=22))
FIRST_ATTEMPT = Activity(
    activity_id="1",
    activity_type="copy_days",
    state=ActivityState.STARTED,
    attempt=1,
    scheduled_at=RUNNING.started_at,
    started_at=RUNNING.started_at,
    last_heartbeat_at=NOW - timedelta(seconds=5),
    heartbeat_timeout=timedelta(seconds=60),
    details='{"day":"2026-01-13","rows":980,"total":4200}',
    last_failure=None,
    next_attempt_at=None,
)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def describe(world: FakeWorld, **activity: object) -> None:
    timed_out = replace(FIRST_ATTEMPT, **activity)  # type: ignore[arg-type]
    world.engines[CLUSTER].put(Description(RUNNING, (timed_out,), cancel_requested=False, workflow_task_attempt=1))


def time_out(world: FakeWorld, attempt: int) -> None:
    describe(
        world, attempt=attempt, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
    )


def close(world: FakeWorld, status: ExecutionStatus) -> None:
    world.engines[CLUSTER].add(replace(RUNNING, status=status, closed_at=world.now))


def kinds(world: FakeWorld) -> list[str]:
    return [each.kind for each in unannounced(world)]


async def test_22_hours_on_attempt_1_is_no_alert(world: FakeWorld) -> None:
    describe(world)
    await watch(CLUSTER, world.services)

    assert world.journal.episodes == {}
    assert world.outbox.messages == {}
    assert await world.journal.last_seen() == {CLUSTER: NOW}


async def test_a_heartbeat_timeout_opens_an_episode_and_its_failure_is_kept(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)

    (episode,) = await world.journal.open_episodes()
    assert (episode.customer, episode.attempt) == ("hilton", 2)
    assert episode.progress == "day 2026-01-13, 980 of 4,200 rows"
    assert [seen.attempt for seen in (await world.journal.failures([REF]))[REF]] == [1]
    assert kinds(world) == ["episode", "attempts"]


async def test_an_alert_offers_more_time_where_the_server_can_give_it_and_follows_what_was_given(
    world: FakeWorld,
) -> None:
    minute = timedelta(minutes=1)
    time_out(world, attempt=2)
    world.controls[CLUSTER].has_activity_options = False
    await watch(CLUSTER, world.services)
    (before,) = await world.journal.open_episodes()
    world.controls[CLUSTER].has_activity_options = True
    time_out(world, attempt=3)
    await watch(CLUSTER, world.services)
    (offered,) = await world.journal.open_episodes()
    await world.controls[CLUSTER].set_heartbeat_timeout(REF, FIRST_ATTEMPT.activity_id, 6 * minute)
    await watch(CLUSTER, world.services)
    (given,) = await world.journal.open_episodes()

    assert before.more_time is None
    assert offered.more_time == MoreTime(minute, 6 * minute)
    assert given.more_time == MoreTime(6 * minute, 36 * minute)


async def test_an_alert_offers_to_begin_an_attempt_that_is_a_while_away(world: FakeWorld) -> None:
    failure = Failure(FailureKind.APPLICATION, "connection reset")
    later = NOW + timedelta(hours=1)
    describe(world, state=ActivityState.SCHEDULED, next_attempt_at=later, attempt=5, last_failure=failure)
    await watch(CLUSTER, world.services)
    (waits,) = await world.journal.open_episodes()
    describe(world, attempt=5, last_failure=failure)
    await watch(CLUSTER, world.services)
    (runs,) = await world.journal.open_episodes()

    assert (waits.can_reset, runs.can_reset) == (True, False)


async def test_an_alert_says_that_its_run_is_paused_until_it_goes_on(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    await world.controls[CLUSTER].pause_activity(REF, FIRST_ATTEMPT.activity_id, "the database is restored")
    await watch(CLUSTER, world.services)
    (paused,) = await world.journal.open_episodes()
    await world.controls[CLUSTER].unpause_activity(REF, FIRST_ATTEMPT.activity_id)
    await watch(CLUSTER, world.services)
    (resumed,) = await world.journal.open_episodes()

    assert (paused.is_paused, paused.more_time) == (True, None)
    assert not resumed.is_paused


async def test_an_alert_does_not_say_paused_because_another_activity_of_its_run_is(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    (described,) = world.engines[CLUSTER].descriptions.values()
    report = replace(described.activities[0], activity_id="report", last_failure=None, pause=Pause())
    world.engines[CLUSTER].put(replace(described, activities=(*described.activities, report)))
    await watch(CLUSTER, world.services)
    (alert,) = await world.journal.open_episodes()

    assert (alert.activity_id, alert.is_paused) == (FIRST_ATTEMPT.activity_id, False)


async def test_failures_seen_in_earlier_passes_are_told_when_temporal_has_forgotten_them(world: FakeWorld) -> None:
    describe(world, attempt=2, last_failure=Failure(FailureKind.APPLICATION, "connection reset"))
    await watch(CLUSTER, world.services)
    time_out(world, attempt=3)
    await watch(CLUSTER, world.services)

    lines = [notification.parse(w.message.body) for w in world.outbox.messages.values()]
    shown = [line for line in lines if isinstance(line, notification.AttemptsLine)]
    assert [(line.last, line.failure and line.failure.message) for line in shown] == [
        (1, "connection reset"),
        (2, "activity Heartbeat timeout"),
    ]


async def test_an_ended_attempt_is_told_with_the_progress_it_had_and_not_with_that_of_the_next_one(
    world: FakeWorld,
) -> None:
    describe(world)
    await watch(CLUSTER, world.services)
    timed_out = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
    describe(world, attempt=2, last_failure=timed_out, details='{"day":"2026-01-01","rows":0,"total":4200}')
    await watch(CLUSTER, world.services)

    lines = [notification.parse(w.message.body) for w in world.outbox.messages.values()]
    shown = [line for line in lines if isinstance(line, notification.AttemptsLine)]
    assert [line.progress for line in shown] == ["day 2026-01-13, 980 of 4,200 rows"]


async def test_a_second_pass_in_which_nothing_changed_says_nothing_more(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    for _ in range(3):
        await watch(CLUSTER, world.services)

    assert kinds(world) == ["episode", "attempts"]


async def test_a_silent_cluster_opens_and_resolves_nothing(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    before = dict(world.journal.episodes)
    world.engines[CLUSTER].away = Unavailable("Temporal", "connection refused")
    world.now += timedelta(minutes=10)
    await watch(CLUSTER, world.services)

    assert world.journal.episodes == before
    assert await world.journal.last_seen() == {CLUSTER: NOW}


async def test_a_silence_is_logged_when_it_begins_and_when_it_ends_and_not_at_every_pass(world: FakeWorld) -> None:
    world.engines[CLUSTER].away = Unavailable("Temporal", "connection refused")
    rounds = new_state(CLUSTER)
    with capture_logs() as logs:
        for _ in range(3):
            rounds = await watch(CLUSTER, world.services, rounds)
        world.engines[CLUSTER].away = None
        for _ in range(2):
            rounds = await watch(CLUSTER, world.services, rounds)

    assert [line["event"] for line in logs] == ["cluster does not answer", "cluster answers again"]


async def test_the_alert_of_a_run_that_completed_after_its_cancel_goes_on_as_one_about_the_doubt(
    world: FakeWorld,
) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    over = replace(RUNNING, status=ExecutionStatus.COMPLETED, closed_at=world.now)
    world.engines[CLUSTER].put(Description(over, (), cancel_requested=True, workflow_task_attempt=1))
    await watch(CLUSTER, world.services)

    (episode,) = world.journal.episodes.values()
    assert (episode.ending, episode.alert_reason) == (None, AlertReason.IN_DOUBT)


async def test_so_does_one_whose_cancel_was_requested_before_it_continued_as_new(world: FakeWorld) -> None:
    first = Ref(CLUSTER, REF.workflow_id, "run-0")
    chain = {CHAIN_HINT: first.run_id}
    before = replace(RUNNING, ref=first, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=RUNNING.started_at)
    await world.ledger.keep([with_facts(replace(before, hints=chain), cancel_requested=True)])
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    world.engines[CLUSTER].add(replace(RUNNING, status=ExecutionStatus.COMPLETED, closed_at=world.now, hints=chain))
    await watch(CLUSTER, world.services)

    (episode,) = world.journal.episodes.values()
    assert episode.ending is Ending.IN_DOUBT


async def test_until_that_is_known_its_alert_stays_open_and_others_open(world: FakeWorld) -> None:
    first = Ref(CLUSTER, REF.workflow_id, "run-0")
    chain = {CHAIN_HINT: first.run_id}
    before = replace(RUNNING, ref=first, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=RUNNING.started_at)
    await world.ledger.keep([replace(before, hints=chain | waits())])
    world.engines[CLUSTER].undescribed = {first}
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    world.engines[CLUSTER].add(replace(RUNNING, status=ExecutionStatus.COMPLETED, closed_at=world.now, hints=chain))
    other = Ref(CLUSTER, "backfill-ritz-2026-01-01-2026-02-21", "run-2")
    failing = replace(FIRST_ATTEMPT, attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "timed out"))
    world.engines[CLUSTER].put(Description(replace(RUNNING, ref=other), (failing,), False, 1))
    await watch(CLUSTER, world.services)

    endings = {episode.ref: episode.ending for episode in world.journal.episodes.values()}
    assert endings == {REF: None, other: None}

    world.engines[CLUSTER].undescribed = set()
    await world.ledger.keep([with_facts(replace(before, hints=chain), cancel_requested=False)])
    await watch(CLUSTER, world.services)
    assert world.journal.episodes[episode_id(REF)].ending is Ending.COMPLETED


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (ExecutionStatus.COMPLETED, Ending.COMPLETED),
        (ExecutionStatus.CANCELLED, Ending.CANCELLED),
        (ExecutionStatus.TERMINATED, Ending.TERMINATED),
        (ExecutionStatus.FAILED, Ending.FAILED),
        (ExecutionStatus.TIMED_OUT, Ending.FAILED),
    ],
)
async def test_an_execution_that_leaves_the_listing_is_described_to_learn_how_it_ended(
    status: ExecutionStatus, ending: Ending
) -> None:
    world = FakeWorld(config=config({CLUSTER: ("hilton", "vivint")}, alerts={"failed": {"on": False}}))
    time_out(world, attempt=2)
    rounds = await watch(CLUSTER, world.services)
    close(world, status)
    await watch(CLUSTER, world.services, rounds)

    assert [episode.ending for episode in world.journal.episodes.values()] == [ending]
    assert kinds(world)[-1] == "end"


@pytest.mark.parametrize("status", [ExecutionStatus.TERMINATED, ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT])
async def test_the_alert_of_a_run_that_fails_goes_on_until_something_replaces_the_run(
    world: FakeWorld, status: ExecutionStatus
) -> None:
    time_out(world, attempt=2)
    rounds = await watch(CLUSTER, world.services)
    close(world, status)
    await watch(CLUSTER, world.services, rounds)

    assert [(e.ending, e.alert_reason) for e in world.journal.episodes.values()] == [(None, AlertReason.FAILED)]
    assert kinds(world)[-1] == "reason"


async def test_an_execution_that_retention_has_removed_ends_its_episode(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    world.engines[CLUSTER].descriptions.clear()
    await watch(CLUSTER, world.services)

    assert [episode.ending for episode in world.journal.episodes.values()] == [Ending.GONE]


async def test_a_run_that_temporal_knows_again_goes_on_in_its_alert_and_holds_no_other_up(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    forgotten = world.engines[CLUSTER].descriptions.pop(REF)
    await watch(CLUSTER, world.services)
    other = replace(forgotten, execution=replace(RUNNING, ref=replace(REF, workflow_id="someone-elses-copy")))
    world.engines[CLUSTER].put(forgotten)
    world.engines[CLUSTER].put(other)
    await watch(CLUSTER, world.services)

    assert {episode.name for episode in await world.journal.open_episodes()} == {"hilton", "someone-elses-copy"}
    assert all(episode.ended_at is None for episode in await world.journal.open_episodes())


async def test_a_running_activity_is_looked_at_again_only_when_its_heartbeat_could_have_timed_out(
    world: FakeWorld,
) -> None:
    describe(world)
    rounds = await watch(CLUSTER, world.services)
    described = len(world.engines[CLUSTER].described)
    world.now += timedelta(seconds=20)
    rounds = await watch(CLUSTER, world.services, rounds)
    assert len(world.engines[CLUSTER].described) == described

    world.now = NOW + timedelta(minutes=2)
    await watch(CLUSTER, world.services, rounds)

    assert len(world.engines[CLUSTER].described) == described + 1


async def test_what_has_an_alert_is_looked_at_in_every_pass(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    rounds = await watch(CLUSTER, world.services)
    world.now += timedelta(seconds=1)
    timed_out = replace(FIRST_ATTEMPT, attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, ""))
    world.engines[CLUSTER].put(Description(RUNNING, (timed_out,), cancel_requested=True, workflow_task_attempt=1))
    await watch(CLUSTER, world.services, rounds)

    assert kinds(world)[-1] == "cancel"


def many(world: FakeWorld, count: int) -> list[Ref]:
    refs = [Ref(CLUSTER, f"copy-{n:03}", "run-1") for n in range(count)]
    for ref in refs:
        world.engines[CLUSTER].add(replace(RUNNING, ref=ref))
    return refs


@on_idle_clock
async def test_within_a_second_no_more_calls_are_made_than_the_budget_has_and_the_rest_come_next() -> None:
    world, budget, clock = FakeWorld(), 40, asyncio.get_running_loop().time
    many(world, 120)
    describe_it, calls = world.engines[CLUSTER].describe, list[float]()

    async def counted(ref: Ref) -> Description:
        calls.append(clock())
        return await describe_it(ref)

    world.engines[CLUSTER].describe = counted  # type: ignore[method-assign]
    state = await watch(CLUSTER, world.services, new_state(CLUSTER, budget))
    while state.queue.due(world.now, 1):
        await describe_and_conclude(state, world.services)

    assert len(set(world.engines[CLUSTER].described)) == 120
    assert all(sum(last - 1 < call <= last for call in calls) < budget for last in calls)
    assert calls[-1] - calls[0] < 120 / describes_per_second(budget)


@on_idle_clock
async def test_deadlines_go_before_slow_rounds() -> None:
    world = FakeWorld()
    rounds, deadlines = many(world, 60)[:30], many(world, 60)[30:]
    for ref in deadlines:
        beating = replace(world.engines[CLUSTER].descriptions[ref], activities=(FIRST_ATTEMPT,))
        world.engines[CLUSTER].put(beating)
    state = await watch(CLUSTER, world.services)
    await describe_and_conclude(state, world.services)
    world.now += world.config.watch.slow_round
    state.budget = CallBudget(21)
    world.engines[CLUSTER].described.clear()
    for _ in range(2):
        await describe_and_conclude(state, world.services)

    described = world.engines[CLUSTER].described
    assert len(described) == 20
    assert len(set(described) & set(rounds)) == 2


async def test_more_executions_than_one_pass_describes_all_get_their_turn(world: FakeWorld) -> None:
    refs = many(world, 3 * MOST_AT_ONCE)
    state = await watch(CLUSTER, world.services)
    for _ in range(2):
        await describe_and_conclude(state, world.services)

    assert sorted(world.engines[CLUSTER].described) == refs


@on_idle_clock
async def test_being_behind_is_told_when_it_begins_and_when_it_is_over() -> None:
    world = FakeWorld()
    many(world, 60)
    state = await watch(CLUSTER, world.services, new_state(CLUSTER, 21))
    world.now += world.config.watch.slow_round
    with capture_logs() as logs:
        for _ in range(12):
            await asyncio.sleep(1)
            await describe_and_conclude(state, world.services)

    late = [line for line in logs if "runs are described" in line["event"]]
    assert [line["event"] for line in late] == ["runs are described late", "runs are described in time again"]
    assert (late[0]["runs"], late[0]["calls_per_second"], late[0]["cluster"]) == (60, 21, CLUSTER)


async def test_what_is_recorded_is_posted_at_once_and_nothing_is_posted_when_nothing_is(world: FakeWorld) -> None:
    woken = list[str]()
    state = WatchState(CLUSTER, CallBudget(PLENTY), on_messages=lambda: woken.append("woken"))
    describe(world)
    await watch(CLUSTER, world.services, state)
    before = len(woken)
    time_out(world, attempt=2)
    world.now += timedelta(minutes=1)
    await describe_and_conclude(state, world.services)

    assert (before, len(woken)) == (0, 1)


async def test_runs_are_due_again_soon_when_the_store_does_not_answer(world: FakeWorld) -> None:
    describe(world)
    state = await watch(CLUSTER, world.services)
    world.now += timedelta(minutes=2)
    world.journal.away = Unavailable("store", "locked")
    with pytest.raises(Unavailable):
        await describe_and_conclude(state, world.services)

    assert state.queue.due(world.now + world.config.watch.every, PLENTY) == [REF]


async def test_runs_are_described_while_others_wait_to_be_recorded_but_no_run_twice(world: FakeWorld) -> None:
    refs = many(world, 2 * MOST_AT_ONCE)
    state = new_state(CLUSTER)
    await list_runs(state, world.services)
    for _ in range(4):
        await describe_due(state, world.services)
    described = list(world.engines[CLUSTER].described)
    await conclude(state, world.services)
    await conclude(state, world.services)

    assert sorted(described) == refs
    assert not state.described
    assert not state.queue.due(world.now, PLENTY)


async def test_the_first_runs_are_recorded_while_the_last_are_still_being_described(world: FakeWorld) -> None:
    refs = many(world, 2 * MOST_AT_ONCE)
    describe_it, goes_on, handed_over = world.engines[CLUSTER].describe, asyncio.Event(), asyncio.Event()

    async def describe_last_late(ref: Ref) -> Description:
        if ref == refs[-1]:
            await goes_on.wait()
        return await describe_it(ref)

    world.engines[CLUSTER].describe = describe_last_late  # type: ignore[method-assign]
    state = WatchState(CLUSTER, CallBudget(PLENTY), on_described=handed_over.set)
    await list_runs(state, world.services)
    describing = asyncio.create_task(describe_due(state, world.services))
    await handed_over.wait()
    await conclude(state, world.services)
    rest = state.queue.due(world.now + world.config.watch.every, PLENTY)
    goes_on.set()
    await describing

    assert rest == refs[MOST_AT_ONCE:]
    assert [len(step.described.refs) for step in state.described] == [MOST_AT_ONCE]


async def test_no_more_are_described_while_too_many_wait_to_be_recorded(world: FakeWorld) -> None:
    many(world, 2 * MOST_WAITING)
    state = new_state(CLUSTER)
    await list_runs(state, world.services)
    for _ in range(2 * MOST_WAITING // MOST_AT_ONCE):
        await describe_due(state, world.services)
    waits = state.next_describe_in(world.now)
    await conclude(state, world.services)

    assert len(world.engines[CLUSTER].described) == MOST_WAITING
    assert waits is None
    assert state.next_describe_in(world.now) is not None


async def test_what_was_described_waits_for_more_unless_there_is_enough_to_record(world: FakeWorld) -> None:
    many(world, 2 * MOST_AT_ONCE)
    state = new_state(CLUSTER)
    await list_runs(state, world.services)
    few = state.record_in
    await describe_due(state, world.services)

    assert (few, state.record_in) == (RECORDED_WITHIN, timedelta(0))


async def test_of_a_run_that_was_described_twice_the_later_description_counts(world: FakeWorld) -> None:
    describe(world)
    state = new_state(CLUSTER)
    await list_runs(state, world.services)
    await describe_due(state, world.services)
    time_out(world, attempt=2)
    await list_runs(state, world.services)
    state.queue.put(REF, due_at(world.now))
    await describe_due(state, world.services)
    await conclude(state, world.services)

    assert len(world.journal.episodes) == 1
    assert not state.described


async def test_a_run_that_has_ended_is_described_no_more(world: FakeWorld) -> None:
    describe(world)
    state = await watch(CLUSTER, world.services)
    close(world, ExecutionStatus.COMPLETED)
    world.now += timedelta(minutes=2)
    await describe_and_conclude(state, world.services)

    assert len(state.queue) == 0


async def test_an_execution_that_cannot_be_described_does_not_keep_the_others_from_being_looked_at(
    world: FakeWorld,
) -> None:
    refs = many(world, 3 * world.config.watch.describes_at_once)
    describe_it = world.engines[CLUSTER].describe

    async def all_but_the_first(ref: Ref) -> Description:
        if ref == refs[0]:
            raise Unavailable("Temporal", "its answer is too large")
        return await describe_it(ref)

    world.engines[CLUSTER].describe = all_but_the_first  # type: ignore[method-assign]
    rounds = new_state(CLUSTER)
    for _ in range(2):
        rounds = await watch(CLUSTER, world.services, rounds)
        world.now += world.config.watch.every

    assert set(world.engines[CLUSTER].described) == set(refs[1:])


async def test_an_execution_that_is_not_recognised_alerts_under_its_workflow_id(world: FakeWorld) -> None:
    ref = Ref(CLUSTER, "someone-elses-copy", "run-1")
    activity = replace(FIRST_ATTEMPT, attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, ""))
    world.engines[CLUSTER].put(
        Description(replace(RUNNING, ref=ref), (activity,), cancel_requested=False, workflow_task_attempt=1)
    )
    await watch(CLUSTER, world.services)

    (episode,) = await world.journal.open_episodes()
    assert (episode.customer, episode.name) == ("", "someone-elses-copy")


async def test_a_run_that_vanishes_between_listing_and_describe_is_nothing_to_speak_of(world: FakeWorld) -> None:
    describe(world)

    async def gone(ref: Ref) -> Description:
        raise NotFound("Temporal", f"no run {ref.run_id}")

    world.engines[CLUSTER].describe = gone  # type: ignore[method-assign]
    await watch(CLUSTER, world.services)

    assert world.outbox.messages == {}


async def acknowledge(world: FakeWorld) -> None:
    await ack(Ack(target="hilton"), Actor(OPERATOR, TEAM, world.config.slack.channel), world.services)


async def test_an_acknowledgement_while_the_cluster_is_asked_survives(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    time_out(world, attempt=3)
    describe_it = world.engines[CLUSTER].describe

    async def slowly(ref: Ref) -> Description:
        await acknowledge(world)
        return await describe_it(ref)

    world.engines[CLUSTER].describe = slowly  # type: ignore[method-assign]
    await watch(CLUSTER, world.services)

    (episode,) = await world.journal.open_episodes()
    assert (episode.acked_by, episode.attempt) == (OPERATOR, 3)


async def test_a_pass_that_was_overtaken_changes_nothing_and_the_next_one_decides_again(world: FakeWorld) -> None:
    time_out(world, attempt=2)
    await watch(CLUSTER, world.services)
    time_out(world, attempt=3)
    recall = world.journal.failures

    async def overtaken(refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        world.journal.failures = recall  # type: ignore[method-assign]
        await acknowledge(world)
        return await recall(refs)

    world.journal.failures = overtaken  # type: ignore[method-assign]
    rounds = await watch(CLUSTER, world.services)
    (overtaken_by,) = await world.journal.open_episodes()
    kept = [seen.attempt for seen in (await world.journal.failures([REF]))[REF]]
    await watch(CLUSTER, world.services, rounds)

    (episode,) = await world.journal.open_episodes()
    assert (overtaken_by.acked_by, overtaken_by.attempt) == (OPERATOR, 2)
    assert kept == [1, 2]
    assert (episode.acked_by, episode.attempt) == (OPERATOR, 3)
    assert kinds(world) == ["episode", "attempts", "ack", "attempts"]


def struggle(world: FakeWorld, *customers: str) -> None:
    for customer in customers:
        ref = replace(REF, workflow_id=f"backfill-{customer}-2026-01-01-2026-02-21")
        timed_out = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
        activity = replace(FIRST_ATTEMPT, attempt=2, last_failure=timed_out)
        world.engines[CLUSTER].put(
            Description(replace(RUNNING, ref=ref), (activity,), cancel_requested=False, workflow_task_attempt=1)
        )


def roots(world: FakeWorld) -> list[str]:
    return [posted.message.key for posted in world.outbox.messages.values() if not posted.message.thread_key]


async def test_customers_that_time_out_within_two_passes_share_a_message(world: FakeWorld) -> None:
    struggle(world, "hilton", "vivint", "spirit")
    rounds = await watch(CLUSTER, world.services)
    world.now += timedelta(seconds=2)
    struggle(world, "marriott", "delta", "hyatt", "avis", "united")
    await watch(CLUSTER, world.services, rounds)

    assert len(roots(world)) == 1
    assert kinds(world).count("episode") == 8


async def test_two_bots_that_open_alerts_at_the_same_time_share_a_message(world: FakeWorld) -> None:
    """The second bot has read the store before the first one wrote to it."""
    struggle(world, "hilton")
    await watch(CLUSTER, world.services)
    late = BlindJournal(world.journal)
    struggle(world, "vivint")
    behind = await watch(CLUSTER, replace(world.services, journal=late))
    assert len(roots(world)) == 1
    assert len(world.journal.episodes) == 1

    world.now += AFTER_CONFLICT
    await watch(CLUSTER, world.services, behind)
    assert len(roots(world)) == 1
    assert len(world.journal.episodes) == 2


class BlindJournal(FakeJournal):
    """Returns no alerts, as if nobody had recorded one yet."""

    def __init__(self, real: FakeJournal) -> None:
        super().__init__(**{field.name: getattr(real, field.name) for field in fields(FakeJournal)})

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        return replace(await super().memory(cluster, refs, since), episodes=())


async def test_runs_of_a_definition_that_covers_no_days_are_alerted_on_and_not_counted() -> None:
    fills = {"name": "fills", "types": ["Other"], "task_queue": "backfill"}
    reindex = {"name": "reindex", "types": ["CustomerBackfill"], "task_queue": "backfill", "covers": False}
    world = FakeWorld(config({CLUSTER: ("hilton",)}, workflow=None, workflows=[fills, reindex]))
    time_out(world, attempt=2)

    await watch(CLUSTER, world.services)

    assert [episode.customer for episode in await world.journal.open_episodes()] == ["hilton"]
    assert (await observe(CLUSTER, world.services)).runs == ()

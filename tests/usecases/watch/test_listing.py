"""A listing says which runs to describe, and what is due at once."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.errors import Unavailable
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Description, Execution, JournalEntry, Ref
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.watch.listing import list_runs
from bot.usecases.watch.state import DESCRIBED_WITHIN, WatchState
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import NOW, activity, description, execution
from tests.usecases.watch.passes import PLENTY, describe_and_conclude, new_state, watch

CLUSTER = "voice-prod"
HILTON, VIVINT = execution("hilton").ref, execution("vivint").ref
SECOND = timedelta(seconds=1)


def world() -> FakeWorld:
    return FakeWorld(config({CLUSTER: ("hilton", "vivint")}), now=NOW)


def beating(customer: str) -> Description:
    return description(activity(last_heartbeat_at=NOW, heartbeat_timeout=30 * SECOND), of=execution(customer))


async def test_a_new_run_is_due_at_once_and_a_known_one_keeps_its_time() -> None:
    here = world()
    here.engines[CLUSTER].put(beating("hilton"))
    state = await watch(CLUSTER, here.services)
    here.engines[CLUSTER].put(beating("vivint"))
    here.now += SECOND
    await list_runs(state, here.services)

    assert state.queue.due(here.now, 10) == [VIVINT]
    assert set(state.queue.refs) == {HILTON, VIVINT}


async def test_a_run_that_is_listed_no_more_is_forgotten_unless_it_has_an_alert() -> None:
    here = world()
    for customer in ("hilton", "vivint"):
        here.engines[CLUSTER].put(beating(customer))
    await here.journal.record(JournalEntry(episodes=(episode(revision=0, ref=HILTON),)), here.now)
    state = await watch(CLUSTER, here.services)
    here.engines[CLUSTER].descriptions.clear()
    await list_runs(state, here.services)

    assert list(state.queue.refs) == [HILTON]
    assert state.queue.due(here.now, 10) == [HILTON]


async def test_a_run_with_an_alert_is_described_after_each_listing_and_keeps_its_deadline() -> None:
    here = world()
    here.engines[CLUSTER].put(beating("hilton"))
    await here.journal.record(JournalEntry(episodes=(episode(revision=0, ref=HILTON),)), here.now)
    state = await watch(CLUSTER, here.services)
    before = state.queue.get(HILTON)
    here.now += SECOND
    await list_runs(state, here.services)

    assert before
    assert state.queue.get(HILTON) == replace(before, round_at=here.now)


async def test_a_cluster_that_answers_nothing_is_asked_for_one_run_with_each_listing_until_it_is_back() -> None:
    here = world()
    for customer in ("hilton", "vivint"):
        here.engines[CLUSTER].put(beating(customer))
    state = await watch(CLUSTER, here.services)
    here.engines[CLUSTER].away = Unavailable("Temporal", "connection refused")
    describe_it = here.engines[CLUSTER].describe

    async def over_a_network(ref: Ref) -> Description:
        await asyncio.sleep(0)
        return await describe_it(ref)

    here.engines[CLUSTER].describe = over_a_network  # type: ignore[method-assign]
    for _ in range(3):
        here.now += timedelta(minutes=5)
        await list_runs(state, here.services)
        await describe_and_conclude(state, here.services)
    tries, wait, seen = len(state.budget._calls), state.next_describe_in(here.now), await here.journal.last_seen()
    here.engines[CLUSTER].away = None
    here.now += timedelta(minutes=5)
    await list_runs(state, here.services)
    here.engines[CLUSTER].described.clear()
    for _ in range(2):
        await describe_and_conclude(state, here.services)

    # A listing and both runs twice, then a listing and one run twice.
    assert tries == 2 * 3 + 2 * 2
    assert wait is None
    assert seen == {CLUSTER: NOW}
    assert sorted(here.engines[CLUSTER].described) == [HILTON, VIVINT]


async def test_a_listing_that_fails_by_itself_delays_no_timeout() -> None:
    here = world()
    here.engines[CLUSTER].put(beating("hilton"))
    state = await watch(CLUSTER, here.services)

    async def too_slow(workflow_types: Collection[str], _: object) -> list[Execution]:
        raise Unavailable("Temporal", f"no answer about {workflow_types} within 3 s")

    here.engines[CLUSTER].open_executions = too_slow  # type: ignore[method-assign,assignment]
    here.now += 32 * SECOND
    await list_runs(state, here.services)
    waits = state.next_describe_in(here.now)
    await describe_and_conclude(state, here.services)

    assert waits == timedelta(0)
    assert here.engines[CLUSTER].described == [HILTON, HILTON]
    assert await here.journal.last_seen() == {CLUSTER: here.now}


async def test_a_listing_counts_in_the_budget() -> None:
    here = world()
    state = new_state(CLUSTER, 100)
    await list_runs(state, here.services)

    assert len(state.budget._calls) == 1


async def test_the_next_look_gathers_what_comes_soon_after_the_earliest_and_waits_for_nothing_that_is_late() -> None:
    here = world()
    here.engines[CLUSTER].put(beating("hilton"))
    state = await watch(CLUSTER, here.services)

    assert state.next_describe_in(here.now) == 25 * SECOND + DESCRIBED_WITHIN
    assert state.next_describe_in(here.now + 26 * SECOND) == DESCRIBED_WITHIN
    assert state.next_describe_in(here.now + 32 * SECOND) == timedelta(0)


async def test_runs_of_a_page_are_described_and_judged_while_the_rest_is_listed() -> None:
    here, queued, goes_on = world(), asyncio.Event(), asyncio.Event()
    here.engines[CLUSTER].put(beating("hilton"))
    list_open = here.engines[CLUSTER].open_executions

    async def page_by_page(
        workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        listed = await list_open(workflow_types, on_page)
        await goes_on.wait()
        return listed

    here.engines[CLUSTER].open_executions = page_by_page  # type: ignore[method-assign]
    state = WatchState(CLUSTER, CallBudget(PLENTY), on_queued=queued.set)
    listing = asyncio.create_task(list_runs(state, here.services))
    await queued.wait()
    await describe_and_conclude(state, here.services)
    is_due_again = state.queue.due(here.now, PLENTY)
    goes_on.set()
    await listing

    assert len(here.engines[CLUSTER].described) == 1
    assert is_due_again == []
    assert state.queue.due(here.now, PLENTY) == []


async def test_a_child_of_the_first_page_waits_for_its_parent_on_a_later_one() -> None:
    here = world()
    parent = here.engines[CLUSTER].put(beating("hilton")).execution
    child = replace(execution("vivint"), hints={PARENT_HINT: "backfill-hilton", PARENT_RUN_HINT: parent.ref.run_id})
    here.engines[CLUSTER].put(description(activity(last_heartbeat_at=NOW), of=child))

    async def child_first(
        workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        assert on_page
        on_page([child])
        early.extend(state.queue.refs)
        on_page([parent])
        return [parent, child]

    here.engines[CLUSTER].open_executions = child_first  # type: ignore[method-assign]
    state, early = new_state(CLUSTER), list[Ref]()
    await list_runs(state, here.services)

    assert early == []
    assert set(state.queue.refs) == {parent.ref, child.ref}


async def test_a_run_with_an_alert_that_was_described_during_the_listing_is_not_described_again_after_it() -> None:
    here = world()
    run = here.engines[CLUSTER].put(beating("hilton")).execution
    await here.journal.record(JournalEntry(episodes=(episode(revision=0, ref=run.ref),)), here.now)
    list_open = here.engines[CLUSTER].open_executions

    async def described_meanwhile(
        workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        listed = await list_open(workflow_types, on_page)
        await describe_and_conclude(state, here.services)
        return listed

    here.engines[CLUSTER].open_executions = described_meanwhile  # type: ignore[method-assign]
    state = new_state(CLUSTER)
    await list_runs(state, here.services)
    await describe_and_conclude(state, here.services)

    assert here.engines[CLUSTER].described == [run.ref]

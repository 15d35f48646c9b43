"""Observing one cluster: what is described, what is recorded, and that a failing journal does not matter."""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.errors import RateLimited, Unavailable
from bot.fleet.runs.run import ClusterView
from bot.model import (
    ClusterRecord,
    Description,
    ExecutionStatus,
    Health,
    JournalEntry,
    Observation,
    Ref,
    SequenceStanding,
)
from bot.usecases.observe.observe import observe, observe_open
from tests.fakes.control import FakeControl
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.journal import FakeJournal
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    description,
    execution,
    seen,
)
from tests.fleet.sequences import spec

CLUSTER = "voice-prod"
HILTON = execution("hilton")


@dataclass
class HalfDeafEngine(FakeEngine):
    """Lists everything, but fails to describe the refs in ``deaf``."""

    deaf: frozenset[Ref] = frozenset()

    async def describe(self, ref: Ref) -> Description:
        if ref in self.deaf:
            raise RateLimited("Temporal", "too many requests", timedelta(seconds=1))
        return await super().describe(ref)


@dataclass
class SlowEngine(FakeEngine):
    """Is slow to describe a run."""

    async def describe(self, ref: Ref) -> Description:
        await asyncio.sleep(1)
        return await super().describe(ref)


@dataclass
class LaggingEngine(FakeEngine):
    """Its listing still shows ended runs as open."""

    async def describe(self, ref: Ref) -> Description:
        assert ref == HILTON.ref
        return description(of=closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN))


@dataclass
class FrozenJournal(FakeJournal):
    """Never answers: its database is locked."""

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        await asyncio.Event().wait()
        return await super().memory(cluster, refs, since)

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        await asyncio.Event().wait()
        await super().record(entry, now)


class HalfDeafControl(FakeControl):
    """Lists its sequences. That of hilton has no worker, and asking about that of vivint fails."""

    async def sequence(self, customer: str) -> SequenceStanding | None:
        if customer == "hilton":
            await asyncio.Event().wait()
        if customer == "vivint":
            raise Unavailable("Temporal", "connection refused")
        return await super().sequence(customer)


class FrozenControl(FakeControl):
    """Never answers."""

    async def sequences(self) -> list[SequenceStanding]:
        await asyncio.Event().wait()
        return await super().sequences()


class LaggingControl(FakeControl):
    """Its listing still shows ended sequences."""

    async def sequences(self) -> list[SequenceStanding]:
        standings = [await self.sequence(customer) for customer in sorted(self.states)]
        return [standing for standing in standings if standing]


def make(**sections: Any) -> FakeWorld:
    return FakeWorld(config=config({CLUSTER: ("hilton", "vivint")}, **sections), now=NOW)


@pytest.fixture
def world() -> FakeWorld:
    return make()


def put(world: FakeWorld, *descriptions: Description) -> None:
    for run in descriptions:
        world.engines[CLUSTER].put(run)


def healths(view: ClusterView) -> dict[str, Health | None]:
    return {run.name: run.health.health if run.health else None for run in view.runs}


async def test_open_executions_are_looked_at_each_time_and_closed_ones_once(world: FakeWorld) -> None:
    put(world, description(activity(), of=HILTON), description(of=closed(ExecutionStatus.FAILED, "vivint", CAMPAIGN)))
    view = await observe(CLUSTER, world.services)
    await observe(CLUSTER, world.services)

    described = Counter(ref.workflow_id for ref in world.engines[CLUSTER].described)
    assert sorted(described.values()) == [1, 2]
    assert described[HILTON.ref.workflow_id] == 2
    assert healths(view) == {"hilton": Health.HEALTHY, "vivint": None}


async def test_asked_for_the_open_ones_it_leaves_out_the_others(world: FakeWorld) -> None:
    put(world, description(activity(), of=HILTON), description(of=closed(ExecutionStatus.FAILED, "vivint", CAMPAIGN)))

    assert healths(await observe_open(CLUSTER, world.services)) == {"hilton": Health.HEALTHY}


async def test_a_close_look_is_believed_before_a_listing(world: FakeWorld) -> None:
    world.engines[CLUSTER] = LaggingEngine()
    put(world, description(activity(), of=HILTON))
    (run,) = (await observe(CLUSTER, world.services)).runs

    assert (run.is_open, run.health) == (False, None)


async def test_a_run_that_could_not_be_looked_at_is_open_without_a_health(world: FakeWorld) -> None:
    world.engines[CLUSTER] = HalfDeafEngine(deaf=frozenset({HILTON.ref}))
    put(world, description(activity(), of=HILTON), description(activity(), of=execution("vivint")))

    assert healths(await observe(CLUSTER, world.services)) == {"hilton": None, "vivint": Health.HEALTHY}


@on_idle_clock
async def test_of_more_open_runs_than_can_be_looked_at_in_time_those_seen_are_told() -> None:
    hurried = FakeWorld(config({CLUSTER: ("hilton",)}, watch={"time_limit": "10s", "describes_at_once": 1}))
    hurried.engines[CLUSTER] = SlowEngine()
    runs = [execution(f"customer-{n}") for n in range(100)]
    put(hurried, *(description(activity(), of=run) for run in runs))

    shown = healths(await observe(CLUSTER, hurried.services))

    assert len(shown) == 100
    assert set(shown.values()) == {None, Health.HEALTHY}


async def test_a_cluster_that_tells_nothing_at_all_about_its_runs_is_unavailable(world: FakeWorld) -> None:
    world.engines[CLUSTER] = HalfDeafEngine(deaf=frozenset({HILTON.ref}))
    put(world, description(activity(), of=HILTON))

    with pytest.raises(Unavailable, match="too many requests"):
        await observe(CLUSTER, world.services)


async def test_what_is_seen_is_kept(world: FakeWorld) -> None:
    put(world, description(activity(attempt=2, last_failure=TIMED_OUT), of=HILTON))
    await observe(CLUSTER, world.services)

    kept = (await world.journal.failures([HILTON.ref]))[HILTON.ref]
    assert [(each.attempt, each.failure) for each in kept] == [(1, TIMED_OUT)]
    assert await world.journal.last_seen() == {CLUSTER: NOW}
    assert [each.changed_at for each in (await world.journal.memory(CLUSTER, [HILTON.ref])).observations] == [NOW]


async def test_unchanged_details_keep_the_time_of_their_change(world: FakeWorld) -> None:
    put(world, description(activity(), of=HILTON))
    await observe(CLUSTER, world.services)
    world.now += HOUR
    await observe(CLUSTER, world.services)

    assert [each.changed_at for each in (await world.journal.memory(CLUSTER, [HILTON.ref])).observations] == [NOW]


async def test_a_heartbeat_timeout_seen_earlier_counts(world: FakeWorld) -> None:
    await world.journal.record(JournalEntry(failures=(seen(1, ref=HILTON.ref),)), NOW)
    put(world, description(activity(attempt=3, last_failure=BOOM), of=HILTON))

    assert healths(await observe(CLUSTER, world.services)) == {"hilton": Health.STRUGGLING}


async def test_details_seen_unchanged_for_long_are_stalled_for_their_run_only(world: FakeWorld) -> None:
    shown = activity(started_at=NOW - 9 * HOUR)
    await world.journal.record(
        JournalEntry(observations=(Observation(HILTON.ref, "1", shown.details, NOW - 2 * HOUR),)), NOW
    )
    put(world, description(shown, of=HILTON), description(shown, of=execution("vivint")))

    assert healths(await observe(CLUSTER, world.services)) == {"hilton": Health.STALLED, "vivint": Health.HEALTHY}


async def test_a_journal_that_is_away_spoils_nothing(world: FakeWorld) -> None:
    world.journal.away = Unavailable("store", "database is locked")
    put(world, description(activity(), of=HILTON))

    assert healths(await observe(CLUSTER, world.services)) == {"hilton": Health.HEALTHY}


@on_idle_clock
async def test_nor_does_one_that_never_answers() -> None:
    world = make(watch={"time_limit": "10s"})
    world.journal = FrozenJournal(world.outbox)
    put(world, description(activity(), of=HILTON))
    view = await observe(CLUSTER, world.services)

    assert healths(view) == {"hilton": Health.HEALTHY}


async def test_whoever_asks_is_answered_in_time_though_nothing_can_be_written_and_all_is_written_later(
    file_url: str,
) -> None:
    world = make(watch={"time_limit": "1s"})
    put(world, description(activity(attempt=2, last_failure=TIMED_OUT), of=HILTON))
    async with open_store(file_url) as store:
        services = replace(world.services, journal=store.journal, ledger=store.ledger)
        async with open_database(file_url) as other, other.writing():
            # Whoever waited for a write would see it fail, and nothing would be known later.
            view = await observe(CLUSTER, services)
    async with open_store(file_url) as store:
        known = (await store.ledger.recall(CLUSTER)).executions
        failures = await store.journal.failures([HILTON.ref])

    assert healths(view) == {"hilton": Health.STRUGGLING}
    assert [run.ref for run in known] == [HILTON.ref]
    assert [each.failure for each in failures[HILTON.ref]] == [TIMED_OUT]


def sequences(view: ClusterView) -> dict[str, bool]:
    """Whether the progress is known, by customer."""
    return {standing.customer: standing.progress is not None for standing in view.sequences}


async def test_the_open_sequences_are_told_with_how_they_stand(world: FakeWorld) -> None:
    await world.controls[CLUSTER].begin(spec())
    await world.controls[CLUSTER].begin(spec("vivint"))
    world.controls[CLUSTER].close("vivint")

    for read in (observe, observe_open):
        view = await read(CLUSTER, world.services)
        assert (sequences(view), view.sequences_silent) == ({"hilton": True}, "")


async def test_one_that_is_listed_although_it_is_over_is_left_out(world: FakeWorld) -> None:
    world.controls[CLUSTER] = LaggingControl(CLUSTER, world.engines[CLUSTER], lambda: NOW)
    await world.controls[CLUSTER].begin(spec())
    world.controls[CLUSTER].close("hilton")

    assert (await observe(CLUSTER, world.services)).sequences == ()


@on_idle_clock
async def test_a_sequence_that_does_not_answer_is_told_without_its_progress_and_hides_nothing() -> None:
    world = make(watch={"time_limit": "10s"})
    world.controls[CLUSTER] = HalfDeafControl(CLUSTER, world.engines[CLUSTER], lambda: NOW)
    put(world, description(activity(), of=HILTON))
    for customer in ("hilton", "vivint", "marriott"):
        await world.controls[CLUSTER].begin(spec(customer))
    view = await observe(CLUSTER, world.services)

    assert healths(view) == {"hilton": Health.HEALTHY}
    assert sequences(view) == {"hilton": False, "vivint": False, "marriott": True}


@pytest.mark.parametrize(("kind", "why"), [(FakeControl, "connection refused"), (FrozenControl, "no answer in time")])
@on_idle_clock
async def test_a_cluster_that_does_not_list_its_sequences_still_tells_its_runs(
    kind: type[FakeControl], why: str
) -> None:
    world = make(watch={"time_limit": "10s"})
    world.controls[CLUSTER] = kind(CLUSTER, world.engines[CLUSTER], lambda: NOW)
    world.controls[CLUSTER].away = Unavailable("Temporal", "connection refused")
    put(world, description(activity(), of=HILTON))
    view = await observe(CLUSTER, world.services)

    assert healths(view) == {"hilton": Health.HEALTHY}
    assert (view.sequences, view.sequences_silent) == ((), why)

"""A run that causes a bug does not keep the bot from watching the others of its cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.adapters.store import open_store
from bot.model import Description, Failure, FailureKind, Ref
from bot.services import Services
from bot.usecases.watch.describe import PassDescriptions, isolate_odd_runs
from tests.fakes.services import FakeWorld
from tests.usecases.watch.passes import watch
from tests.usecases.watch.test_watch import CLUSTER, FIRST_ATTEMPT, REF, RUNNING

# No store writes it: what the edges let through one day.
ODD = Failure(FailureKind.HEARTBEAT_TIMEOUT, "half an emoji \ud83d")
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")


def struggling(ref: Ref, failure: Failure = TIMED_OUT) -> Description:
    timed_out = replace(FIRST_ATTEMPT, attempt=2, last_failure=failure)
    return Description(replace(RUNNING, ref=ref), (timed_out,), cancel_requested=False, workflow_task_attempt=1)


def run(customer: str) -> Ref:
    return replace(REF, workflow_id=f"backfill-{customer}-2026-01-01-2026-02-21")


@asynccontextmanager
async def stored(world: FakeWorld, folder: Path) -> AsyncIterator[Services]:
    async with open_store(f"sqlite+aiosqlite:///{folder}/store.db") as store:
        yield replace(world.services, journal=store.journal, outbox=store.outbox, ledger=store.ledger)


@pytest.mark.parametrize("customers", [("vivint",), ("vivint", "oportun", "brinks-care", "nrg")])
async def test_the_others_have_their_alerts_and_the_odd_one_has_when_it_is_odd_no_more(
    tmp_path: Path, customers: tuple[str, ...]
) -> None:
    world = FakeWorld()
    world.engines[CLUSTER].put(struggling(run("hilton"), ODD))
    for customer in customers:
        world.engines[CLUSTER].put(struggling(run(customer)))
    async with stored(world, tmp_path) as services:
        with capture_logs() as logs:
            rounds = await watch(CLUSTER, services)
        before = {each.ref for each in await services.journal.open_episodes()}
        world.engines[CLUSTER].put(struggling(run("hilton")))
        world.now += world.config.watch.every
        await watch(CLUSTER, services, rounds)
        after = {each.ref for each in await services.journal.open_episodes()}

    (shown,) = [line for line in logs if line["log_level"] == "error"]
    assert (shown["workflow"], len(shown["reference"])) == (run("hilton").workflow_id, 8)
    assert before == {run(customer) for customer in customers}
    assert after == {*before, run("hilton")}


async def test_a_cluster_with_one_odd_run_only_has_answered_all_the_same(tmp_path: Path) -> None:
    world = FakeWorld()
    world.engines[CLUSTER].put(struggling(REF, ODD))
    async with stored(world, tmp_path) as services:
        rounds = await watch(CLUSTER, services)
        seen = await services.journal.last_seen()

    assert list(seen) == [CLUSTER]
    assert list(rounds.queue.refs) == [REF]
    assert rounds.queue.earliest() == world.now + world.config.watch.every


async def test_a_run_whose_description_nobody_can_read_costs_no_other_its_alert() -> None:
    world = FakeWorld()
    for customer in ("hilton", "vivint"):
        world.engines[CLUSTER].put(struggling(run(customer)))
    describe = world.engines[CLUSTER].describe

    async def broken(ref: Ref) -> Description:
        if ref == run("hilton"):
            raise ValueError("year 10000 is out of range")
        return await describe(ref)

    world.engines[CLUSTER].describe = broken  # type: ignore[method-assign]
    rounds = await watch(CLUSTER, world.services)

    assert [each.ref for each in await world.journal.open_episodes()] == [run("vivint")]
    assert rounds.queue.earliest() == world.now + world.config.watch.every


async def test_what_fails_without_any_run_is_the_failure_of_the_pass() -> None:
    tried = list[int]()

    async def conclude(found: PassDescriptions) -> None:
        tried.append(len(found.refs))
        raise TypeError("it is none of them")

    found = PassDescriptions(tuple(struggling(run(f"customer-{n}")) for n in range(40)), frozenset({run("gone")}))
    with pytest.raises(TypeError), capture_logs() as logs:
        await isolate_odd_runs(found, conclude)

    assert len(tried) < 10
    assert logs == []


async def test_after_a_clock_was_set_back_nothing_waits_for_it_to_catch_up() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].add(RUNNING)
    rounds = await watch(CLUSTER, world.services)
    world.now -= timedelta(hours=1)
    await watch(CLUSTER, world.services, rounds)

    assert world.engines[CLUSTER].described == [REF, REF]

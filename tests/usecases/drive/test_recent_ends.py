"""One listing wakes those who follow a run that has ended, the more often the more runs are followed."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import Unavailable
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Description, Execution, ExecutionStatus, FollowedRun, Ref
from bot.usecases.drive.follow import follow
from bot.usecases.drive.recent_ends import OVERLAP, RecentEnds
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import NOW, execution

CLUSTER = "voice-prod"
EVERY = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def open_run(number: int) -> Execution:
    return execution(f"customer-{number}", started_at=NOW)


def end(engine: FakeEngine, run: Execution, after: timedelta = timedelta(0)) -> None:
    engine.add(replace(run, status=ExecutionStatus.FAILED, closed_at=NOW + after))


@on_idle_clock
async def test_a_run_that_ends_is_noticed_within_seconds_if_hundreds_are_followed() -> None:
    engine, runs = FakeEngine(), [open_run(number) for number in range(300)]
    ends, clock = RecentEnds(engine, CallBudget(100), EVERY), asyncio.get_running_loop().time
    for run in runs:
        engine.add(run)

    async def noticed(run: Execution) -> float:
        with ends.notice(run, NOW) as has_ended:
            await has_ended.wait()
        return clock()

    following = [asyncio.create_task(noticed(run)) for run in runs]
    await asyncio.sleep(10)
    began = clock()
    end(engine, runs[7], after=SECOND)
    at = await following[7]
    still = [task for task in following if not task.done()]
    for task in still:
        task.cancel()
    await asyncio.gather(*still, return_exceptions=True)

    assert at - began <= 2
    assert len(still) == len(runs) - 1


@on_idle_clock
async def test_few_runs_are_listed_no_more_often_than_they_are_described() -> None:
    engine, runs = FakeEngine(), [open_run(number) for number in range(2)]
    ends = RecentEnds(engine, CallBudget(100), EVERY)
    with ends.notice(runs[0], NOW), ends.notice(runs[1], NOW):
        await asyncio.sleep(EVERY.total_seconds() - 1)

    assert len(engine.listed) == 1


@on_idle_clock
async def test_an_end_that_is_listed_late_is_noticed_all_the_same() -> None:
    engine, runs = FakeEngine(), [open_run(number) for number in range(300)]
    ends = RecentEnds(engine, CallBudget(100), EVERY)
    later = NOW + 20 * SECOND
    with ends.notice(runs[0], NOW), ends.notice(runs[1], NOW) as has_ended, ends.notice(runs[2], later):
        await asyncio.sleep(2 * EVERY.total_seconds() / 3 + 2)
        end(engine, runs[1], after=20 * SECOND - OVERLAP)
        await asyncio.wait_for(has_ended.wait(), EVERY.total_seconds())


@on_idle_clock
async def test_a_listing_that_fails_ends_nothing() -> None:
    engine, runs = FakeEngine(), [open_run(number) for number in range(300)]
    ends = RecentEnds(engine, CallBudget(100), SECOND)
    engine.away = Unavailable("Temporal", "no answer")
    with ends.notice(runs[0], NOW) as first, ends.notice(runs[1], NOW):
        await asyncio.sleep(3)
        was_set = first.is_set()
        engine.away = None
        end(engine, runs[0])
        await asyncio.wait_for(first.wait(), 3)

    assert not was_set


@on_idle_clock
async def test_a_listing_that_fails_as_nobody_expects_is_logged_with_a_reference_and_begins_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, runs = FakeEngine(), [open_run(number) for number in range(2)]
    ends = RecentEnds(engine, CallBudget(100), SECOND)

    async def fail(*_: object) -> None:
        raise ValueError("a month of 13")

    with monkeypatch.context() as broken, capture_logs() as logged:
        broken.setattr(engine, "recent_executions", fail)
        for _ in range(5):
            with ends.notice(runs[0], NOW):
                await asyncio.sleep(3)
    with ends.notice(runs[0], NOW) as has_ended:
        end(engine, runs[0])
        await asyncio.wait_for(has_ended.wait(), 3)

    [entry] = logged
    assert entry["reference"]
    assert str(entry["exc_info"]) == "a month of 13"


@on_idle_clock
async def test_who_follows_a_run_hears_of_its_end_before_the_next_describe() -> None:
    world = FakeWorld(config({CLUSTER: ()}, watch={"every": "5m"}), now=NOW)
    engine, runs = world.engines[CLUSTER], [open_run(number) for number in range(300)]
    for run in runs:
        engine.add(run)
    services, clock = world.services, asyncio.get_running_loop().time
    following = [asyncio.create_task(follow(run.ref, None, services, lambda _: None)) for run in runs]
    await asyncio.sleep(10)
    began = clock()
    end(engine, runs[7])
    followed: FollowedRun = await following[7]
    took = clock() - began
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)

    assert followed.status is ExecutionStatus.FAILED
    assert took == pytest.approx(0, abs=3)


@on_idle_clock
async def test_a_notice_that_does_not_bring_the_end_delays_no_describe() -> None:
    world = FakeWorld(config({CLUSTER: ()}, watch={"every": "5m"}), now=NOW)
    engine, runs = world.engines[CLUSTER], [open_run(number) for number in range(300)]
    clock = asyncio.get_running_loop().time
    for run in runs:
        engine.add(run)
    describe_it, described_at, began = engine.describe, list[float](), clock()

    async def described(ref: Ref) -> Description:
        if ref == runs[7].ref:
            described_at.append(clock() - began)
        return await describe_it(ref)

    engine.describe = described  # type: ignore[method-assign]
    services = world.services
    following = [asyncio.create_task(follow(run.ref, None, services, lambda _: None)) for run in runs]
    await asyncio.sleep(10)
    engine.add(replace(runs[7], status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOW))
    await asyncio.sleep(EVERY.total_seconds())
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)

    assert described_at == pytest.approx([0, 11, EVERY.total_seconds()], abs=5)

"""Periodic jobs run at their intervals, whatever becomes of a single run."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.background.periodic import Alarm, Job, run_periodically
from bot.errors import Unavailable
from tests.fakes.idle_clock import on_idle_clock
from tests.handlers.confirming import eventually

SOON = timedelta(milliseconds=20)


def job(work: Callable[[], Awaitable[None]], name: str = "count", every: timedelta = SOON) -> Job:
    return Job(name, every, work)


@on_idle_clock
async def test_a_job_is_done_again_and_again_until_the_block_is_left() -> None:
    done = list[float]()

    async def work() -> None:
        done.append(asyncio.get_running_loop().time())

    async with run_periodically([job(work)]):
        await eventually(lambda: len(done) == 5)
    ended_with = len(done)
    await asyncio.sleep(3 * SOON.total_seconds())

    assert len(done) == ended_with
    assert done[4] - done[0] >= 3 * SOON.total_seconds()


@on_idle_clock
async def test_a_slow_one_is_followed_at_once_and_never_done_twice_at_once() -> None:
    begun, ended, at_once = list[float](), list[float](), list[int]()
    every = timedelta(milliseconds=200)

    async def work() -> None:
        begun.append(asyncio.get_running_loop().time())
        at_once.append(len(begun) - len(ended))
        await asyncio.sleep(1.5 * every.total_seconds())
        ended.append(asyncio.get_running_loop().time())

    async with run_periodically([job(work, every=every)]):
        await eventually(lambda: len(ended) == 3)

    assert set(at_once) == {1}
    assert min(after - before for before, after in zip(ended, begun[1:], strict=False)) < every.total_seconds() / 4


@on_idle_clock
async def test_a_slow_one_holds_no_other_up() -> None:
    done = list[int]()

    async def hang() -> None:
        await asyncio.Event().wait()

    async def work() -> None:
        done.append(1)

    async with run_periodically([job(hang, "hang"), job(work)]):
        await eventually(lambda: len(done) == 5)


async def cancelled() -> None:
    raise asyncio.CancelledError


async def broken() -> None:
    raise ValueError("nobody has foreseen this")


@pytest.mark.parametrize("work", [cancelled, broken])
@on_idle_clock
async def test_one_that_fails_is_told_and_done_again(work: Callable[[], Awaitable[None]]) -> None:
    with capture_logs() as logs:
        async with run_periodically([job(work)]):
            await eventually(lambda: len(logs) >= 3)

    assert {(line["event"], line["job"], line["log_level"]) for line in logs} == {("pass failed", "count", "error")}


async def unanswered() -> None:
    raise Unavailable("store", "locked by another process")


@on_idle_clock
async def test_a_system_that_does_not_answer_is_a_line_without_a_traceback() -> None:
    with capture_logs() as logs:
        async with run_periodically([job(unanswered)]):
            await eventually(lambda: len(logs) >= 2)

    line = {"event": "pass failed", "job": "count", "log_level": "warning"}
    assert logs[0] == line | {"reason": "store: locked by another process"}


@on_idle_clock
async def test_after_a_stop_nothing_is_begun_and_what_is_being_done_goes_on() -> None:
    begun, ended, may_end = list[int](), list[int](), asyncio.Event()

    async def work() -> None:
        begun.append(1)
        await may_end.wait()
        ended.append(1)

    async with run_periodically([job(work)]) as jobs:
        await eventually(lambda: len(begun) == 1)
        jobs.stop()
        await asyncio.sleep(3 * SOON.total_seconds())
        going_on = not ended
        may_end.set()
        await eventually(lambda: len(ended) == 1)
        await asyncio.sleep(3 * SOON.total_seconds())

    assert going_on
    assert (len(begun), len(ended)) == (1, 1)


HOURLY = timedelta(hours=1)


@on_idle_clock
async def test_a_job_runs_early_when_its_alarm_rings_and_again_if_it_rings_meanwhile() -> None:
    alarm, done, may_end = Alarm(), list[float](), asyncio.Event()

    async def work() -> None:
        done.append(asyncio.get_running_loop().time())
        await may_end.wait()

    async with run_periodically([Job("count", HOURLY, work, alarm)]):
        alarm.ring()
        await eventually(lambda: len(done) == 1)
        alarm.ring()
        alarm.ring()
        may_end.set()
        await eventually(lambda: len(done) == 2)
        await asyncio.sleep(1)

    assert len(done) == 2
    assert done[1] < HOURLY.total_seconds()


@on_idle_clock
async def test_an_alarm_rings_at_the_time_that_was_set_last_and_moves_no_regular_run() -> None:
    alarm, done = Alarm(), list[float]()

    async def work() -> None:
        done.append(asyncio.get_running_loop().time())

    async with run_periodically([Job("count", HOURLY, work, alarm)]):
        begun = asyncio.get_running_loop().time()
        alarm.ring_in(timedelta(minutes=1))
        alarm.ring_in(timedelta(minutes=20))
        await asyncio.sleep(1.5 * HOURLY.total_seconds())

    assert [round(moment - begun) for moment in done] == [20 * 60, 60 * 60]


@on_idle_clock
async def test_an_alarm_that_is_to_ring_within_a_time_does_so_when_it_was_to_ring_anyway() -> None:
    alarm, done = Alarm(), list[float]()

    async def work() -> None:
        done.append(asyncio.get_running_loop().time())

    async with run_periodically([Job("count", HOURLY, work, alarm)]):
        begun = asyncio.get_running_loop().time()
        alarm.ring_within(timedelta(minutes=10))
        alarm.ring_within(timedelta(minutes=20))
        alarm.ring_within(timedelta(minutes=5))
        await asyncio.sleep(6 * 60)
        alarm.ring_within(timedelta(minutes=10))
        await asyncio.sleep(20 * 60)

    assert [round(moment - begun) for moment in done] == [5 * 60, 16 * 60]

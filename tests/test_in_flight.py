"""Work in flight is finished or cancelled before the services it uses are closed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.in_flight import InFlight
from tests.fakes.idle_clock import on_idle_clock


async def _run_tracked(in_flight: InFlight, work: Callable[[], Awaitable[None]]) -> None:
    with in_flight.track():
        await work()


async def test_work_under_way_is_finished_first() -> None:
    begun, may_end, shown = asyncio.Event(), asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        shown.append("recorded")

    in_flight = InFlight()
    task = asyncio.create_task(_run_tracked(in_flight, work))
    await begun.wait()
    asyncio.get_running_loop().call_soon(may_end.set)
    await in_flight.end(timedelta(minutes=1))

    assert shown == ["recorded"]
    assert task.done()


async def test_work_that_takes_too_long_is_cancelled_and_has_ended_afterwards() -> None:
    begun, shown = asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            shown.append("connection given back")

    in_flight = InFlight()
    task = asyncio.create_task(_run_tracked(in_flight, work))
    await begun.wait()
    await in_flight.end(timedelta(0))

    assert shown == ["connection given back"]
    assert task.cancelled()


@on_idle_clock
async def test_work_that_has_only_just_been_begun_is_finished_too() -> None:
    shown, in_flight = list[str](), InFlight()

    async def work() -> None:
        with in_flight.track():
            await asyncio.sleep(0.01)
            shown.append("recorded")

    task = asyncio.create_task(work())
    await in_flight.end(timedelta(minutes=1))

    assert shown == ["recorded"]
    assert task.done()


@on_idle_clock
async def test_what_work_under_way_begins_meanwhile_is_finished_too() -> None:
    shown, in_flight, more = list[str](), InFlight(), list[asyncio.Task[None]]()

    async def record() -> None:
        await asyncio.sleep(0.05)
        shown.append("recorded")

    async def work() -> None:
        await asyncio.sleep(0.01)
        more.append(asyncio.create_task(_run_tracked(in_flight, record)))
        await asyncio.sleep(0)

    task = asyncio.create_task(_run_tracked(in_flight, work))
    await in_flight.end(timedelta(minutes=1))

    assert shown == ["recorded"]
    assert [each.done() for each in (task, *more)] == [True, True]

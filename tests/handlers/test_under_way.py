"""What is at work when the bot is asked to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from handlers.under_way import UnderWay


async def _counted(under_way: UnderWay, work: Callable[[], Awaitable[None]]) -> None:
    with under_way.counted():
        await work()


async def test_work_under_way_is_finished_first() -> None:
    begun, may_end, told = asyncio.Event(), asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        told.append("recorded")

    under_way = UnderWay()
    task = asyncio.create_task(_counted(under_way, work))
    await begun.wait()
    asyncio.get_running_loop().call_soon(may_end.set)
    await under_way.end(timedelta(minutes=1))

    assert told == ["recorded"]
    assert task.done()


async def test_work_that_takes_too_long_is_cancelled_and_has_ended_afterwards() -> None:
    begun, told = asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("connection given back")

    under_way = UnderWay()
    task = asyncio.create_task(_counted(under_way, work))
    await begun.wait()
    await under_way.end(timedelta(0))

    assert told == ["connection given back"]
    assert task.cancelled()


async def test_work_that_has_only_just_been_begun_is_finished_too() -> None:
    told, under_way = list[str](), UnderWay()

    async def work() -> None:
        with under_way.counted():
            await asyncio.sleep(0.01)
            told.append("recorded")

    task = asyncio.create_task(work())
    await under_way.end(timedelta(minutes=1))

    assert told == ["recorded"]
    assert task.done()


async def test_what_work_under_way_begins_meanwhile_is_finished_too() -> None:
    told, under_way, more = list[str](), UnderWay(), list[asyncio.Task[None]]()

    async def record() -> None:
        await asyncio.sleep(0.05)
        told.append("recorded")

    async def work() -> None:
        await asyncio.sleep(0.01)
        more.append(asyncio.create_task(_counted(under_way, record)))
        await asyncio.sleep(0)

    task = asyncio.create_task(_counted(under_way, work))
    await under_way.end(timedelta(minutes=1))

    assert told == ["recorded"]
    assert [one.done() for one in (task, *more)] == [True, True]

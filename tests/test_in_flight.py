"""What is at work when the bot is asked to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.in_flight import InFlight
from handlers.listeners.buttons import on_click
from handlers.listeners.slash import on_slash
from tests.fakes.idle_clock import on_idle_clock
from tests.handlers.bolt import Edge, ResponseUrl, payload


async def _counted(under_way: InFlight, work: Callable[[], Awaitable[None]]) -> None:
    with under_way.counted():
        await work()


async def test_work_under_way_is_finished_first() -> None:
    begun, may_end, told = asyncio.Event(), asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        told.append("recorded")

    under_way = InFlight()
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

    under_way = InFlight()
    task = asyncio.create_task(_counted(under_way, work))
    await begun.wait()
    await under_way.end(timedelta(0))

    assert told == ["connection given back"]
    assert task.cancelled()


@on_idle_clock
async def test_work_that_has_only_just_been_begun_is_finished_too() -> None:
    told, under_way = list[str](), InFlight()

    async def work() -> None:
        with under_way.counted():
            await asyncio.sleep(0.01)
            told.append("recorded")

    task = asyncio.create_task(work())
    await under_way.end(timedelta(minutes=1))

    assert told == ["recorded"]
    assert task.done()


@on_idle_clock
async def test_what_work_under_way_begins_meanwhile_is_finished_too() -> None:
    told, under_way, more = list[str](), InFlight(), list[asyncio.Task[None]]()

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


class SlowAck(AsyncAck):
    """An acknowledgement on whose way the bot is asked to stop."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.began, self.may_end = asyncio.Event(), asyncio.Event()

    async def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        self.began.set()
        await self.may_end.wait()
        return await super().__call__(*args, **kwargs)


@pytest.mark.parametrize(("listener", "recorded"), [(on_slash, "slash"), (on_click, "button")])
async def test_who_is_acknowledged_as_the_bot_is_asked_to_stop_is_answered(
    edge: Edge, there: ResponseUrl, listener: Any, recorded: str
) -> None:
    ack, body = SlowAck(), payload(recorded)
    listen = partial(listener, edge.world.services, edge.under_way)
    listening = asyncio.create_task(listen(ack, body, AsyncRespond(response_url=there.url)))
    await ack.began.wait()
    asyncio.get_running_loop().call_soon(ack.may_end.set)
    await edge.under_way.end(timedelta(seconds=10))

    assert listening.done()
    assert len(there.received) == 1

"""The limits on connections of HTTP mode: idle ones are closed for new ones, and never one with a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from handlers.transport.http_connections import ConnectionLimits

MOST = 4
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class House:
    """A server whose answer waits until it is told to go on."""

    port: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, _: web.Request) -> web.Response:
        self.begun.set()
        await self.may_answer.wait()
        return web.Response(text="here")

    async def connect(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        return reader, writer


@asynccontextmanager
async def _opened() -> AsyncIterator[House]:
    house, doors = House(), ConnectionLimits(MOST)
    application = web.Application(middlewares=[doors.middleware])
    application.add_routes([web.get("/", house.answer)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        async with doors.listen(runner, "127.0.0.1", 0) as house.port:
            yield house
    finally:
        house.may_answer.set()
        await runner.cleanup()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with _opened() as opened:
        yield opened


async def is_closed(reader: asyncio.StreamReader) -> bool:
    with suppress(ConnectionError):
        return await reader.read(1) == b""
    return True


async def test_one_that_waits_longest_is_closed_for_one_that_comes(house: House) -> None:
    waiting = [await house.connect(b"GET / HT") for _ in range(MOST)]
    house.may_answer.set()
    reader, writer = await house.connect(REQUEST)
    answered = await reader.readuntil(b"here")
    closed = await is_closed(waiting[0][0])
    for _, other in [*waiting, (reader, writer)]:
        other.close()

    assert answered.startswith(b"HTTP/1.1 200")
    assert closed


async def test_one_whose_request_is_answered_now_is_closed_for_nobody(house: House) -> None:
    reader, writer = await house.connect(REQUEST)
    await house.begun.wait()
    others = [await house.connect() for _ in range(MOST * 5)]
    first_closed = await is_closed(others[0][0])
    house.may_answer.set()
    answered = await reader.readuntil(b"here")
    for _, other in [*others, (reader, writer)]:
        other.close()

    assert first_closed
    assert answered.startswith(b"HTTP/1.1 200")


async def test_who_takes_up_every_place_with_requests_keeps_the_next_one_out(house: House) -> None:
    inside = [await house.connect(REQUEST)]
    await house.begun.wait()
    for _ in range(MOST - 1):
        house.begun.clear()
        inside.append(await house.connect(REQUEST))
        await house.begun.wait()
    late, turned_away = await house.connect(REQUEST)
    refused = await is_closed(late)
    house.may_answer.set()
    answers = [await reader.readuntil(b"here") for reader, _ in inside]
    for _, writer in [*inside, (late, turned_away)]:
        writer.close()

    assert refused
    assert len(answers) == MOST


@pytest.mark.parametrize("letter", [b"", b"a"])
async def test_a_head_that_does_not_end_is_given_up_though_it_goes_on_and_on(house: House, letter: bytes) -> None:
    reader, writer = await house.connect(b"GET / HTTP/1.1\r\nX: ")

    async def trickle() -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(letter)
                await writer.drain()
                await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    closed = await is_closed(reader)
    trickling.cancel()
    writer.close()

    assert closed


async def test_a_connection_serves_one_request_after_the_other(house: House) -> None:
    house.may_answer.set()
    reader, writer = await house.connect()
    for _ in range(3):
        writer.write(REQUEST)
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
    writer.close()

"""The relay: bytes pass, stop, are late, or the connection goes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.relay import Mode, Relay

A_HANG = 60


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(1000):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def echo_behind_relay() -> AsyncIterator[Relay]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Relay(server.sockets[0].getsockname()[1]) as relay:
        yield relay


ROUNDS = 20


async def until_it_had_come() -> None:
    """What passes goes through a relay that is open, again and again: a frozen one has had as much time."""
    async with echo_behind_relay() as relay, calling(relay) as caller:
        for _ in range(ROUNDS):
            await caller.say(b"round")
            await caller.hear()


class Caller:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def say(self, words: bytes) -> None:
        self._writer.write(words)
        await self._writer.drain()

    async def hear(self) -> bytes:
        return await asyncio.wait_for(self._reader.read(1000), A_HANG)


@asynccontextmanager
async def calling(relay: Relay) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.transport.abort()


async def heard_nothing_more(caller: Caller) -> bool:
    try:
        return await caller.hear() == b""
    except ConnectionError:
        return True


async def test_bytes_pass_both_ways() -> None:
    async with echo_behind_relay() as relay, calling(relay) as caller:
        await caller.say(b"hello")

        assert await caller.hear() == b"hello"


async def test_cut_closes_what_is_open() -> None:
    async with echo_behind_relay() as relay, calling(relay) as caller:
        await caller.say(b"hello")
        await caller.hear()
        relay.switch(Mode.CUT)

        assert await heard_nothing_more(caller)


async def test_cut_closes_what_is_new() -> None:
    async with echo_behind_relay() as relay:
        relay.switch(Mode.CUT)
        async with calling(relay) as caller:
            assert await heard_nothing_more(caller)


async def test_a_healed_cut_takes_new_connections() -> None:
    async with echo_behind_relay() as relay:
        relay.switch(Mode.CUT)
        relay.switch(Mode.OK)
        async with calling(relay) as caller:
            await caller.say(b"again")

            assert await caller.hear() == b"again"


async def test_frozen_bytes_arrive_when_the_frost_is_over() -> None:
    async with echo_behind_relay() as relay, calling(relay) as caller:
        relay.switch(Mode.FREEZE)
        await caller.say(b"patience")
        hearing = asyncio.create_task(caller.hear())
        await until_it_had_come()
        came_early = hearing.done()
        relay.switch(Mode.OK)

        assert not came_early
        assert await hearing == b"patience"


async def test_a_connection_made_in_the_frost_is_accepted_and_waits() -> None:
    async with echo_behind_relay() as relay:
        relay.switch(Mode.FREEZE)
        async with calling(relay) as caller:
            await caller.say(b"new")
            hearing = asyncio.create_task(caller.hear())
            await until_it_had_come()
            came_early = hearing.done()
            relay.switch(Mode.OK)

            assert not came_early
            assert await hearing == b"new"


async def test_cut_ends_what_was_frozen() -> None:
    async with echo_behind_relay() as relay, calling(relay) as caller:
        relay.switch(Mode.FREEZE)
        await caller.say(b"lost")
        relay.switch(Mode.CUT)

        assert await heard_nothing_more(caller)


async def test_slow_delays_every_chunk_and_ok_ends_it() -> None:
    async with echo_behind_relay() as relay, calling(relay) as caller:
        relay.switch(Mode.SLOW, delay_ms=150)
        began = time.monotonic()
        await caller.say(b"late")
        await caller.hear()
        slow = time.monotonic() - began
        relay.switch(Mode.OK)
        await caller.say(b"soon")

        soon = await caller.hear()

    assert soon == b"soon"
    assert slow >= 0.3  # there and back


async def test_nobody_behind_the_relay_is_a_closed_connection() -> None:
    async with echo_behind_relay() as gone:
        port = gone.target_port
    async with Relay(port) as relay, calling(relay) as caller:
        assert await heard_nothing_more(caller)


async def test_closing_the_relay_ends_its_connections() -> None:
    async with echo_behind_relay() as behind:
        async with Relay(behind.port) as relay, calling(relay) as caller:
            await caller.say(b"hello")
            await caller.hear()
            relay.switch(Mode.FREEZE)
            await caller.say(b"stuck")

        assert await heard_nothing_more(caller)

"""A TCP relay in front of one server of a cluster. It can be cut, frozen or slowed while in use."""

import asyncio
from enum import StrEnum
from types import TracebackType

HOST = "127.0.0.1"
CHUNK_BYTES = 64 * 1024


class Mode(StrEnum):
    OK = "ok"
    CUT = "cut"
    FREEZE = "freeze"
    SLOW = "slow"


class Relay:
    """Listens on a free port while its context is open, and passes bytes to and from `target_port` on loopback, as
    its mode says."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._mode = Mode.OK
        self._delay_seconds = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def delay_ms(self) -> int:
        return round(self._delay_seconds * 1000)

    @property
    def port(self) -> int:
        """The port on which the relay listens, while it is open."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def target_port(self) -> int:
        return self._target_port

    def switch(self, mode: Mode, delay_ms: int = 0) -> None:
        """Switches the mode, also for open connections. `delay_ms` is the delay of each chunk in the mode slow."""
        self._mode = mode
        self._delay_seconds = delay_ms / 1000 if mode is Mode.SLOW else 0.0
        if mode is Mode.FREEZE:
            self._flowing.clear()
            return
        self._flowing.set()
        if mode is Mode.CUT:
            self._drop_connections()

    async def __aenter__(self) -> "Relay":
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._mode = Mode.CUT  # for a connection that is accepted but not yet forwarded
        open_connections = list(self._connections)
        self._drop_connections()
        await asyncio.gather(*open_connections, return_exceptions=True)

    def _drop_connections(self) -> None:
        for connection in self._connections:
            connection.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode is Mode.CUT:
            writer.transport.abort()
            return
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._carry(reader, writer)
        finally:
            self._connections.discard(connection)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            await self._flowing.wait()
            answers, upstream = await asyncio.open_connection(HOST, self._target_port)
            ends.append(upstream)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._pump(reader, upstream))
                directions.create_task(self._pump(answers, writer))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            # One side hung up, nobody listens, or the relay was cut. In each case both ends are closed.
            for end in ends:
                end.transport.abort()
        finally:
            for end in ends:
                end.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(CHUNK_BYTES):
            if self._delay_seconds:
                await asyncio.sleep(self._delay_seconds)
            await self._flowing.wait()
            sink.write(chunk)
            await sink.drain()
        await self._flowing.wait()
        if sink.can_write_eof():
            sink.write_eof()

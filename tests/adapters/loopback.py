"""Servers on loopback that are not what a client expects: another certificate, no TLS, another protocol, a proxy's
page; and one that speaks just enough gRPC to refuse."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

CERTIFICATES = Path(__file__).parents[1] / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
PAGE = b"<html><body>Please log in</body></html>"
Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PREFACE = 24
SETTINGS, HEADERS, ACK, END_OF_ALL = 4, 1, 1, 5


def page(status: bytes, body: bytes = PAGE, more: bytes = b"") -> bytes:
    """A complete HTTP response."""
    head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n" % (status, len(body), more)
    return head + body


def tls(certificate: str, *, asks_for_client: bool = False) -> ssl.SSLContext:
    """A server's TLS context with one of the certificates; ``asks_for_client``: it requires a client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    if asks_for_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(AUTHORITY)
    return context


@asynccontextmanager
async def answering(answer: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that reads once, sends this answer and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(65_536)
            writer.write(answer)
            await writer.drain()
            if writer.can_write_eof():
                # Closing a socket with unread data resets it, and the answer would be lost.
                writer.write_eof()
                while await reader.read(65_536):
                    pass

    async with _listening(serve, context) as port:
        yield port


@asynccontextmanager
async def refusing_grpc(status: int, message: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that refuses each gRPC call with this status (RFC 9113 frames, RFC 7541 literals)."""
    shown = [(b"content-type", b"application/grpc"), (b"grpc-status", str(status).encode())]
    shown += [(b"grpc-message", message)] if message else []
    headers = b"\x88" + b"".join(_literal(name, value) for name, value in shown)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readexactly(PREFACE)
            writer.write(_frame(SETTINGS, 0, 0, b""))
            while True:
                head = await reader.readexactly(9)
                await reader.readexactly(int.from_bytes(head[:3]))
                if head[3] == SETTINGS and not head[4] & ACK:
                    writer.write(_frame(SETTINGS, ACK, 0, b""))
                if head[3] == HEADERS:
                    writer.write(_frame(HEADERS, END_OF_ALL, int.from_bytes(head[5:]), headers))
                await writer.drain()

    async with _listening(serve, context) as port:
        yield port


@asynccontextmanager
async def _listening(serve: Serving, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    # These tests are about clients that break off a handshake, so that is no error here.
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    tasks: set[asyncio.Task[object]] = set()

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(counted, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    return len(body).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + body


def _literal(name: bytes, value: bytes) -> bytes:
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value

"""A server that speaks TLS only, as hosted databases do: a relay in front of one that does not.

Its certificate is signed by nobody but itself, for 127.0.0.1, and guards nothing: its key is public.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("certificate.pem")
_ENCRYPTED_PLEASE = bytes.fromhex("0000000804d2162f")


@asynccontextmanager
async def encrypted(port: int) -> AsyncIterator[int]:
    """The port on 127.0.0.1 that relays TLS connections to the server at ``port``."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.readexactly(len(_ENCRYPTED_PLEASE)) == _ENCRYPTED_PLEASE:
                writer.write(b"S")
                await writer.start_tls(tls)
                await _relay(reader, writer, port)
        except (OSError, asyncio.IncompleteReadError):
            # A client that rejects the certificate just disconnects.
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_copy(reader, inner_writer))
            both.create_task(_copy(inner_reader, writer))
    finally:
        inner_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65_536):
        writer.write(some)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    else:
        writer.close()

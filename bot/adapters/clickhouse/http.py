"""Sends a statement to ClickHouse's HTTP interface, and reads an answer of bounded size.

The module uses the exceptions of clickhouse-connect, and its functions that bind values. It does not use the client
of that library: the client reads the Native format from its first request on, and bytes that are not Native can crash
the process.
https://clickhouse.com/docs/interfaces/http
"""

import json
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, ServerDisconnectedError, TCPConnector
from aiohttp.http_exceptions import HttpProcessingError
from clickhouse_connect.driver.binding import bind_query
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from bot.adapters.clickhouse.rows import FORMAT, Answer, NotAnAnswer, read_answer
from bot.computing import compute

LARGEST_ANSWER = 16 * 1024 * 1024
# Bytes. The reason is at the beginning of an error, so the rest is not read.
LARGEST_ERROR = 16 * 1024
# Bytes. Parsing a larger answer on the event loop would block it.
LARGEST_READ_AT_ONCE = 64 * 1024
MAX_CONNECTIONS = 20
OK = 200

# ClickHouse allows spaces around the name of a placeholder, and bind_query does not.
_PLACEHOLDER = re.compile(r"\{\s{0,99}(\w{1,99})\s{0,99}:")

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Http:
    """HTTP requests to one server as one user. Connections are opened on demand and kept for a while."""

    def __init__(self, url: str, username: str, password: str, seconds: float) -> None:
        self._url = url
        credentials = b64encode(f"{username}:{password}".encode()).decode()
        tls = ssl.create_default_context() if url.startswith("https:") else False
        self._session = ClientSession(
            connector=TCPConnector(limit=MAX_CONNECTIONS, ssl=tls),
            headers={
                "Authorization": f"Basic {credentials}",
                # A compressed answer could be many times larger than its bytes.
                "Accept-Encoding": "identity",
                "User-Agent": "backfill-bot",
            },
            timeout=ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds),
            auto_decompress=False,
            trust_env=True,
        )

    async def query(self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str], most_rows: int) -> Answer:
        """The whole answer. Raises DatabaseError and OperationalError of clickhouse-connect, and TimeoutError."""
        sql = _PLACEHOLDER.sub(r"{\1:", sql)
        # With values that the statement does not name, bind_query would format it with "%".
        named = {name: value for name, value in values.items() if f"{{{name}:" in sql}
        statement, bound = bind_query(sql, named or None)
        body = statement if isinstance(statement, bytes) else statement.encode()
        # With wait_end_of_query the server answers after the statement has ended, so late failures have an error
        # status.
        transport = {"default_format": FORMAT, "wait_end_of_query": "1"}
        raw = await self._post_with_retry(body, {**transport, **settings, **bound})
        if len(raw) <= LARGEST_READ_AT_ONCE:
            return read_answer(raw, most_rows)
        return await compute(read_answer, raw, most_rows)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _post_with_retry(self, body: bytes, params: Mapping[str, str]) -> bytes:
        """Post a statement, and return its answer. If the connection turns out to be closed, post the statement once
        more. That is safe: statements only read."""
        try:
            return await self._post(body, params)
        except OperationalError as exc:
            if not isinstance(exc.__cause__, ServerDisconnectedError | ConnectionResetError | BrokenPipeError):
                raise
        return await self._post(body, params)

    async def _post(self, body: bytes, params: Mapping[str, str]) -> bytes:
        try:
            async with self._session.post(self._url, data=body, params=params, allow_redirects=False) as response:
                if response.status != OK or "X-ClickHouse-Exception-Code" in response.headers:
                    raise _server_error(response, await _read_up_to(response, LARGEST_ERROR))
                return await _read_whole(response)
        except TimeoutError:
            raise
        # aiohttp does not wrap errors of its parsers and of the socket.
        except (ClientError, HttpProcessingError, OSError, ValueError, EOFError) as exc:
            raise OperationalError(f"Network Error: {str(exc) or type(exc).__name__}") from exc


async def _read_whole(response: ClientResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NotAnAnswer("the answer is compressed, although the bot asked for one that is not")
    raw = await _read_up_to(response, LARGEST_ANSWER + 1)
    if len(raw) > LARGEST_ANSWER:
        raise NotAnAnswer(f"the answer has over {LARGEST_ANSWER // 1024 // 1024} MB")
    if raw.count(b"\n") < _announced_rows(response):
        raise OperationalError("the answer ends before its last row")
    return raw


async def _read_up_to(response: ClientResponse, size: int) -> bytes:
    """At most ``size`` bytes; the rest is not read."""
    body = bytearray()
    while len(body) < size and (chunk := await response.content.read(size - len(body))):
        body += chunk
    return bytes(body)


def _announced_rows(response: ClientResponse) -> int:
    """The number of rows that the server says it has sent. Answers have no length, so a broken connection looks like
    the end; this number shows the difference."""
    try:
        return int(json.loads(response.headers.get("X-ClickHouse-Summary", "{}")).get("result_rows", 0))
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return 0


def _server_error(response: ClientResponse, body: bytes) -> DatabaseError:
    code = response.headers.get("X-ClickHouse-Exception-Code", "")
    text = body.decode(errors="backslashreplace")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        text = ""
    message = f"HTTP driver received HTTP status {response.status}{f', server response: {text}' if text else ''}"
    return DatabaseError(message, code=int(code) if code.isascii() and code.isdecimal() and len(code) < 6 else None)

"""When something else than ClickHouse answers, the process survives and reports that."""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.clickhouse.http import LARGEST_ANSWER
from bot.adapters.clickhouse.rows import Answer, read_answer
from bot.errors import DependencyError, Refused, Unavailable
from bot.model import ExpectedDay
from tests.adapters.clickhouse.conftest import CAMPAIGN, Connect, table

ABOUT = b'["version","fixed"]\n["String","Array(String)"]\n["26.1",[]]\n'
HEAD = b'["day","rows"]\n["Date","UInt64"]\n'
MID_STREAM = b"Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n"

Send = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answering(body: bytes, status: str = "200 OK", headers: str = "") -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return send


def raw(data: bytes) -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return send


class Endless:
    """Sends megabytes until nobody takes them, and counts."""

    def __init__(self, head: str) -> None:
        self._head = head
        self.sent = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._head.encode())
        piece = b'["2026-01-01",1]\n' * 61_680
        while not writer.transport.is_closing():
            writer.write(piece)
            self.sent += len(piece)
            await writer.drain()


@asynccontextmanager
async def serving(send: Send, about: bytes | None = ABOUT) -> AsyncIterator[str]:
    """A server that answers the first question as ClickHouse does, unless ``about`` is None, and the others so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
            )
            statement = await reader.readexactly(length)
            is_about = about is not None and b"system.settings" in statement
            await (answering(about or b"") if is_about else send)(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def count_error(warehouse: ClickHouseWarehouse) -> DependencyError:
    with pytest.raises(DependencyError) as caught:
        await warehouse.expected(table(), "hilton", CAMPAIGN)
    return caught.value


NO_ANSWERS = {
    "random bytes": random.Random(7).randbytes(4_000),
    "nothing": b"",
    "Native": b"\x02\x01\x03day\x04Date\x13\x50\x04rows\x06UInt64\x01\x00\x00\x00\x00\x00\x00\x00",
    "flipped bytes": HEAD + b'["2026-01-0\xff",1]\n',
    "half a row": HEAD + b'["2026-01-01",1]\n["2026-01',
    "half a head": b'["day","rows"]\n',
    "a row that is too short": HEAD + b'["2026-01-01"]\n',
    "a row that is too long": HEAD + b'["2026-01-01",1,2]\n',
    "objects": b'{"day":"2026-01-01"}\n' * 3,
    "a head of numbers": b"[1,2]\n[3,4]\n",
    "very deep JSON": HEAD + b"[" * 500_000 + b"\n",
    "NaN": HEAD + b'["2026-01-01",NaN]\n',
    "a very long number": HEAD + b'["2026-01-01",' + b"9" * 50_000 + b"]\n",
    "a code of very many digits": HEAD + b"Code: " + b"9" * 5_000 + b". DB::Exception: no\n",
    "an empty line": HEAD + b"\n",
}


@pytest.mark.parametrize("what", NO_ANSWERS)
async def test_what_is_no_answer_is_told_as_such(connect: Connect, what: str) -> None:
    async with serving(answering(NO_ANSWERS[what])) as url:
        shown = await count_error(connect(url))

    assert isinstance(shown, Unavailable)
    assert f"{url.removeprefix('http://')} answers, but not as ClickHouse does: " in shown.why


@pytest.mark.parametrize("what", NO_ANSWERS)
async def test_what_is_no_answer_when_connecting_is_told_as_such(connect: Connect, what: str) -> None:
    async with serving(answering(NO_ANSWERS[what]), about=None) as url:
        shown = await count_error(connect(url))

    assert "answers, but not as ClickHouse does" in shown.why


@pytest.mark.parametrize(
    "rows",
    [b'["2026-01-01","seven"]\n', b'["2026-01-01",-1]\n', b'["2026-01-01",1e999]\n', b'["2026-01-01",null]\n',
     b'["2026-13-01",1]\n', b'[20260101,1]\n', b'[null,1]\n', b'["2026-01-01",[1]]\n', b'["2026-01-01",true]\n'],
    ids=repr,
)  # fmt: skip
async def test_values_of_another_kind_than_their_type_are_refused(connect: Connect, rows: bytes) -> None:
    async with serving(answering(HEAD + rows)) as url:
        shown = await count_error(connect(url))

    assert "its column " in shown.why


async def test_numbers_as_text_are_taken(connect: Connect) -> None:
    async with serving(answering(HEAD + b'["2026-01-01","7"]\n')) as url:
        expected = await connect(url).expected(table(), "hilton", CAMPAIGN)

    assert list(expected.values()) == [ExpectedDay(7)]


async def test_an_exception_after_some_rows_is_an_error_and_no_short_answer(
    connect: Connect,
) -> None:
    async with serving(answering(HEAD + b'["2026-01-01",1]\n' + MID_STREAM)) as url:
        shown = await count_error(connect(url))

    assert isinstance(shown, Unavailable)
    assert shown.why.startswith("Code 241: Memory limit exceeded")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + HEAD, "no answer from"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + HEAD, "no answer from"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + HEAD, "is not HTTP"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", "is not HTTP"),
        (b"HTTP/1.1 999999 \r\n\r\n", "is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", "is not HTTP"),
        (b"", "no answer from"),
        (
            b'HTTP/1.1 200 OK\r\nX-ClickHouse-Summary: {"result_rows":"9"}\r\nConnection: close\r\n\r\n' + HEAD,
            "ends before its last row",
        ),
        (
            b'HTTP/1.1 200 OK\r\nX-ClickHouse-Summary: {"result_rows":1e999}\r\nConnection: close\r\n\r\n<html>\n',
            "ends before its columns",
        ),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", "301"),
    ],
    ids=range(10),
)
async def test_what_breaks_off_or_is_no_http_is_an_error(connect: Connect, data: bytes, why: str) -> None:
    async with serving(raw(data)) as url:
        shown = await count_error(connect(url))

    assert why in shown.why


async def test_compressed_answers_are_not_unpacked(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with serving(answering(bomb, headers="Content-Encoding: gzip\r\n")) as url:
        shown = await count_error(connect(url))
    async with serving(answering(bomb, "500 Broken", "Content-Encoding: gzip\r\n")) as url:
        failed = await count_error(connect(url))

    assert "the answer is compressed" in shown.why
    assert isinstance(failed, Unavailable)


@pytest.mark.parametrize("status", ["200 OK", "500 Broken", "404 Nothing"])
async def test_an_answer_without_end_is_read_so_far_and_no_further(connect: Connect, status: str) -> None:
    endless = Endless(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n")
    async with serving(endless) as url:
        await count_error(connect(url))

    assert endless.sent < 2 * LARGEST_ANSWER


async def test_too_many_rows_are_refused(connect: Connect) -> None:
    async with serving(answering(HEAD + b'["2026-01-01",1]\n' * 100_001)) as url:
        shown = await count_error(connect(url))

    assert "over 100,000 rows" in shown.why


async def test_a_wrong_answer_costs_one_question_and_not_the_next(connect: Connect) -> None:
    bodies = [b"\xff\xfe\xfd", HEAD + b'["2026-01-01",7]\n']

    async def send(writer: asyncio.StreamWriter) -> None:
        await answering(bodies.pop(0))(writer)

    async with serving(send) as url:
        warehouse = connect(url)
        await count_error(warehouse)
        assert list((await warehouse.expected(table(), "hilton", CAMPAIGN)).values()) == [ExpectedDay(7)]


async def test_a_code_of_clickhouse_decides_whatever_the_status_is(connect: Connect) -> None:
    body = b"Code: 60. DB::Exception: Unknown table x. (UNKNOWN_TABLE)\n"
    async with serving(answering(body, headers="X-ClickHouse-Exception-Code: 60\r\n")) as url:
        shown = await count_error(connect(url))

    assert isinstance(shown, Refused)
    assert "Code 60: Unknown table x" in shown.why


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_or_an_error_of_the_client(body: bytes) -> None:
    for whole in (body, HEAD + body, HEAD + body + b"\n"):
        with suppress(DatabaseError):
            assert isinstance(read_answer(whole, 100), Answer)

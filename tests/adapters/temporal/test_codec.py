"""A remote codec: what it is asked, how much at once, and what becomes of what it does not decode."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.api.common.v1 import Payload

from bot.adapters.temporal import codec as codec_module
from bot.adapters.temporal import payloads
from bot.adapters.temporal.codec import RemoteCodec
from bot.adapters.temporal.codec_server import CodecServer
from bot.errors import Unavailable, Unreachable
from tests.adapters.temporal.codec_stand_in import LOST, CodecStandIn, opened, sealed
from tests.adapters.temporal.server import free_port

LIMIT = timedelta(seconds=20)


@pytest.fixture
async def there() -> AsyncIterator[CodecStandIn]:
    async with CodecStandIn().serving() as first:
        yield first


@pytest.fixture
async def codec(there: CodecStandIn) -> AsyncIterator[RemoteCodec]:
    first = codec_at(there.endpoint, there.auth)
    yield first
    await first.close()


def codec_at(endpoint: str, auth: str = "", limit: timedelta = LIMIT) -> RemoteCodec:
    return RemoteCodec(CodecServer("voice-prod", endpoint, auth, limit, lambda: "prod"))


def plain(number: int) -> Payload:
    return payloads.plain({"day": number})


async def test_what_is_encoded_is_decoded_again_and_the_codec_is_told_the_namespace(
    codec: RemoteCodec, there: CodecStandIn
) -> None:
    encoded = await codec.encode([plain(1), plain(2)])

    assert [opened(payload) for payload in encoded] == [plain(1), plain(2)]
    assert await codec.decode(encoded) == [plain(1), plain(2)]
    assert there.headers[0]["X-Namespace"] == "prod"
    assert there.headers[0]["Content-Type"] == "application/json"
    assert there.requests == [("encode", 2), ("decode", 2)]


async def test_what_no_codec_has_encoded_is_passed_through_without_asking(
    codec: RemoteCodec, there: CodecStandIn
) -> None:
    assert await codec.decode([plain(1), Payload(metadata={"encoding": b"binary/null"})]) == [
        plain(1),
        Payload(metadata={"encoding": b"binary/null"}),
    ]
    assert there.requests == []


async def test_what_was_decoded_once_is_not_asked_for_again(codec: RemoteCodec, there: CodecStandIn) -> None:
    await codec.decode([sealed(plain(1)), sealed(plain(2))])

    assert await codec.decode([sealed(plain(2)), plain(7), sealed(plain(3))]) == [plain(2), plain(7), plain(3)]
    assert there.requests == [("decode", 2), ("decode", 1)]


async def test_many_payloads_are_asked_for_in_parts_and_keep_their_order(
    codec: RemoteCodec, there: CodecStandIn
) -> None:
    number = codec_module.MOST_PAYLOADS * 2 + 1

    assert await codec.decode([sealed(plain(n)) for n in range(number)]) == [plain(n) for n in range(number)]
    assert sorted(count for _, count in there.requests) == [1, 500, 500]


async def test_large_payloads_are_asked_for_in_parts_too(codec: RemoteCodec, there: CodecStandIn) -> None:
    large = [payloads.plain("x" * (codec_module.MOST_BYTES // 2) + str(number)) for number in range(3)]

    assert await codec.decode([sealed(payload) for payload in large]) == large
    assert [count for _, count in there.requests] == [1, 1, 1]


@pytest.mark.parametrize("status", [400, 422, 500])
async def test_what_is_encoded_under_a_key_that_is_gone_stays_encrypted_and_keeps_nothing_else_from_being_read(
    codec: RemoteCodec, there: CodecStandIn, status: int
) -> None:
    there.refusal = status
    lost = sealed(plain(7), LOST)
    encoded = [*(sealed(plain(number)) for number in range(9)), lost, sealed(plain(9))]

    assert await codec.decode(encoded) == [*map(plain, range(9)), lost, plain(9)]

    there.requests.clear()
    assert await codec.decode([lost]) == [lost]
    assert there.requests == []


async def test_where_much_is_refused_each_call_finds_more_of_what_can_be_read(
    codec: RemoteCodec, there: CodecStandIn
) -> None:
    encoded = [sealed(plain(number), LOST if number % 2 else b"1") for number in range(100)]

    with pytest.raises(Unavailable, match="refuses much"):
        await codec.decode(encoded)

    for _ in range(5):
        try:
            decoded = await codec.decode(encoded)
        except Unavailable:
            continue
        break
    assert decoded[::2] == [plain(number) for number in range(0, 100, 2)]
    assert decoded[1::2] == encoded[1::2]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_codec_that_is_broken_is_unavailable_and_nothing_is_taken_for_undecodable(
    codec: RemoteCodec, there: CodecStandIn, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.temporal.codec_server.REST", timedelta(0))
    there.status = status
    with pytest.raises(Unavailable) as raised:
        await codec.decode([sealed(plain(1))])

    there.status = 0
    assert "hunter2" not in str(raised.value)
    assert await codec.decode([sealed(plain(1))]) == [plain(1)]


@pytest.mark.parametrize("status", [401, 403, 404, 301])
async def test_one_that_does_not_let_the_bot_in_says_where_to_look(
    codec: RemoteCodec, there: CodecStandIn, status: int
) -> None:
    there.status = status

    with pytest.raises(Unreachable, match=rf"HTTP status {status}.*see codec in \[clusters.voice-prod\]"):
        await codec.decode([sealed(plain(1))])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\x00", "not Temporal's Payloads as JSON"),
        (b'{"payloads": 7}', "not Temporal's Payloads as JSON"),
        (b"[" * 100_000, "not Temporal's Payloads as JSON"),
        (b"{}", "0 payloads for 1"),
        (b" " * (17 * 1024 * 1024), "over 16 MB"),
    ],
)
async def test_an_answer_that_is_none_is_told_and_no_crash(
    codec: RemoteCodec, there: CodecStandIn, body: bytes, why: str
) -> None:
    there.body = body

    with pytest.raises(Unavailable, match=why):
        await codec.decode([sealed(plain(1))])


async def test_one_that_hangs_is_given_up_and_then_left_alone_for_a_moment(there: CodecStandIn) -> None:
    there.hangs = True
    codec = codec_at(there.endpoint, there.auth, timedelta(seconds=1))
    for _ in range(3):
        with pytest.raises(Unavailable, match="no answer within 1 s"):
            await codec.decode([sealed(plain(1))])

    assert len(there.requests) == 1
    await codec.close()


async def test_one_that_is_not_there_says_so() -> None:
    codec = codec_at(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(Unavailable, match="Codec of voice-prod: no connection to http"):
        await codec.encode([plain(1)])
    await codec.close()


async def test_a_short_value_that_is_sent_again_and_again_is_encoded_once_and_while_the_codec_is_away(
    codec: RemoteCodec, there: CodecStandIn
) -> None:
    """As the heartbeats of those who follow runs."""
    beat, other = payloads.plain(60.0), payloads.plain("sixty seconds, in words that are long")
    first = await codec.encode([beat])
    there.status = 503

    assert await codec.encode([beat]) == first
    assert there.requests == [("encode", 1)]
    with pytest.raises(Unavailable):
        await codec.encode([other])


async def test_what_it_refuses_to_encode_is_not_sent_as_it_is(codec: RemoteCodec, there: CodecStandIn) -> None:
    there.status = 400

    with pytest.raises(Unavailable, match="refuses to encode"):
        await codec.encode([plain(1)])


async def test_the_check_tells_a_codec_that_gives_back_what_it_encodes_from_others(there: CodecStandIn) -> None:
    right, wrong = codec_at(there.endpoint, there.auth), codec_at(there.endpoint, "Bearer of-somebody-else")

    assert await right.check() == f"the codec at {there.endpoint} encodes and decodes"
    with pytest.raises(Unreachable, match="HTTP status 401"):
        await wrong.check()
    await asyncio.gather(right.close(), wrong.close())


async def test_little_memory_is_kept(codec: RemoteCodec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec_module, "MOST_KEPT", 1_000)
    encoded = [sealed(plain(number)) for number in range(100)]
    await codec.decode(encoded)

    assert codec.decode_known(encoded[:1]) is None
    assert codec.decode_known(encoded[-1:]) == [plain(99)]

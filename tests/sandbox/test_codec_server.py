"""The codec server speaks Temporal's protocol: proto3's JSON in and out, for programs and for browsers."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import DataConverter

from sandbox.codec_server import CodecServer

PLAIN = MessageToDict(Payloads(payloads=DataConverter.default.payload_converter.to_payloads(["acme", {"days": 5}])))


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    async with CodecServer() as server:
        yield server.url


async def post(http: aiohttp.ClientSession, url: str, body: Any) -> Any:
    async with http.post(url, json=body, headers={"X-Namespace": "codec"}) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_what_it_encodes_it_decodes(http: aiohttp.ClientSession, url: str) -> None:
    encoded = await post(http, f"{url}/encode", PLAIN)

    assert {payload["metadata"]["encoding"] for payload in encoded["payloads"]} == {"YmluYXJ5L2VuY3J5cHRlZA=="}
    assert await post(http, f"{url}/decode", encoded) == PLAIN


async def test_what_is_not_encoded_stays_as_it_is(http: aiohttp.ClientSession, url: str) -> None:
    assert await post(http, f"{url}/decode", PLAIN) == PLAIN
    assert await post(http, f"{url}/decode", {"payloads": []}) == {}


async def test_what_is_no_payload_is_refused_with_a_reason(http: aiohttp.ClientSession, url: str) -> None:
    for body in ("{", '{"payloads": 1}', '{"payloads": [{"data": 1}]}', '{"payload": []}'):
        async with http.post(f"{url}/decode", data=body) as answer:
            assert answer.status == 400, body
            assert (await answer.text()).startswith("no payloads: ")


async def test_what_somebody_else_encoded_is_refused(http: aiohttp.ClientSession, url: str) -> None:
    foreign = Payloads(payloads=[Payload(metadata={"encoding": b"binary/encrypted"}, data=b"\xff" * 40)])
    async with http.post(f"{url}/decode", json=MessageToDict(foreign)) as answer:
        assert answer.status == 400
        assert await answer.text() == "encoded with another key"


async def test_a_page_of_another_origin_may_ask(http: aiohttp.ClientSession, url: str) -> None:
    asks = {"Origin": "http://127.0.0.1:8233", "Access-Control-Request-Headers": "content-type,x-namespace"}
    async with http.options(f"{url}/decode", headers=asks) as answer:
        allowed = answer.headers

    assert allowed["Access-Control-Allow-Origin"] == "*"
    assert {"Content-Type", "X-Namespace"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))


async def test_a_payload_of_any_bytes_comes_back(http: aiohttp.ClientSession, url: str) -> None:
    odd = MessageToDict(Payloads(payloads=[Payload(metadata={"encoding": b"binary/plain"}, data=bytes(range(256)))]))

    assert await post(http, f"{url}/decode", await post(http, f"{url}/encode", odd)) == odd

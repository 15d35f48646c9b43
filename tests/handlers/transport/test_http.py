"""HTTP mode: requests that Slack signed are answered, and all others learn nothing."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
import structlog
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import BackfillBotError
from bot.manifest import REQUEST_PATH
from handlers.transport.http import HEALTH_PATH, LARGEST_BODY, ListenAddress, serve_http
from handlers.transport.request_verification import DEEPEST, FORM, JSON, MOST_FIELDS
from tests.handlers.bolt import Edge, payload
from tests.handlers.requests import SECRET, Door, event, open_door, signed_now


@pytest.fixture
async def door(edge: Edge) -> AsyncIterator[Door]:
    async with open_door(edge) as door:
        yield door


async def test_a_signed_command_is_acknowledged_and_answered(door: Door) -> None:
    status, acknowledged = await door.type("help")
    (answer,) = await door.edge.there.answers()

    assert (status, acknowledged) == (200, "")
    assert answer["text"].startswith("What you can type")


async def test_a_usage_error_is_the_acknowledgement(door: Door) -> None:
    status, acknowledged = await door.type("stauts")

    assert status == 200
    assert "Did you mean /backfill status?" in json.loads(acknowledged)["text"]


async def test_a_signed_click_is_carried_out(door: Door) -> None:
    status, _ = await door.interact({**payload("button"), "response_url": door.edge.there.url})
    (answer,) = await door.edge.there.answers()

    assert status == 200
    assert answer["text"].startswith("You have acknowledged hilton")


async def test_a_submitted_dialog_is_answered_in_the_acknowledgement(door: Door) -> None:
    status, acknowledged = await door.interact(payload("submission"))

    assert status == 200
    assert json.loads(acknowledged)["response_action"] in ("errors", "update")


@pytest.mark.parametrize("typed", ["status payload-corp", "help payload", "payload", "verify x payload=1"])
async def test_a_command_may_contain_the_word_payload(door: Door, typed: str) -> None:
    status, acknowledged = await door.type(typed)

    (seen,) = door.reached
    assert seen["text"] == typed
    assert (status, "unhandled" in acknowledged) == (200, False)


def test_bolts_own_parser_still_loses_such_a_command() -> None:
    """When this fails, Bolt has been mended, and ``request_verification.py`` may leave reading forms to it."""
    lost = AsyncBoltRequest(body="command=%2Fbackfill&text=status+payload-corp", mode="http")

    assert lost.body == {}


async def test_slacks_challenge_is_given_back(door: Door) -> None:
    body, kind = event(type="url_verification", challenge="c4", token="t")

    assert await door.signed(body, kind) == (200, '{"challenge": "c4"}')
    assert (await door.send(body, {"Content-Type": kind}))[0] == 401


async def test_slacks_look_at_the_certificate_needs_no_signature_and_reaches_nobody(door: Door) -> None:
    answered = await door.send(b"ssl_check=1&token=t", {"Content-Type": FORM})
    smuggled, _ = await door.send(b"ssl_check=1&" + door.slash("help"), {"Content-Type": FORM})

    assert answered == (200, "")
    assert smuggled == 401
    assert door.reached == []


async def test_a_repetition_is_taken_and_logged(door: Door) -> None:
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    with structlog.testing.capture_logs() as shown:
        status, _ = await door.type("help", **again)

    assert status == 200
    assert len(await door.edge.there.answers()) == 1
    assert {"event": "delivered again", "number": "1", "why": "http_timeout", "log_level": "info"} in shown


async def test_what_is_refused_is_logged_with_its_reason_and_without_its_content(door: Door) -> None:
    with structlog.testing.capture_logs() as shown:
        await door.send(door.slash("marked-text"), {"Content-Type": FORM, "X-Slack-Signature": "marked-signature"})

    assert shown == [{"event": "request not taken", "status": 401, "why": "not signed", "log_level": "info"}]


@pytest.mark.parametrize("late", [301, 3_600, -310])
async def test_a_signature_of_another_time_is_refused(door: Door, late: int) -> None:
    body = door.slash("help")

    assert (await door.send(body, signed_now(body, late=late)))[0] == 401
    assert door.reached == []


@pytest.mark.parametrize("late", [290, -290])
async def test_a_signature_of_the_last_five_minutes_is_good(door: Door, late: int) -> None:
    body = door.slash("help")

    assert (await door.send(body, signed_now(body, late=late)))[0] == 200


async def test_a_signature_holds_for_its_own_body_time_and_secret_only(door: Door) -> None:
    body, other = door.slash("help"), door.slash("status")
    good = signed_now(body)
    moved = good | {"X-Slack-Request-Timestamp": str(int(good["X-Slack-Request-Timestamp"]) + 1)}
    foreign = signed_now(body, secret=SECRET + "x")
    statuses = [(await door.send(*request))[0] for request in ((other, good), (body, moved), (body, foreign))]

    assert statuses == [401, 401, 401]
    assert door.reached == []


@pytest.mark.parametrize(
    "header",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "١٢٣"},
        {"X-Slack-Request-Timestamp": "9" * 5_000},
        {"X-Slack-Request-Timestamp": "1_771_750_860"},
    ],
)
async def test_headers_that_are_no_signature_are_refused(door: Door, header: dict[str, str]) -> None:
    body = door.slash("help")

    assert await door.send(body, signed_now(body) | header) == (401, '{"error": "invalid request"}')
    assert door.reached == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"hello", "text/plain", 415),
        (b"hello", "", 415),
        (b"\xff\xfe", FORM, 401),
        (b"", JSON, 400),
        (b"[1, 2]", JSON, 400),
        (b'"x"', JSON, 400),
        (b"{", JSON, 400),
        (b"payload=", FORM, 400),
        (b"payload=%7B", FORM, 400),
        (b"payload=%5B%5D", FORM, 400),
        (b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)), FORM, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"a":' * 100_000, JSON, 400),
        (b"payload=" + b"[" * 100_000, FORM, 400),
        (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), JSON, 400),
        (b'{"authorizations": 5}', JSON, 400),
        (b'{"enterprise": 5}', JSON, 400),
        (b'{"response_urls": {"a": 1}}', JSON, 400),
        (b'{"actions": []}', JSON, 400),
        (b'{"type": ["x"]}', JSON, 400),
        (b'{"type": "event_callback", "event": 5}', JSON, 400),
        (b'{"type": "block_actions", "actions": 5}', JSON, 400),
        (b"command=%2Fother", FORM, 404),
        (b"", FORM, 404),
    ],
)
async def test_what_is_signed_and_makes_no_sense_is_refused_quietly(
    door: Door, caplog: pytest.LogCaptureFixture, body: bytes, kind: str, status: int
) -> None:
    with caplog.at_level(logging.ERROR):
        answered, text = await door.signed(body, kind)

    assert answered == status
    assert "Traceback" not in text
    assert caplog.records == []


async def test_an_oversized_body_is_refused_before_it_is_looked_at(door: Door) -> None:
    body = b"text=" + b"x" * LARGEST_BODY

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    async with door.http.post(door.url + REQUEST_PATH, data=BytesIO(body), headers=signed_now(body)) as answer:
        assert answer.status == 413
    async with door.http.post(door.url + REQUEST_PATH, data=in_pieces(), headers=signed_now(body)) as answer:
        assert answer.status == 413
    assert door.reached == []


async def test_a_body_that_does_not_come_is_not_waited_for(door: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(f"POST {REQUEST_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode())
    async with asyncio.timeout(60):
        line = await reader.readline()
    writer.close()

    assert line.split()[1] == b"408"


@pytest.mark.parametrize("sent", [b"Content-Length: 9\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"])
async def test_a_body_that_breaks_off_is_no_error_of_ours(
    door: Door, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    with caplog.at_level(logging.ERROR):
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(f"POST {REQUEST_PATH} HTTP/1.1\r\nHost: x\r\n".encode() + sent)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        status, _ = await door.type("help")

    assert status == 200
    assert caplog.records == []


async def test_its_health_says_that_it_is_there_and_no_more(door: Door) -> None:
    async with door.http.get(door.url + HEALTH_PATH) as healthy:
        posted = healthy.status, await healthy.text()
    statuses = []
    for path in ("/", REQUEST_PATH, "/slack/other"):
        async with door.http.get(door.url + path) as answer:
            statuses.append(answer.status)

    assert posted == (200, "ok\n")
    assert statuses == [404, 405, 404]


async def test_what_has_come_in_is_answered_before_the_end_and_nothing_comes_in_after(edge: Edge) -> None:
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def hold(next_: object) -> None:
        has_begun.set()
        await may_end.wait()
        await next_()  # type: ignore[operator]

    edge.app.middleware(hold)
    async with aiohttp.ClientSession() as http:
        async with serve_http(edge.app, SECRET, ListenAddress("127.0.0.1", 0)) as port:
            door = Door(edge, http, port)
            command = asyncio.create_task(door.type("help"))
            await has_begun.wait()
            asyncio.get_running_loop().call_later(0.2, may_end.set)
        status, _ = await command
        with pytest.raises(aiohttp.ClientConnectionError):
            await door.type("help")

    assert status == 200


async def test_a_port_that_is_taken_is_said_in_a_sentence(door: Door) -> None:
    with pytest.raises(BackfillBotError, match=rf"Cannot listen on port {door.port} of 127\.0\.0\.1"):
        async with serve_http(door.edge.app, SECRET, ListenAddress("127.0.0.1", door.port)):
            pass

"""Socket Mode: tickets, several sockets, disconnects, duplicates, events that come again."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import (
    IMPATIENT,
    Control,
    connected,
    eventually,
    new_app,
    open_url,
)


def answering(app: AsyncApp, seen: list[str]) -> None:
    @app.command("/backfill")
    async def status(ack: Any, body: Any) -> None:
        seen.append(body["text"])
        await ack()


async def test_a_new_socket_is_greeted(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack)) as socket:
        hello = await socket.receive_json()

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": "A0BACKFILL"}


async def test_a_ticket_opens_one_socket(slack: LocalSlack, control: Control) -> None:
    url = await open_url(slack)
    async with control.http.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await control.http.ws_connect(url)

    assert refused.value.status == 403


async def test_a_refused_handshake_does_not_use_up_the_ticket(slack: LocalSlack, control: Control) -> None:
    url = await open_url(slack)
    await control.fault(fault="refuse_handshake")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await control.http.ws_connect(url)

    async with control.http.ws_connect(url) as socket:
        assert (await socket.receive_json())["type"] == "hello"


async def test_pings_are_answered_with_the_same_bytes(slack: LocalSlack, control: Control) -> None:
    url = await open_url(slack)
    async with control.http.ws_connect(url, autoping=False) as socket:
        await socket.receive_json()
        await socket.ping(b"sdk-ping-pong:1")
        pong = await socket.receive(timeout=60)

    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_what_is_no_ack_is_ignored(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack), autoping=False) as socket:
        await socket.receive_json()
        for text in ("{", "5", '{"envelope_id": []}', "[" * 100_000):
            await socket.send_str(text)
        await socket.ping(b"still there")
        pong = await socket.receive(timeout=60)

    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"still there")


async def test_unanswered_pings_make_the_client_reconnect(slack: LocalSlack, control: Control) -> None:
    async with connected(slack, ping_interval=IMPATIENT):
        await control.fault(fault="no_pong", count=None)

        async def reconnected() -> bool:
            methods = [str(call["method"]) for call in (await control.get("calls"))["calls"]]
            return methods.count("apps.connections.open") >= 2

        await eventually(reconnected, within=60)


async def test_two_sockets_share_the_deliveries(slack: LocalSlack, control: Control) -> None:
    first, second = list[str](), list[str]()
    first_app, second_app = new_app(slack), new_app(slack)
    answering(first_app, first)
    answering(second_app, second)
    async with connected(slack, first_app), connected(slack, second_app):
        deliveries = [await control.command(f"n{number}") for number in range(6)]

    assert sorted(first + second) == [f"n{number}" for number in range(6)]
    assert len(first) == len(second) == 3
    assert {delivery["socket"] for delivery in deliveries} == {1, 2}


async def test_the_eleventh_socket_is_one_too_many(slack: LocalSlack, control: Control) -> None:
    sockets = [await control.http.ws_connect(await open_url(slack)) for _ in range(11)]
    greetings = [await socket.receive_json() for socket in sockets]
    for socket in sockets:
        await socket.close()

    assert [greeting["type"] for greeting in greetings] == ["hello"] * 10 + ["disconnect"]
    assert greetings[10]["reason"] == "too_many_websockets"


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
async def test_a_client_told_to_go_comes_back_and_misses_nothing(
    slack: LocalSlack, control: Control, reason: str
) -> None:
    seen = list[str]()
    async with connected(slack, ping_interval=IMPATIENT) as app:
        answering(app, seen)
        answer = await control.fault(fault="disconnect", reason=reason)
        during = await control.command("during")

        async def on_a_new_socket() -> bool:
            return bool((await control.command("after"))["socket"] != 1)

        await eventually(on_a_new_socket)

    assert answer == {"sockets": 1}
    assert during["acked"] is True
    assert seen[0] == "during"


async def test_an_aborted_client_comes_back(slack: LocalSlack, control: Control) -> None:
    async with connected(slack, ping_interval=IMPATIENT) as app:
        answering(app, [])
        assert await control.fault(fault="abort") == {"sockets": 1}

        async def works_again() -> bool:
            return bool((await control.command("hello"))["acked"])

        await eventually(works_again)


async def test_an_ack_may_come_on_another_socket(slack: LocalSlack, control: Control) -> None:
    async with (
        control.http.ws_connect(await open_url(slack)) as socket,
        control.http.ws_connect(await open_url(slack)) as other,
    ):
        await socket.receive_json()
        await other.receive_json()
        command = asyncio.create_task(control.command("status"))
        envelope = await socket.receive_json()
        await other.send_str("not json")
        await other.send_json({"envelope_id": "unknown"})
        await other.send_json({"envelope_id": envelope["envelope_id"]})
        delivery = await command

    assert (delivery["acked"], delivery["socket"], delivery["ack"]) == (True, 1, None)


async def test_a_duplicated_envelope_is_one_delivery_that_runs_twice(slack: LocalSlack, control: Control) -> None:
    seen = list[str]()
    async with connected(slack, ping_interval=IMPATIENT) as app:
        answering(app, seen)
        await control.fault(fault="duplicate_envelope")
        twice = await control.command("twice")
        once = await control.command("once")

        async def all_ran() -> bool:
            return len(seen) == 3

        await eventually(all_ran)

    assert sorted(seen) == ["once", "twice", "twice"]
    assert [twice["copies"], once["copies"]] == [2, 1]


async def test_waiting_for_a_client_that_does_not_come_ends_clearly(slack: LocalSlack) -> None:
    with pytest.raises(TimeoutError, match=r"no Socket Mode client connected within 0\.05 s"):
        await slack.wait_connected(0.05)


@pytest.mark.parametrize(
    ("token", "code"),
    [("xapp-wrong", "invalid_auth"), ("xoxb-local-backfill", "not_allowed_token_type")],
)
async def test_only_the_app_token_opens_connections(slack: LocalSlack, token: str, code: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=token)

    assert refused.value.response["error"] == code

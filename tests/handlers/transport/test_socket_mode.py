"""Connecting by Socket Mode, also when Slack refuses or is away."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.adapters.slack import slack_client, translate_errors
from bot.errors import AccessDenied
from bot.logs import SOCKET_MODE
from bot.wiring import steady_now
from handlers.transport.socket_mode import FIRST_WAIT, WRONG_TOKEN, ReconnectingClient, socket_mode_connection
from local_slack import LocalSlack
from tests.local_slack.harness import IMPATIENT, Control, eventually


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[list[EventDict]]:
    """The log; no line of the SDK may have a traceback."""
    with capture_logs() as shown, caplog.at_level(logging.WARNING, SOCKET_MODE):
        yield shown
    assert [record for record in caplog.records if record.exc_info] == []


def new_app(slack: LocalSlack) -> AsyncApp:
    return AsyncApp(client=slack_client(slack.bot_token, slack.api_url, steady_now))


def answering(app: AsyncApp, seen: list[str]) -> None:
    @app.command("/backfill")
    async def answer(ack: AsyncAck, command: dict[str, Any]) -> None:
        seen.append(command["text"])
        await ack()


def failures(logs: list[EventDict]) -> list[str]:
    return [line["reason"] for line in logs if line["event"] == "no connection to Slack"]


@pytest.mark.parametrize("code", sorted(WRONG_TOKEN))
async def test_a_wrong_token_is_told_at_once(logs: list[EventDict], code: str) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        await Control(http).fault(fault="error", method="apps.connections.open", code=code, count=None)
        with pytest.raises(AccessDenied, match=f"{code}.*SLACK_APP_TOKEN"):
            async with socket_mode_connection(new_app(slack), slack.app_token, translate_errors):
                pass

    assert failures(logs) == []


@pytest.mark.parametrize("code", ["access_denied", "internal_error", "never_heard_of"])
async def test_what_may_be_mended_in_slack_is_waited_for_with_a_line_for_each_try(
    logs: list[EventDict], code: str
) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        control = Control(http)
        await control.fault(fault="error", method="apps.connections.open", code=code)
        app = new_app(slack)
        answering(app, [])
        async with socket_mode_connection(app, slack.app_token, translate_errors):
            delivery = await control.command("hello")

    assert delivery["acked"]
    assert [code in reason for reason in failures(logs)] == [True]


async def test_a_handshake_that_is_refused_is_tried_with_another_ticket(logs: list[EventDict]) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        control = Control(http)
        await control.fault(fault="refuse_handshake")
        async with socket_mode_connection(new_app(slack), slack.app_token, translate_errors):
            calls = (await control.get("calls"))["calls"]

    assert len(failures(logs)) == 1
    assert len([call for call in calls if call["method"] == "apps.connections.open"]) == 2


async def test_a_slack_that_was_gone_and_knows_no_ticket_any_more_is_connected_to_again(
    logs: list[EventDict],
) -> None:
    seen = list[str]()
    async with LocalSlack() as slack:
        app, port = new_app(slack), int(slack.url.rstrip("/").rpartition(":")[2])
        answering(app, seen)
        token = slack.app_token
        connection = socket_mode_connection(app, token, translate_errors, IMPATIENT)
        await connection.__aenter__()
    try:
        async with LocalSlack(port) as slack, aiohttp.ClientSession(slack.url) as http:
            control = Control(http)

            async def works_again() -> bool:
                return bool((await control.command("hello"))["acked"])

            await eventually(works_again)
    finally:
        await connection.__aexit__(None, None, None)

    assert seen[-1:] == ["hello"]
    assert "connected to Slack again" in [line["event"] for line in logs]


@pytest.mark.parametrize("fault", ["abort", "disconnect"])
async def test_after_a_lost_socket_there_is_one_again_and_only_one(logs: list[EventDict], fault: str) -> None:
    seen = list[str]()
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        control, app = Control(http), new_app(slack)
        answering(app, seen)
        async with socket_mode_connection(app, slack.app_token, translate_errors, IMPATIENT):
            await control.fault(fault=fault)

            async def works_again() -> bool:
                delivery = await control.command("hello")
                return bool(delivery["acked"] and delivery["socket"] != 1)

            await eventually(works_again)
            left = await control.fault(fault="abort")

    assert left == {"sockets": 1}
    assert failures(logs) == []


async def test_a_token_that_is_revoked_later_is_waited_for(logs: list[EventDict]) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        control, app = Control(http), new_app(slack)
        answering(app, [])
        async with socket_mode_connection(app, slack.app_token, translate_errors, IMPATIENT):
            await control.fault(fault="error", method="apps.connections.open", code="token_revoked")
            await control.fault(fault="abort")

            async def works_again() -> bool:
                return bool((await control.command("hello"))["acked"])

            await eventually(works_again)

    assert [reason for reason in failures(logs) if "token_revoked" in reason]


class TripsOnce:
    """Translates errors, except for one try, which fails in an unexpected way."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, what: str) -> AbstractContextManager[None]:
        if what == "apps.connections.open":
            self._left -= 1
            if self._left == 0:
                raise ZeroDivisionError(what)
        return translate_errors(what)


@pytest.mark.parametrize("at", [1, 2])
async def test_what_nobody_has_foreseen_while_connecting_is_told_and_tried_again(
    logs: list[EventDict], at: int
) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http:
        control, app = Control(http), new_app(slack)
        answering(app, [])
        async with socket_mode_connection(app, slack.app_token, TripsOnce(at), IMPATIENT):
            await control.fault(fault="abort")

            async def works_again() -> bool:
                delivery = await control.command("hello")
                return bool(delivery["acked"] and delivery["socket"] != 1)

            await eventually(works_again)

    shown = [line for line in logs if line["event"] == "no connection to Slack"]
    assert [(line["log_level"], line["reason"]) for line in shown] == [("error", "ZeroDivisionError")]
    assert len(shown[0]["reference"]) == 8


@asynccontextmanager
async def slack_that_keeps_no_socket(
    farewell: dict[str, str] | None, tickets: list[float], lost: list[float]
) -> AsyncIterator[str]:
    """The URL of its API: it takes each socket, and then wants it gone; ``farewell`` is what it says, None: it hangs
    up. ``tickets`` are the times when it gave one out, ``lost`` those when a socket had ended."""

    async def give_ticket(request: web.Request) -> web.Response:
        tickets.append(asyncio.get_running_loop().time())
        return web.json_response({"ok": True, "url": f"ws://{request.host}/socket"})

    async def take(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if farewell:
            await socket.send_json(farewell)
            await socket.receive()
        await socket.close()
        lost.append(asyncio.get_running_loop().time())
        return socket

    app = web.Application()
    app.router.add_post("/api/apps.connections.open", give_ticket)
    app.router.add_get("/socket", take)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}/api/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("farewell", [None, {"type": "disconnect", "reason": "too_many_websockets"}])
async def test_sockets_that_are_lost_at_once_are_not_followed_at_once(farewell: dict[str, str] | None) -> None:
    tickets, lost = list[float](), list[float]()
    async with slack_that_keeps_no_socket(farewell, tickets, lost) as url:
        app = AsyncApp(client=slack_client("xoxb-1", url, steady_now))

        async def has_tried_thrice() -> bool:
            return len(lost) >= 3

        async with socket_mode_connection(app, "xapp-1", translate_errors):
            await eventually(has_tried_thrice, within=60)

    first, second, third = tickets[:3]
    assert second - first >= FIRST_WAIT
    assert third - second >= 2 * FIRST_WAIT


@pytest.mark.parametrize(("ping_every", "is_dead"), [(3600.0, False), (0.0, True)], ids=["in time", "overdue"])
async def test_a_wall_clock_that_is_set_forward_keeps_a_socket_whose_pongs_are_in_time(
    ping_every: float, is_dead: bool
) -> None:
    client = ReconnectingClient(
        AsyncApp(client=slack_client("xoxb-1", "http://127.0.0.1:1/", steady_now)),
        "xapp-1",
        translate_errors,
        ping_every,
    )
    # The SDK does not annotate it.
    close: Callable[[], Awaitable[None]] = client.close
    client.last_ping_pong_time = time.time() - 24 * 3600
    is_failing = await client.is_ping_pong_failing()
    await close()

    assert is_failing is is_dead

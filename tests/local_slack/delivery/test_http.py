"""Deliveries by signed requests: forms, signatures, acks, repetitions, and the faults of that way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Timings
from tests.local_slack.harness import Control, Json, eventually

CHALLENGED = "url_verification"


@dataclass
class App:
    """Somebody's app. ``answers`` are its next ones; an empty 200 when there are none."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    delay: float = 0.0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if CHALLENGED.encode() in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        self.requests.append((dict(request.headers), body))
        await asyncio.sleep(self.delay)
        return self.answers.pop(0) if self.answers else web.Response()

    async def has_taken(self, requests: int) -> bool:
        return len(self.requests) >= requests

    def form(self, number: int = 0) -> dict[str, str]:
        fields = parse_qs(self.requests[number][1].decode(), keep_blank_values=True, strict_parsing=True)
        return {name: value for name, (value,) in fields.items()}

    def is_signed(self, slack: LocalSlack, number: int = 0) -> bool:
        headers, body = self.requests[number]
        return SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    listening = App()
    application = web.Application()
    application.router.add_post("/slack/events", listening.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        listening.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield listening
    finally:
        await runner.cleanup()


@pytest.fixture
async def http_app(slack: LocalSlack, app: App) -> App:
    """The app, to which everything is delivered."""
    await slack.deliver_to(app.url, timeout=5)
    return app


async def test_a_command_is_a_signed_form(slack: LocalSlack, control: Control, http_app: App) -> None:
    delivery = await control.command("status payload & more")

    headers, _ = http_app.requests[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert http_app.is_signed(slack)
    assert http_app.form() == delivery["payload"]
    assert http_app.form()["text"] == "status payload &amp; more"
    assert (delivery["acked"], delivery["http_status"], delivery["socket"], delivery["ack"]) == (
        True,
        200,
        None,
        None,
    )


async def test_an_event_is_signed_json_and_comes_again_with_its_number_and_reason(
    slack: LocalSlack, control: Control, http_app: App
) -> None:
    http_app.answers = [web.Response(status=500), web.Response(status=404)]
    await control.post("event", {"event": {"type": "app_home_opened", "user": "U1", "tab": "home"}})

    await eventually(partial(http_app.has_taken, 3))
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in http_app.requests]
    reasons = [headers.get("X-Slack-Retry-Reason") for headers, _ in http_app.requests]
    assert numbers == [None, "1", "2"]
    assert reasons == [None, "http_error", "http_error"]
    assert all(http_app.is_signed(slack, number) for number in range(3))
    assert len({json.loads(body)["event_id"] for _, body in http_app.requests}) == 1


async def test_an_app_may_ask_for_no_repetition(control: Control, http_app: App) -> None:
    unwanted = web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    http_app.answers = [unwanted, web.Response(status=500), web.Response(status=500)]
    event = {"event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}
    _, first = await control.post("event", event)
    await eventually(partial(http_app.has_taken, 1))
    _, later = await control.post("event", event)
    # Its repetitions come after those that the first one would have had.
    await eventually(partial(http_app.has_taken, 4))

    came = [json.loads(body)["event_id"] for _, body in http_app.requests]
    assert came == [first["payload"]["event_id"], *[later["payload"]["event_id"]] * 3]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (web.Response(text="it is fine"), "it is fine"),
        (web.json_response({"text": "it is *fine*"}), "it is *fine*"),
    ],
)
async def test_what_the_ack_says_is_shown(control: Control, http_app: App, answer: web.Response, shown: str) -> None:
    http_app.answers = [answer]
    await control.command("status")

    assert await control.texts() == [shown]


@pytest.mark.parametrize("status", [301, 401, 404, 500])
async def test_any_other_status_is_a_failure(control: Control, http_app: App, status: int) -> None:
    http_app.answers = [web.Response(status=status, headers={"Location": http_app.url} if status == 301 else None)]
    delivery = await control.command("status")

    assert (delivery["error"], delivery["http_status"]) == ("dispatch_failed", status)
    assert len(http_app.requests) == 1


@pytest.mark.parametrize("timings", [Timings(ack=1.0)], ids=["one second"])
async def test_an_answer_that_takes_too_long_is_a_failure(control: Control, http_app: App) -> None:
    http_app.delay = 2.0
    delivery = await control.command("status")

    assert (delivery["error"], delivery["acked"], delivery["http_status"]) == ("operation_timeout", False, None)


async def test_nobody_there_is_a_failure(slack: LocalSlack, control: Control) -> None:
    with pytest.raises(TimeoutError, match="did not answer Slack's challenge within 0 s"):
        await slack.deliver_to("http://127.0.0.1:1/slack/events", timeout=0)

    assert (await control.command("status"))["error"] == "dispatch_failed"


async def test_the_way_can_be_changed_while_it_runs(control: Control, app: App) -> None:
    set_to = await control.post("request_url", {"url": app.url})
    by_request = await control.command("one")
    nobody = await control.post("request_url", {"url": "http://127.0.0.1:1/x"})
    still = await control.command("two")
    back = await control.post("request_url", {"url": None})
    by_socket = await control.command("three")
    wrong, _ = await control.post("request_url", {"url": "ftp://x"})

    assert (set_to, back, wrong) == ((200, {"url": app.url}), (200, {"url": None}), 400)
    assert nobody == (400, {"error": "http://127.0.0.1:1/x does not answer Slack's challenge"})
    assert [delivery["http_status"] for delivery in (by_request, still, by_socket)] == [200, 200, None]


async def test_a_bad_signature_is_one(slack: LocalSlack, control: Control, http_app: App) -> None:
    await control.fault(fault="bad_signature")
    bad = await control.command("one")
    await control.command("two")

    assert (http_app.is_signed(slack, 0), http_app.is_signed(slack, 1)) == (False, True)
    assert bad["faults"] == ["bad_signature"]


@pytest.mark.parametrize("seconds", [-301, 400, -10])
async def test_a_clock_may_be_off(slack: LocalSlack, control: Control, http_app: App, seconds: int) -> None:
    await control.fault(fault="clock_skew", seconds=seconds)
    await control.command("status")
    off = int(http_app.requests[0][0]["X-Slack-Request-Timestamp"]) - time.time()

    assert abs(off - seconds) < 5
    assert http_app.is_signed(slack) is (abs(seconds) < 300)


async def test_a_command_may_say_that_it_is_a_repetition(control: Control, http_app: App) -> None:
    await control.fault(fault="retry_headers", number=2, reason="connection_failed")
    await control.command("status")

    headers, _ = http_app.requests[0]
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("2", "connection_failed")


async def test_a_duplicate_is_the_same_request_twice(control: Control, http_app: App) -> None:
    await control.fault(fault="duplicate_envelope")
    delivery = await control.command("status")

    (_, first), (_, second) = http_app.requests
    assert first == second
    assert (delivery["copies"], delivery["acked"], delivery["faults"]) == (2, True, ["duplicate_envelope"])


async def test_a_click_is_a_form_with_one_field(
    client: AsyncWebClient, control: Control, http_app: App, team: str
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks: list[Json] = [{"type": "actions", "elements": [button]}]
    await client.chat_postMessage(channel=team, text="x", blocks=blocks)
    (message,) = await control.messages()
    delivery = await control.click(message, "go")

    assert set(http_app.form()) == {"payload"}
    assert json.loads(http_app.form()["payload"]) == delivery["payload"]

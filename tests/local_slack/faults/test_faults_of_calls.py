"""Faults: each does what it says, as often as it says, where it says."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import Control, Json, eventually

POST = "chat.postMessage"


async def post(client: AsyncWebClient, channel: str, text: str = "x") -> Any:
    return await client.chat_postMessage(channel=channel, text=text)


async def test_a_rate_limit_says_when_to_come_back(client: AsyncWebClient, control: Control, team: str) -> None:
    await control.fault(fault="ratelimited", method=POST, retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        await post(client, team)
    await post(client, team, "second")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "7"
    assert await control.texts() == ["second"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_gateway_answers_with_its_own_page(
    client: AsyncWebClient, control: Control, team: str, status: int
) -> None:
    await control.fault(fault="http_error", method=POST, status=status)
    with pytest.raises(SlackApiError) as refused:
        await post(client, team)

    assert refused.value.response.status_code == status
    assert await control.texts() == []


async def test_an_error_of_any_code_strikes_as_often_as_asked(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="error", method=POST, code="internal_error", count=2)
    codes = list[str]()
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await post(client, team)
        codes.append(refused.value.response["error"])
    await post(client, team, "third")

    assert codes == ["internal_error"] * 2
    assert await control.texts() == ["third"]
    assert (await control.get("faults"))["faults"] == []


async def test_a_slow_call_is_carried_out_and_answered_late(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="slow", method=POST, seconds=0.3)
    begun = time.monotonic()
    await post(client, team)

    assert time.monotonic() - begun >= 0.3
    assert await control.texts() == ["x"]


async def test_a_lost_reply_has_had_its_effect(slack: LocalSlack, control: Control, team: str) -> None:
    await control.fault(fault="lost_reply", method=POST)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client, team)

    (call,) = (await control.get("calls"))["calls"]
    assert await control.texts() == ["x"]
    assert (call["status"], call["fault"]) == (None, "lost_reply")


async def test_a_late_effect_comes_after_the_client_has_given_up(
    slack: LocalSlack, control: Control, team: str
) -> None:
    await control.fault(fault="late_effect", method=POST, seconds=2)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=1)
    with pytest.raises(TimeoutError):
        await post(client, team)
    at_once = await control.texts()
    await eventually(lambda: _is_said(control))

    (call,) = (await control.get("calls"))["calls"]
    assert at_once == []
    assert (call["status"], call["fault"]) == (None, "late_effect")


async def _is_said(control: Control) -> bool:
    return await control.texts() == ["x"]


async def test_the_sdk_doubles_a_post_whose_reply_was_lost(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="lost_reply", method=POST)
    await post(client, team)

    assert await control.texts() == ["x", "x"]


async def test_a_fault_may_be_for_one_channel_or_for_every_method(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.conversations_join(channel=slack.channels["general"])
    await control.fault(fault="error", channel="general", code="is_archived", count=None)
    await post(client, team)
    with pytest.raises(SlackApiError, match="is_archived"):
        await post(client, slack.channels["general"])
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.conversations_info(channel=slack.channels["general"])

    assert await control.texts() == ["x"]


async def test_response_urls_have_faults_too(control: Control) -> None:
    url = (await control.command("status"))["payload"]["response_url"]
    await control.fault(fault="http_error", method="response_url", status=500)
    async with control.http.post(url, json={"text": "x"}) as reply:
        assert reply.status == 500


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({}, "fault: Unable to extract tag"),
        ({"fault": "meteor"}, "fault: Input tag 'meteor' found using 'fault' does not match"),
        ({"fault": "slow"}, "seconds: Field required"),
        ({"fault": "http_error", "status": 418}, "status: Input should be 500, 502, 503 or 504"),
        ({"fault": "error", "code": "x", "metod": "y"}, "metod: Extra inputs are not permitted"),
        ({"fault": "ratelimited", "count": 0}, "count: Input should be greater than or equal to 1"),
        ({"fault": "disconnect", "reason": "bored"}, "reason: Input should be 'warning'"),
    ],
)
async def test_an_unknown_fault_is_refused(control: Control, fault: Json, words: str) -> None:
    status, body = await control.post("faults", fault)

    assert status == 400
    assert body["error"].startswith(words)


async def test_reset_removes_faults_and_logs_and_messages_if_asked(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="error", method="auth.test", code="fatal_error", count=None)
    await post(client, team)
    await control.command("status")
    await control.post("reset", {})
    kept = await control.texts()
    await control.post("reset", {"messages": True})

    assert kept[0] == "x"
    assert await control.messages() == []
    assert (await control.get("faults"))["faults"] == []
    assert (await control.get("calls"))["calls"] == []
    assert (await control.get("deliveries"))["deliveries"] == []


async def test_calls_are_listed_since_a_number_and_without_tokens(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.apps_connections_open(app_token=slack.app_token)
    before = (await control.get("calls"))["last_id"]
    words = {"channel": team, "text": "x", "token": slack.bot_token}
    async with control.http.post("/api/chat.postMessage", data=words) as reply:
        assert reply.status == 200
    everything = await control.get("calls")
    fresh = (await control.get("calls", since=str(before)))["calls"]

    (call,) = fresh
    assert (call["method"], call["status"], call["reply"]["ok"]) == ("chat.postMessage", 200, True)
    assert call["arguments"] == {"channel": team, "text": "x", "token": "xoxb-…"}
    assert slack.bot_token not in str(everything)
    assert slack.app_token not in str(everything)
    assert "ticket=…" in everything["calls"][0]["reply"]["url"]


async def test_what_the_control_api_does_not_have_is_said_in_json(control: Control) -> None:
    async with control.http.get("/_control/nothing") as missing:
        assert (missing.status, await missing.json()) == (404, {"error": "there is no GET /_control/nothing"})
    async with control.http.get("/_control/calls?since=x") as wrong:
        assert (wrong.status, await wrong.json()) == (400, {"error": "since: must be a whole number"})

"""Faults on the way to the bot, and those that change what the bot finds: each does what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from local_slack.faults.kinds import Slow
from tests.local_slack.conftest import without_ack
from tests.local_slack.harness import (
    IMPATIENT,
    Control,
    connected,
    eventually,
    open_url,
    refused,
)

POST = "chat.postMessage"
SEEN = list[str]


@pytest.fixture
async def seen(slack: LocalSlack) -> AsyncIterator[SEEN]:
    """The texts of commands that a connected bot has received and acked."""
    texts: SEEN = []
    async with connected(slack, ping_interval=IMPATIENT) as app:
        taking(app, texts)
        yield texts


def taking(app: AsyncApp, texts: SEEN) -> None:
    @app.command("/backfill")
    async def take(ack: Any, body: Any) -> None:
        texts.append(body["text"])
        await ack()

    @app.event("app_home_opened")
    async def opened(event: Any) -> None:
        texts.append(event["tab"])


async def event(control: Control, tab: str) -> None:
    status, _ = await control.post("event", {"event": {"type": "app_home_opened", "user": "U1", "tab": tab}})
    assert status == 200


@pytest.mark.parametrize("answer", ["internal_error", "fatal_error"])
async def test_a_call_that_says_it_failed_may_have_had_its_effect(
    client: AsyncWebClient, control: Control, team: str, answer: str
) -> None:
    await control.fault(fault="lost_reply", method=POST, answer=answer)

    assert await refused(client.chat_postMessage(channel=team, text="x")) == answer
    assert await control.texts() == ["x"]


async def test_a_gateway_may_lose_the_answer_to_what_was_done(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="lost_reply", method=POST, answer="http_error")
    async with control.http.post(
        "/api/chat.postMessage", data={"channel": team, "text": "x", "token": client.token}
    ) as reply:
        status = reply.status, reply.content_type

    assert status == (502, "text/html")
    assert await control.texts() == ["x"]


async def test_a_chance_with_a_seed_strikes_the_same_ones_again(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    rounds = []
    for _ in range(2):
        await control.post("reset", {})
        await control.fault(fault="error", method="auth.test", code="ratelimited", count=None, chance=0.5, seed=3)
        requests = [control.http.post("/api/auth.test", data={"token": client.token}) for _ in range(20)]
        rounds.append([(await (await request).json())["ok"] for request in requests])

    assert rounds[0] == rounds[1]
    assert 2 < sum(rounds[0]) < 18


def test_a_fault_without_a_chance_of_its_own_always_strikes() -> None:
    assert all(Slow(fault="slow", seconds=1).is_struck() for _ in range(20))


async def test_a_revoked_token_is_revoked_until_a_reset(client: AsyncWebClient, control: Control, team: str) -> None:
    url = (await control.command("status"))["payload"]["response_url"]
    await control.fault(fault="token_revoked")
    codes = [await refused(client.auth_test()), await refused(client.chat_postMessage(channel=team, text="x"))]
    async with control.http.post(url, json={"text": "without a token"}) as reply:
        answered = reply.status
    await control.post("reset", {})

    assert (codes, answered) == (["token_revoked"] * 2, 200)
    assert (await client.auth_test())["ok"] is True


@pytest.mark.parametrize("why", ["expired_url", "used_url"])
async def test_a_response_url_may_be_dead_on_arrival(control: Control, why: str) -> None:
    url = (await control.command("status"))["payload"]["response_url"]
    await control.fault(fault="dead_response_url", why=why)
    statuses = []
    for _ in range(2):
        async with control.http.post(url, json={"text": "x"}) as reply:
            statuses.append((reply.status, await reply.text()))

    assert statuses == [(404, f'{{"ok": false, "error": "{why}"}}'), (200, "ok")]


async def test_an_archived_channel_takes_nothing_and_a_reset_opens_it(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    ts = (await client.chat_postMessage(channel=team, text="before"))["ts"]
    url = (await control.command("status"))["payload"]["response_url"]
    await control.fault(fault="channel", channel="backfills", state="archived")
    codes = [
        await refused(client.chat_postMessage(channel=team, text="x")),
        await refused(client.chat_update(channel=team, ts=ts, text="x")),
    ]
    async with control.http.post(url, json={"text": "x"}) as reply:
        answered = reply.status, await reply.text()
    is_archived = (await client.conversations_info(channel=team))["channel"]["is_archived"]
    await control.post("reset", {})
    await client.chat_postMessage(channel=team, text="after")

    assert (codes, is_archived) == (["is_archived", "is_inactive"], True)
    assert answered == (410, "channel_is_archived")


@pytest.mark.parametrize(("state", "code"), [("removed", "not_in_channel"), ("removed_private", "channel_not_found")])
async def test_a_bot_that_was_taken_out_of_the_channel_is_not_in_it(
    client: AsyncWebClient, control: Control, team: str, state: str, code: str
) -> None:
    await control.fault(fault="channel", channel="backfills", state=state)
    codes = [
        await refused(client.chat_postMessage(channel=team, text="x")),
        await refused(client.conversations_history(channel=team)),
    ]
    await control.fault(fault="channel", channel="backfills", state="open")
    await client.chat_postMessage(channel=team, text="back")

    assert codes == [code, code]
    assert await control.texts() == ["back"]


@pytest.mark.parametrize("state", ["archived", "removed", "removed_private"])
@pytest.mark.parametrize("undo", ["open", "reset"])
async def test_undoing_a_fault_puts_the_bot_in_no_channel_that_it_was_not_in(
    slack: LocalSlack, client: AsyncWebClient, control: Control, state: str, undo: str
) -> None:
    general = slack.channels["general"]
    before = (await client.conversations_info(channel=general))["channel"]
    await control.fault(fault="channel", channel="general", state=state)
    if undo == "open":
        await control.fault(fault="channel", channel="general", state="open")
    else:
        await control.post("reset", {})

    assert before["is_member"] is False
    assert (await client.conversations_info(channel=general))["channel"] == before


async def test_a_second_fault_of_a_channel_does_not_forget_what_the_first_one_changed(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    before = (await client.conversations_info(channel=team))["channel"]
    for state in ("removed", "archived", "removed_private", "open"):
        await control.fault(fault="channel", channel="backfills", state=state)

    assert sorted((await client.conversations_info(channel=team))["channel"].items()) == sorted(before.items())


async def test_a_private_channel_is_listed_for_nobody_outside_it(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.fault(fault="channel", channel="backfills", state="removed_private")
    public = await client.conversations_list()
    private = await client.conversations_list(types="private_channel")

    assert await refused(client.conversations_info(channel=team)) == "channel_not_found"
    assert [channel["name"] for channel in public["channels"]] == ["general"]
    assert private["channels"] == []


async def test_a_message_that_somebody_deleted_cannot_be_edited(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    ts = (await client.chat_postMessage(channel=team, text="x"))["ts"]
    await control.fault(fault="delete_message", channel="backfills", ts=ts)
    twice, _ = await control.post("faults", {"fault": "delete_message", "channel": "backfills", "ts": ts})

    assert await refused(client.chat_update(channel=team, ts=ts, text="y")) == "message_not_found"
    assert twice == 404
    assert await control.texts() == []


async def test_a_late_delivery_comes_with_a_trigger_that_is_over(
    client: AsyncWebClient, control: Control, seen: SEEN
) -> None:
    await control.fault(fault="late_delivery", seconds=3.2)
    late = await control.command("late")
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}

    assert (seen, late["acked"], late["faults"]) == (["late"], True, ["late_delivery"])
    assert await refused(client.views_open(trigger_id=late["payload"]["trigger_id"], view=view)) == (
        "expired_trigger_id"
    )


async def test_the_next_delivery_overtakes_one_that_is_held_back(control: Control, seen: SEEN) -> None:
    await control.fault(fault="out_of_order", seconds=5)
    await event(control, "first")

    async def held() -> bool:
        return not (await control.get("faults"))["faults"]

    await eventually(held)
    await event(control, "second")

    async def both() -> bool:
        return len(seen) == 2

    await eventually(both)
    assert seen == ["second", "first"]


async def test_one_that_nothing_overtakes_is_held_back_for_a_while_only(control: Control, seen: SEEN) -> None:
    await control.fault(fault="out_of_order", seconds=0.1)

    assert (await control.command("alone"))["acked"] is True
    assert seen == ["alone"]


@without_ack
async def test_people_see_a_failure_when_the_ack_is_lost(control: Control, seen: SEEN) -> None:
    await control.fault(fault="lost_ack")
    delivery = await control.command("status")

    assert seen == ["status"]
    assert (delivery["acked"], delivery["error"], delivery["faults"]) == (False, "operation_timeout", ["lost_ack"])
    assert await control.texts() == ['`/backfill` failed with the error "operation_timeout"']


@without_ack
async def test_an_event_whose_ack_is_lost_comes_again(control: Control, seen: SEEN) -> None:
    await control.fault(fault="lost_ack", count=2)
    await event(control, "home")

    async def three() -> bool:
        return len(seen) == 3

    await eventually(three)
    attempts = [delivery["retry_attempt"] for delivery in (await control.get("deliveries"))["deliveries"]]
    assert attempts == [0, 1, 2]


async def test_an_envelope_may_come_twice_on_one_socket(slack: LocalSlack, control: Control) -> None:
    async with (
        control.http.ws_connect(await open_url(slack)) as socket,
        control.http.ws_connect(await open_url(slack)) as other,
    ):
        await socket.receive_json()
        await other.receive_json()
        await control.fault(fault="duplicate_envelope", again="same_socket")
        command = asyncio.create_task(control.command("twice"))
        first, second = await socket.receive_json(), await socket.receive_json()
        await socket.send_json({"envelope_id": first["envelope_id"]})
        delivery = await command

    assert first == second
    assert (delivery["copies"], delivery["acked"], delivery["faults"]) == (2, True, ["duplicate_envelope"])


async def test_an_envelope_may_come_again_after_a_reconnect(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack)) as socket:
        await socket.receive_json()
        await control.fault(fault="duplicate_envelope", again="after_reconnect")
        command = asyncio.create_task(control.command("again"))
        first = await socket.receive_json()
        await socket.send_json({"envelope_id": first["envelope_id"]})
        delivery = await command
    async with control.http.ws_connect(await open_url(slack)) as new:
        hello, again = await new.receive_json(), await new.receive_json(timeout=60)

    assert hello["type"] == "hello"
    assert again == first
    assert delivery["faults"] == ["duplicate_envelope"]


async def test_a_warning_is_followed_by_what_it_warned_of(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack)) as socket:
        await socket.receive_json()
        await control.fault(fault="disconnect", reason="warning")
        reasons = [(await socket.receive_json(timeout=60))["reason"] for _ in range(2)]

    assert reasons == ["warning", "refresh_requested"]

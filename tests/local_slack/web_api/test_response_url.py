"""response_url: five uses in half an hour, and what each use may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, Timings
from tests.local_slack.harness import Control, Json

BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]


async def send(control: Control, url: str, body: Any) -> tuple[int, str]:
    async with control.http.post(url, json=body) as reply:
        return reply.status, await reply.text()


@pytest.fixture
async def command_url(control: Control) -> str:
    """Where a command is answered; the note that nobody took it is cleared away."""
    delivery = await control.command("status")
    await control.post("reset", {"messages": True})
    return str(delivery["payload"]["response_url"])


async def clicked(control: Control, message: Json, user: str = "olivia") -> str:
    return str((await control.click(message, "a", user=user))["payload"]["response_url"])


async def test_five_answers_and_no_more(control: Control, command_url: str) -> None:
    answers = [await send(control, command_url, {"text": str(n)}) for n in range(6)]

    assert answers[:5] == [(200, "ok")] * 5
    assert answers[5] == (404, '{"ok": false, "error": "used_url"}')
    assert await control.texts() == ["0", "1", "2", "3", "4"]


async def test_a_refused_answer_is_not_a_use(control: Control, command_url: str) -> None:
    for _ in range(6):
        assert await send(control, command_url, {"text": "x", "blocks": [{"type": "nope"}]}) == (
            400,
            "invalid_blocks",
        )

    assert await send(control, command_url, {"text": "x"}) == (200, "ok")


@pytest.fixture
async def half_an_hour_later() -> AsyncIterator[tuple[Control, str]]:
    now = [datetime(2026, 2, 22, 9, 0, tzinfo=UTC)]
    setting = Setting(timings=Timings(ack=0.2), clock=lambda: now[0])
    async with LocalSlack(setting=setting) as slack, aiohttp.ClientSession(slack.url) as http:
        delivery = await Control(http).command("status")
        now[0] += timedelta(minutes=30, seconds=1)
        yield Control(http), delivery["payload"]["response_url"]


async def test_after_half_an_hour_it_has_expired(half_an_hour_later: tuple[Control, str]) -> None:
    control, url = half_an_hour_later

    assert await send(control, url, {"text": "late"}) == (404, '{"ok": false, "error": "expired_url"}')


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"{", (400, "invalid_payload")),
        (b"[]", (400, "invalid_payload")),
        (b'{"text": "\xff"}', (400, "invalid_payload")),
        (b"{}", (400, "no_text")),
        (b'{"delete_original": true}', (400, "invalid_payload")),
    ],
)
async def test_errors_are_plain_text(
    control: Control, command_url: str, body: bytes, answer: tuple[int, str]
) -> None:
    async with control.http.post(command_url, data=body) as reply:
        assert (reply.status, await reply.text()) == answer


async def test_a_clicked_message_is_replaced_where_it_stands(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.chat_postMessage(channel=team, text="alert", blocks=BLOCKS)
    (alert,) = await control.messages()
    url = await clicked(control, alert)
    await send(control, url, {"replace_original": True, "text": "done"})
    done, _note = await control.messages()

    assert (done["ts"], done["text"], done["blocks"]) == (alert["ts"], "done", [])


async def test_a_replaced_message_keeps_its_metadata_and_loses_its_blocks(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    metadata = {"event_type": "outbox", "event_payload": {"key": "k"}}
    await client.chat_postMessage(channel=team, text="alert", blocks=BLOCKS, metadata=metadata)
    (alert,) = await control.messages()
    await send(control, await clicked(control, alert), {"replace_original": True, "text": "done"})
    done, _note = await control.messages()

    assert (done["metadata"], done["blocks"]) == (metadata, [])


async def test_an_ephemeral_message_is_replaced_and_stays_ephemeral(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    victor = slack.users["victor"]
    await client.chat_postEphemeral(channel=team, user=victor, text="psst", blocks=BLOCKS)
    (shown,) = await control.messages()
    url = await clicked(control, shown, "victor")
    await send(control, url, {"replace_original": True, "response_type": "in_channel", "text": "quiet"})
    replaced, _note = await control.messages()

    assert (replaced["text"], replaced["ephemeral_to"]) == ("quiet", victor)


async def test_a_clicked_message_is_deleted_alone_or_for_a_new_one(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.chat_postMessage(channel=team, text="one", blocks=BLOCKS)
    await client.chat_postMessage(channel=team, text="two", blocks=BLOCKS)
    first_message, second_message = await control.messages()
    first, second = await clicked(control, first_message), await clicked(control, second_message)
    await control.post("reset", {})
    await send(control, first, {"delete_original": True, "text": ""})
    await send(control, second, {"delete_original": True, "response_type": "in_channel", "text": "new"})

    assert [t for t in await control.texts() if "failed" not in t] == ["new"]
    assert await send(control, first, {"replace_original": True, "text": "x"}) == (404, "message_not_found")


async def test_an_answer_for_all_can_go_into_a_thread(
    client: AsyncWebClient, control: Control, team: str, command_url: str
) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    body = {"response_type": "in_channel", "thread_ts": root, "text": "reply"}
    await send(control, command_url, body)

    assert [m["text"] for m in await control.messages(thread_ts=root)] == ["root", "reply"]


@pytest.mark.parametrize("thread_ts", ["1.000000", 5, ["1.000000"]])
async def test_an_answer_into_a_thread_that_is_gone_falls_into_the_channel(
    control: Control, command_url: str, thread_ts: object
) -> None:
    body = {"response_type": "in_channel", "thread_ts": thread_ts, "text": "reply"}

    assert await send(control, command_url, body) == (200, "ok")
    assert (await control.texts())[-1] == "reply"


@pytest.mark.parametrize("sent", [b"{", b"[]", b"[" * 100_000], ids=["unfinished", "list", "endless"])
async def test_an_answer_that_is_no_json_object_is_refused(control: Control, command_url: str, sent: bytes) -> None:
    async with control.http.post(command_url, data=sent) as reply:
        assert (reply.status, await reply.text()) == (400, "invalid_payload")


async def test_answers_are_in_the_log_of_calls(control: Control, command_url: str) -> None:
    await send(control, command_url, {"text": "x"})
    (call,) = (await control.get("calls"))["calls"]

    assert (call["method"], call["arguments"], call["status"]) == ("response_url", {"text": "x"}, 200)

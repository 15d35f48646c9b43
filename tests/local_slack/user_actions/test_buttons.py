"""Clicks: what the bot receives, and who may click what."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import (
    Control,
    Json,
    connected,
    eventually,
)


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def button(action_id: str, value: str) -> Json:
    return {"type": "button", "action_id": action_id, "text": text(action_id), "value": value}


OPTIONS = [{"text": text("30 minutes"), "value": "30m"}, {"text": text("2 hours"), "value": "2h"}]
BLOCKS: list[Json] = [
    {"type": "section", "text": text("hilton"), "accessory": button("alert.open", "hilton")},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            {**button("alert.ack", "1"), "style": "primary"},
            {"type": "static_select", "action_id": "alert.snooze", "options": OPTIONS},
            {"type": "overflow", "action_id": "alert.more", "options": OPTIONS},
            button("page.prev", "1"),
            button("page.next", "3"),
        ],
    },
]


@pytest.fixture
async def alert(client: AsyncWebClient, control: Control, team: str) -> Json:
    await client.chat_postMessage(channel=team, text="hilton", blocks=BLOCKS)
    return (await control.messages())[-1]


async def test_a_click_reaches_the_bot_and_its_answer_replaces_the_message(
    slack: LocalSlack, control: Control, alert: Json
) -> None:
    async with connected(slack) as app:

        @app.action("alert.ack")
        async def acknowledge(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="acknowledged", replace_original=True, blocks=[])

        delivery = await control.click(alert, "alert.ack")

        async def replaced() -> bool:
            return await control.texts() == ["acknowledged"]

        await eventually(replaced)

    payload = delivery["payload"]
    (action,) = payload["actions"]
    assert delivery["acked"] is True
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": alert["ts"],
        "channel_id": alert["channel"],
        "is_ephemeral": False,
    }
    assert payload["message"]["blocks"] == alert["blocks"]
    assert action | {"action_ts": ""} == {
        "action_id": "alert.ack",
        "block_id": "acts",
        "type": "button",
        "value": "1",
        "style": "primary",
        "text": text("alert.ack"),
        "action_ts": "",
    }
    assert "edited" in (await control.messages())[0]


async def test_a_choice_from_a_select_carries_its_option_and_state(control: Control, alert: Json) -> None:
    payload = (await control.click(alert, "alert.snooze", "2h"))["payload"]

    assert payload["actions"][0]["selected_option"] == OPTIONS[1]
    assert payload["state"]["values"] == {
        "acts": {"alert.snooze": {"type": "static_select", "selected_option": OPTIONS[1]}}
    }


async def test_a_choice_from_an_overflow_menu_has_no_state(control: Control, alert: Json) -> None:
    payload = (await control.click(alert, "alert.more", "30m"))["payload"]

    assert payload["actions"][0]["selected_option"] == OPTIONS[0]
    assert payload["state"]["values"] == {}


async def test_a_value_tells_buttons_with_like_action_ids_apart(control: Control, alert: Json) -> None:
    payload = (await control.click(alert, "page.", "3"))["payload"]

    assert payload["actions"][0]["action_id"] == "page.next"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"action_id": "absent"}, 404, "the message has no element 'absent'; it has: alert.open, alert.ack"),
        ({"action_id": "alert.ack", "value": "9"}, 404, "no element 'alert.ack' with value '9'"),
        ({"action_id": "page."}, 400, "several elements of the message begin with 'page.'; give a value"),
        ({"action_id": "alert.snooze"}, 400, "a static_select needs a value"),
        (
            {"action_id": "alert.snooze", "value": "9h"},
            404,
            "'9h' is not an option of 'alert.snooze'; it offers: 30m, 2h",
        ),
        ({"message_ts": "1.000000"}, 404, "there is no message 1.000000 in backfills"),
    ],
)
async def test_a_click_on_what_is_not_there_is_refused(
    control: Control, alert: Json, fields: Json, status: int, words: str
) -> None:
    body = {"user": "olivia", "channel": "backfills", "message_ts": alert["ts"], "action_id": "alert.ack"} | fields
    given, reply = await control.post("click", body)

    assert given == status
    assert words in reply["error"]


async def test_a_failed_click_is_told_to_the_user(control: Control, alert: Json) -> None:
    delivery = await control.click(alert, "alert.ack", user="victor")

    note = (await control.messages())[-1]
    assert delivery["error"] == "dispatch_failed"
    assert note["text"] == '`alert.ack` failed with the error "dispatch_failed"'
    assert note["ephemeral_to"].endswith("VICTOR0")


async def test_an_ephemeral_message_is_clickable_by_whom_it_is_shown_to(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.chat_postEphemeral(channel=team, user=slack.users["victor"], text="for you", blocks=BLOCKS)
    (shown,) = await control.messages()
    payload = (await control.click(shown, "alert.ack", user="victor"))["payload"]
    fields = {"user": "olivia", "channel": team, "message_ts": shown["ts"], "action_id": "alert.ack"}

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert (await control.post("click", fields))[0] == 404


async def test_a_click_in_a_thread_names_the_thread(
    client: AsyncWebClient, control: Control, team: str, alert: Json
) -> None:
    await client.chat_postMessage(channel=team, thread_ts=alert["ts"], text="reply", blocks=BLOCKS)
    reply = (await control.messages(thread_ts=alert["ts"]))[1]
    payload = (await control.click(reply, "alert.ack"))["payload"]

    assert payload["container"]["thread_ts"] == alert["ts"]

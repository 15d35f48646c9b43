"""Slash commands: delivered, acknowledged in time or not, and answered."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pytest

from local_slack import LocalSlack
from tests.local_slack.conftest import without_ack
from tests.local_slack.harness import Control, connected, eventually

ASKED = {"user": "gus", "channel": "backfills", "text": "x"}


async def test_a_command_is_acked_and_answered_to_the_asker_alone(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def status(ack: Any, respond: Any) -> None:
            await ack()
            await respond("all is well")

        delivery = await control.command("/backfill status us-east-1-prod")

        async def answered() -> bool:
            return bool(await control.messages())

        await eventually(answered)
        (answer,) = await control.messages()

    assert delivery["acked"] is True
    assert delivery["error"] is None
    assert delivery["payload"]["text"] == "status us-east-1-prod"
    assert delivery["payload"]["user_id"] == slack.users["olivia"]
    assert answer["text"] == "all is well"
    assert answer["ephemeral_to"] == slack.users["olivia"]


async def test_the_text_of_the_ack_is_the_answer(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def usage(ack: Any) -> None:
            await ack("try help")

        delivery = await control.command("nonsense", user="victor")

    assert delivery["ack"] == {"text": "try help"}
    assert [(m["text"], m["ephemeral_to"]) for m in await control.messages()] == [("try help", slack.users["victor"])]


async def test_an_answer_for_all_shows_what_was_typed_once(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def status(ack: Any, respond: Any) -> None:
            await ack()
            await respond("one", response_type="in_channel")
            await respond("two", response_type="in_channel")

        await control.command("status <all>")

        async def all_there() -> bool:
            return len(await control.messages()) == 3

        await eventually(all_there)

    typed, first, second = await control.messages()
    assert (typed["text"], typed["user"]) == ("/backfill status &lt;all&gt;", slack.users["olivia"])
    assert [first["text"], second["text"]] == ["one", "two"]
    assert "ephemeral_to" not in first


@without_ack
async def test_a_late_ack_is_told_to_the_user(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def silent() -> None:
            """Never acks."""

        delivery = await control.command("status")

    (note,) = await control.messages()
    assert (delivery["acked"], delivery["error"]) == (False, "operation_timeout")
    assert note["text"] == '`/backfill` failed with the error "operation_timeout"'
    assert note["ephemeral_to"] == slack.users["olivia"]


async def test_the_ack_clock_runs_three_seconds_by_default() -> None:
    async with LocalSlack() as slack, connected(slack) as app, aiohttp.ClientSession(slack.url) as http:

        @app.command("/backfill")
        async def silent() -> None:
            """Never acks."""

        begun = time.monotonic()
        delivery = await Control(http).command("status")
        took = time.monotonic() - begun

    assert delivery["error"] == "operation_timeout"
    assert took >= 2.9


async def test_without_a_socket_a_command_fails_at_once(slack: LocalSlack, control: Control) -> None:
    delivery = await control.command("status")

    assert (delivery["error"], delivery["socket"]) == ("dispatch_failed", None)
    assert await control.texts() == ['`/backfill` failed with the error "dispatch_failed"']


async def test_an_ack_that_slack_would_not_show_is_a_failure(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def broken(ack: Any) -> None:
            await ack(text="x", blocks=[{"type": "section"}])

        delivery = await control.command("status")

    assert delivery["error"] == "dispatch_failed"
    assert delivery["ack_errors"] == ["missing required field: text or fields [json-pointer:/blocks/0]"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", ""),
        ("/backfill", ""),
        ("/backfill  status  x ", "status  x"),
        ("/backfill\nstatus", "status"),
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("@here", "<!here>"),
        ("ask @victor now", "ask <@U00VICTOR0|victor> now"),
        ("@data-oncall", "<!subteam^S0DATAONCL|@data-oncall>"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("#backfills", "<#C0BACKFILL|backfills>"),
        ("see https://a.example/x?a=1&b=2#y", "see <https://a.example/x?a=1&amp;b=2#y>"),
        ("me@victor", "me@victor"),
        ("“smart” …", "“smart” …"),
    ],
)
async def test_what_is_typed_is_escaped_as_slack_does(control: Control, typed: str, sent: str) -> None:
    delivery = await control.command(typed)

    assert delivery["payload"]["text"] == sent


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (ASKED | {"user": "nobody"}, 404, "there is no user 'nobody'; there are: olivia, victor, gus"),
        (ASKED | {"channel": "nowhere"}, 404, "there is no channel 'nowhere'; there are: backfills, general"),
        (ASKED | {"text": "/other x"}, 404, "/other is not a command here; there is only /backfill"),
        ({"user": "gus", "channel": "backfills"}, 400, "text: Field required"),
        (ASKED | {"text": 7}, 400, "text: Input should be a valid string"),
        (ASKED | {"y": 1}, 400, "y: Extra inputs are not permitted"),
        ([], 400, "the body is not a JSON object"),
    ],
)
async def test_a_command_that_makes_no_sense_is_refused(
    control: Control, body: Any, status: int, sentence: str
) -> None:
    assert await control.post("command", body) == (status, {"error": sentence})

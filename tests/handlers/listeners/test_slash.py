"""Slash commands through Bolt: the acknowledgement, who sees the answer, and the answers to wrong input."""

import json
from datetime import timedelta

import pytest

from bot.commands import ControlRequest
from bot.errors import Refused, Unavailable
from bot.message import Message
from bot.model import JournalEntry
from bot.usecases.digest import announce
from handlers.routes import COMMANDS
from tests.fakes.services import GUEST, NOW, OPERATOR, VIEWER
from tests.fleet.builders import HOUR, execution
from tests.handlers.bolt import Edge, ResponseUrl, payload


async def test_a_command_is_acknowledged_at_once_and_answered_by_the_response_url(
    edge: Edge, there: ResponseUrl
) -> None:
    acknowledged = await edge.type("help status")
    (answer,) = await there.answers()

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert answer["response_type"] == "ephemeral"
    assert "/backfill status voice-prod" in answer["text"]
    assert answer["blocks"]


ANSWERED = [command for command in COMMANDS if not issubclass(command, ControlRequest)]


@pytest.mark.parametrize("text", [typed for command in ANSWERED for typed in command.examples])
async def test_every_example_of_the_help_is_answered(edge: Edge, there: ResponseUrl, text: str) -> None:
    acknowledged = await edge.type(text)
    (answer,) = await there.answers()

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert answer["blocks"]
    assert "went wrong" not in answer["text"]


async def test_an_empty_command_is_helped(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("")
    (answer,) = await there.answers()

    assert answer["text"].startswith("What you can type")


async def test_a_usage_error_is_the_acknowledgement_itself(edge: Edge, there: ResponseUrl) -> None:
    acknowledged = await edge.type("stauts <!channel>")

    assert acknowledged.status == 200
    assert "Did you mean /backfill status?" in json.loads(acknowledged.body)["text"]
    assert there.received == []


@pytest.mark.parametrize(
    "text",
    ["<@U1> *x* &lt;!channel&gt;", "status &lt;!channel&gt; x", "x" * 4_000, "'\"“`\u00a0", "status \ud83d", "x\0y"],
)
async def test_whatever_is_typed_pings_nobody_and_gets_an_answer(edge: Edge, there: ResponseUrl, text: str) -> None:
    acknowledged = await edge.type(text)
    posted = acknowledged.body or str(await there.answers())

    assert acknowledged.status == 200
    assert "<!channel>" not in posted
    assert "<@U1>" not in posted


@pytest.mark.parametrize(
    ("channel", "seen_by"), [("C0BACKFILLS", "in_channel"), ("C0ELSEWHERE", "ephemeral"), ("D0DIRECT", "ephemeral")]
)
async def test_looking_in_the_team_channel_is_for_all_and_elsewhere_for_the_asker(
    edge: Edge, there: ResponseUrl, channel: str, seen_by: str
) -> None:
    await edge.type("struggling", channel_id=channel)
    (answer,) = await there.answers()

    assert answer["response_type"] == seen_by


async def test_a_name_nobody_knows_is_answered_to_the_asker_alone(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("status hiltn")
    (answer,) = await there.answers()

    assert answer["response_type"] == "ephemeral"
    assert "hilton" in answer["text"]


async def test_changing_is_confirmed_to_the_asker_and_told_in_the_thread(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("ack hilton")
    (answer,) = await there.answers()

    assert answer["response_type"] == "ephemeral"
    assert answer["text"] == "You have acknowledged hilton on voice-prod. Its reminders stop."
    assert "episode:id-voice-prod-hilton:ack" in edge.world.outbox.messages


async def test_a_viewer_is_refused_and_told_who_may_by_name(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("ack hilton", user_id=VIEWER)
    (answer,) = await there.answers()

    assert answer["text"] == "Only operators may ack. Ask Olivia or Oscar."
    assert answer["response_type"] == "ephemeral"
    assert edge.world.outbox.messages == {}


async def test_a_guest_may_not_even_look(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("help", user_id=GUEST)
    (answer,) = await there.answers()

    assert "The bot answers members" in answer["text"]


async def test_somebody_slack_does_not_know_is_refused(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("help", user_id="U0STRANGER")
    (answer,) = await there.answers()

    assert "answers only people" in answer["text"]


async def test_when_the_store_is_away_the_asker_hears_what_is_the_matter(edge: Edge, there: ResponseUrl) -> None:
    edge.world.journal.away = Unavailable("store", "database is locked")
    await edge.type("ack hilton", user_id=OPERATOR)
    (answer,) = await there.answers()

    assert answer["text"] == "Store did not answer: database is locked. Try again in a moment."


async def test_a_payload_that_is_no_slash_command_of_slack_is_answered_and_not_raised(
    edge: Edge, there: ResponseUrl
) -> None:
    acknowledged = await edge.type("help", user_id=None)

    assert acknowledged.status == 200
    assert "Something went wrong inside the bot" in acknowledged.body


@pytest.mark.parametrize("lacking", ["channel_id", "team_id", "trigger_id", "enterprise_id"])
@pytest.mark.parametrize("is_named", [True, False])
async def test_a_command_is_answered_whatever_else_is_null_or_left_out(
    edge: Edge, there: ResponseUrl, lacking: str, is_named: bool
) -> None:
    body = payload("org_slash") | {"response_url": there.url, "text": "help status", lacking: None}
    await edge.dispatch({name: value for name, value in body.items() if is_named or name != lacking})
    (answer,) = await there.answers()

    assert "/backfill status voice-prod" in answer["text"]


async def test_the_file_of_a_report_is_for_all_in_the_team_channel(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("report")
    (answer,) = await there.answers()

    assert answer["text"].startswith("Operations log of 2026-02-22: ")
    assert [document.name for document in edge.world.files.shared] == ["operations-log-2026-02-22.md"]
    assert edge.world.files.sent == []


async def test_the_file_of_a_report_is_in_the_thread_of_that_days_digest(edge: Edge, there: ResponseUrl) -> None:
    await edge.world.journal.record(JournalEntry(seen={"voice-prod": NOW - 2 * HOUR}), NOW)
    for slot in (NOW - 25 * HOUR, NOW - HOUR):
        edge.world.now = slot
        await announce(slot, edge.world.services, seen_since=NOW - 26 * HOUR)
    digests = [row for key, row in edge.world.outbox.messages.items() if key.startswith("digest:")]
    for row in digests:
        row.address = await edge.world.channel.post(Message("digest"), row.message.key)
    edge.world.now = NOW
    await edge.type("report")
    (today,) = await there.answers()
    await edge.type("report 2026-02-21")
    await there.answers(2)

    assert edge.world.files.threads == [digests[1].address, digests[0].address]
    assert today["text"].endswith("The file is in the thread of that day's digest.")


async def test_the_file_of_a_report_goes_to_the_asker_from_anywhere_else(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("report", channel_id="C0ELSEWHERE")
    (answer,) = await there.answers()

    assert answer["text"].endswith("The file is in your direct messages from me.")
    assert [(user, document.name) for user, document in edge.world.files.sent] == [
        (OPERATOR, "operations-log-2026-02-22.md")
    ]
    assert edge.world.files.shared == []


async def test_a_report_whose_file_cannot_be_sent_is_answered_with_the_reason(edge: Edge, there: ResponseUrl) -> None:
    edge.world.files.away = Refused("slack", "missing_scope (needed: files:write)")
    await edge.type("report")
    (answer,) = await there.answers()

    assert answer["response_type"] == "in_channel"
    assert "The file could not be sent: missing_scope (needed: files:write)." in answer["text"]


async def test_the_calendar_of_a_customer_follows_its_status(edge: Edge, there: ResponseUrl) -> None:
    edge.world.engines["voice-prod"].add(execution("hilton"))
    await edge.type("status hilton")
    status, picture = await there.answers(2)

    (block,) = picture["blocks"]
    assert status["text"].startswith("hilton on voice-prod: ")
    assert block == {"type": "image", "slack_file": {"id": "F1"}, "alt_text": picture["text"]}
    assert picture["text"] == "Calendar of hilton on voice-prod, 51 days: 51 running."
    assert picture["response_type"] == status["response_type"]
    assert [(name, alt_text) for name, alt_text, _ in edge.world.files.uploaded.values()] == [
        ("calendar.png", picture["text"])
    ]


@pytest.mark.parametrize("away", ["pictures", "files"])
async def test_an_answer_comes_without_its_picture_where_none_can_be_made(
    edge: Edge, there: ResponseUrl, away: str
) -> None:
    edge.world.engines["voice-prod"].add(execution("hilton"))
    getattr(edge.world, away).away = Unavailable(away, "not drawn within 10 s")
    await edge.type("status hilton")
    await edge.in_flight.end(timedelta(minutes=1))

    (status,) = there.received
    assert status["text"].startswith("hilton on voice-prod: ")

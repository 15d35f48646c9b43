"""Mentions and direct messages through Bolt: what is a command, who sees the answer, and who may press its button."""

import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import NotFound, RateLimited, Refused, Unavailable
from bot.fleet.notifications.notification import EpisodeCard, GroupMember, StormCard, dump
from bot.message import Document, Message
from bot.model import Address, Ending, OutboxMessage
from handlers.listeners.conversation import Conversation, question_in
from handlers.listeners.written import written_message
from tests.fakes.channel import FakeChannel
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, GUEST, NOW, OPERATOR, VIEWER, FakeWorld, config
from tests.fleet.builders import execution
from tests.handlers.bolt import BOT, DEADLINE, Edge, ResponseUrl
from tests.handlers.confirming import Desk, eventually
from tests.usecases.campaigns.two import JAN, MARCH, two_campaigns

MENTION = f"<@{BOT}>"
ELSEWHERE = "C0ELSEWHERE"
DIRECT = {"type": "message", "channel": "D0OLIVIA", "channel_type": "im"}
ROOT = Address(CHANNEL, "1600000000.000001")
IN_THREAD = {"thread_ts": ROOT.ts}
HILTON, DONE = episode(), Ending.COMPLETED


async def posted(edge: Edge, count: int = 1) -> list[Message]:
    """Wait for so many posts of the bot."""
    await eventually(lambda: len(edge.world.channel.messages) >= count)
    return [each.message for each in edge.world.channel.messages]


async def whispered(edge: Edge) -> str:
    """Wait for what one person alone is told."""
    await eventually(lambda: bool(edge.world.modals.whispers))
    return edge.world.modals.whispers[-1][1].text


def alert_in(world: FakeWorld, card: Any, root: Address = ROOT) -> None:
    """An alert of the bot at this address."""
    world.outbox.enqueue(OutboxMessage(HILTON.root_key, dump(card)), NOW)
    world.outbox.messages[HILTON.root_key].address = root


async def settled(edge: Edge) -> None:
    """Wait until a later question and all that came before it has been handled."""
    await edge.write(f"{MENTION} help audit")
    await eventually(lambda: any("audit" in each.message.text for each in edge.world.channel.messages))
    await edge.in_flight.end(timedelta(seconds=DEADLINE))


async def test_a_mention_is_answered_in_its_thread(edge: Edge) -> None:
    acknowledged = await edge.write(f"{MENTION} struggling")
    (answer,) = await posted(edge)

    assert acknowledged.status == 200
    assert answer.blocks
    assert edge.world.channel.messages[0].thread == Address(CHANNEL, "1700000000.000000")


@pytest.mark.parametrize(
    "text",
    [
        f"{MENTION} help",
        f"help {MENTION}",
        f"{MENTION} /backfill help",
        f"{MENTION}: help",
        f"{MENTION}, help",
        MENTION,
    ],
)
async def test_the_mention_itself_is_no_part_of_the_command(edge: Edge, text: str) -> None:
    await edge.write(text)
    (answer,) = await posted(edge)

    assert answer.text.startswith("What you can type")


async def test_in_a_thread_it_is_answered_there(edge: Edge) -> None:
    await edge.write(f"{MENTION} struggling", **IN_THREAD)
    await posted(edge)

    assert edge.world.channel.messages[0].thread == ROOT


async def test_a_direct_message_is_answered_below_it(edge: Edge) -> None:
    await edge.write("struggling", **DIRECT)
    (answer,) = await posted(edge)

    assert answer.blocks
    assert (edge.world.channel.messages[0].address.channel, edge.world.channel.messages[0].thread) == (
        "D0OLIVIA",
        None,
    )


async def test_elsewhere_the_asker_alone_sees_the_answer_as_after_the_slash_command(edge: Edge) -> None:
    await edge.write(f"{MENTION} struggling", channel=ELSEWHERE)
    await whispered(edge)

    assert edge.world.modals.places == [ELSEWHERE]
    assert edge.world.channel.messages == []


async def test_in_the_channel_of_a_route_everybody_sees_it(there: ResponseUrl) -> None:
    routes = [{"clusters": ["voice-prod"], "channel": "C0ONCALL"}]
    edge = Edge(FakeWorld(config({"voice-prod": ("hilton",)}, routes=routes)), there)
    await edge.write(f"{MENTION} struggling", channel="C0ONCALL")
    await posted(edge)

    assert edge.world.channel.messages[0].address.channel == "C0ONCALL"


async def test_a_mistake_is_told_to_its_author_alone(edge: Edge) -> None:
    await edge.write(f"{MENTION} stauts <!channel>", **IN_THREAD)

    assert "Did you mean /backfill status?" in await whispered(edge)
    assert edge.world.modals.places == [ROOT]
    assert edge.world.channel.messages == []


@pytest.mark.parametrize(
    "event",
    [
        {"edited": {"user": OPERATOR, "ts": "1.0"}},
        {"bot_id": "B0OTHER"},
        {"user": ""},
        {"subtype": "bot_message"},
        {**DIRECT, "subtype": "message_changed"},
        {**DIRECT, "subtype": "message_deleted"},
        {**DIRECT, "user": BOT, "bot_id": "B0BOT"},
        {"type": "message", "channel_type": "channel"},
        {"channel": ""},
    ],
)
async def test_edits_bots_the_bot_itself_and_other_messages_are_ignored(edge: Edge, event: dict[str, Any]) -> None:
    acknowledged = await edge.write(f"{MENTION} struggling", **event)
    await settled(edge)

    assert acknowledged.status == 200
    assert len(edge.world.channel.messages) == 1
    assert edge.world.modals.whispers == []


async def test_an_event_that_comes_twice_is_answered_once(edge: Edge) -> None:
    await edge.write(f"{MENTION} struggling", event_id="Ev1")
    await edge.write(f"{MENTION} struggling", event_id="Ev1")
    await settled(edge)

    assert len(edge.world.channel.messages) == 2


@pytest.mark.parametrize("user", [GUEST, "U0STRANGER"])
@pytest.mark.parametrize("place", [{}, DIRECT])
async def test_guests_and_strangers_are_refused_as_after_the_slash_command(
    edge: Edge, there: ResponseUrl, user: str, place: dict[str, Any]
) -> None:
    await edge.write(f"{MENTION} struggling", **place, user=user)
    if place:
        (answer,) = await posted(edge)
        shown = answer.text
    else:
        shown = await whispered(edge)
    await edge.type("struggling", user_id=user)
    (refusal,) = await there.answers()

    assert shown == refusal["text"]


async def test_acknowledging_is_done_at_once(edge: Edge) -> None:
    await edge.write(f"{MENTION} ack hilton")
    await posted(edge)

    assert edge.world.journal.episodes[HILTON.id].acked_by == OPERATOR


async def test_a_viewer_gets_no_button(edge: Edge) -> None:
    await edge.write(f"{MENTION} split hilton", user=VIEWER)

    assert "Only operators may split" in await whispered(edge)
    assert edge.world.channel.messages == []


async def pressed(desk: Desk, user: str) -> None:
    """Somebody presses the button with which a mention was answered."""
    await desk.edge.write(f"{MENTION} split hilton")
    (answer,) = await posted(desk.edge)
    (button,) = answer.blocks[-1]["elements"]
    await desk.edge.click("button", user, action_id=button["action_id"], value=button["value"])


async def test_the_asker_presses_the_button_and_gets_the_dialog(desk: Desk) -> None:
    await pressed(desk, OPERATOR)

    assert "About to cancel 1 workflow" in await desk.answer_text(shown=2)
    assert desk.begun == []


async def test_nobody_else_gets_a_dialog_from_it(desk: Desk, there: ResponseUrl) -> None:
    await pressed(desk, "U0OSCAR")
    (answer,) = await there.answers()

    assert answer["text"].startswith("This button is for the person who asked.")
    assert desk.views() == []


async def test_in_the_thread_of_an_alert_the_customer_need_not_be_named(edge: Edge) -> None:
    alert_in(edge.world, EpisodeCard(HILTON))
    await edge.write(f"{MENTION} ack", **IN_THREAD)
    await posted(edge, 1)
    await edge.write(f"{MENTION} split windows 3d", **IN_THREAD)
    answers = await posted(edge, 2)
    (button,) = answers[-1].blocks[-1]["elements"]

    assert edge.world.journal.episodes[HILTON.id].acked_by == OPERATOR
    assert button["text"]["text"] == "Split voice-prod/hilton…"


@pytest.mark.parametrize(("command", "campaign"), [("split", MARCH), ("split in default", JAN), ("pause", "")])
async def test_in_the_thread_of_an_alert_its_campaign_is_meant_by_what_is_about_one(
    there: ResponseUrl, command: str, campaign: str
) -> None:
    edge = Edge(two_campaigns(), there)
    alert_in(edge.world, EpisodeCard(episode(campaign=MARCH)))
    await edge.write(f"{MENTION} {command}", **IN_THREAD)
    (answer,) = await posted(edge)

    assert json.loads(answer.blocks[-1]["elements"][0]["value"])["command"]["campaign"] == campaign


async def test_another_customer_in_the_thread_is_meant_in_the_default_campaign(there: ResponseUrl) -> None:
    edge = Edge(two_campaigns(), there)
    alert_in(edge.world, EpisodeCard(episode(campaign=MARCH)))
    await edge.write(f"{MENTION} plan vivint", **IN_THREAD)
    (answer,) = await posted(edge)

    assert f"In campaign {JAN}" in answer.text


def group(*members: GroupMember) -> StormCard:
    return StormCard("voice-prod", tuple(member.name for member in members), 0, NOW, members=members)


async def test_in_the_thread_of_several_customers_one_has_to_be_named(edge: Edge) -> None:
    alert_in(edge.world, group(GroupMember("hilton"), GroupMember("vivint"), GroupMember("spirit", ending=DONE)))
    await edge.write(f"{MENTION} split", **IN_THREAD)

    refusal = await whispered(edge)
    assert refusal.startswith("split needs")
    assert refusal.endswith("This thread is about several: voice-prod/hilton, voice-prod/vivint. Name one of them.")


@pytest.mark.parametrize(
    "others",
    [(GroupMember("vivint", ending=DONE),), (GroupMember("vivint", is_taken_over=True),), (GroupMember("hilton"),)],
)
async def test_in_the_thread_of_a_group_the_only_one_that_still_needs_a_person_need_not_be_named(
    edge: Edge, others: tuple[GroupMember, ...]
) -> None:
    alert_in(edge.world, group(*others, GroupMember("hilton")))
    await edge.write(f"{MENTION} split", **IN_THREAD)
    (answer,) = await posted(edge)
    (button,) = answer.blocks[-1]["elements"]

    assert button["text"]["text"] == "Split voice-prod/hilton…"


async def test_an_answer_whose_outcome_is_unknown_is_looked_for_before_it_is_posted_again(edge: Edge) -> None:
    edge.world.channel.lost_replies = 1
    await edge.write(f"{MENTION} struggling")
    await settled(edge)

    assert len(edge.world.channel.messages) == 2


async def test_where_the_thread_is_gone_the_asker_is_told_alone(edge: Edge) -> None:
    edge.world.channel.away = NotFound("slack", "chat.postMessage: the thread is gone")
    await edge.write(f"{MENTION} help")

    assert (await whispered(edge)).startswith("What you can type")


@pytest.mark.parametrize(
    ("upload", "note"),
    [
        (None, "The file is in your direct messages from me."),
        (Refused("slack", "it is full"), "The file could not be sent: it is full."),
    ],
)
async def test_an_answer_that_cannot_be_posted_says_where_its_file_is(
    there: ResponseUrl, upload: Refused | None, note: str
) -> None:
    edge = Edge(FakeWorld(), there)
    edge.world.channel.away = NotFound("slack", "chat.postMessage: the thread is gone")
    edge.world.files.away = upload
    event = {"type": "app_mention", "user": OPERATOR, "channel": CHANNEL, "ts": ROOT.ts}
    question = written_message({"event_id": "Ev1", "event": event})
    assert question is not None
    document = Document("plan.md", "The plan", "# Plan")
    await Conversation(question_in(question, edge.world.services), edge.world.services).show(
        Message("answer", document=document)
    )

    assert await whispered(edge) == f"answer\n{note}"


class Particular(FakeChannel):
    """Takes no blocks."""

    async def post(self, message: Message, key: str, thread: Address | None = None, **place: Any) -> Address:
        if message.blocks:
            raise Refused("slack", "chat.postMessage: invalid_blocks")
        return await super().post(message, key, thread, **place)


async def test_blocks_that_slack_refuses_are_followed_by_the_plain_text(there: ResponseUrl) -> None:
    world = FakeWorld()
    world.channel = Particular()
    edge = Edge(world, there)
    await edge.write(f"{MENTION} help", **DIRECT)
    (answer,) = await posted(edge)

    assert answer.text.startswith("What you can type")
    assert world.modals.whispers == []


@pytest.mark.parametrize("why", [Unavailable("slack", "no answer"), RateLimited("slack", "busy", timedelta(0))])
async def test_a_slack_that_takes_nothing_stops_nobody(edge: Edge, why: Unavailable) -> None:
    edge.world.channel.away = edge.world.modals.away = why
    acknowledged = await edge.write(f"{MENTION} help")
    with capture_logs() as logs:
        await eventually(lambda: any(line["event"] == "answer lost" for line in logs))

    assert acknowledged.status == 200


async def test_what_follows_an_answer_and_what_is_for_the_asker_are_sent_as_well(there: ResponseUrl) -> None:
    answer = Message("answer", follow_up=Message("follow-up"), for_asker=Message("for the asker"))
    edge = Edge(FakeWorld(), there)
    event = {"type": "app_mention", "user": OPERATOR, "channel": CHANNEL, "ts": ROOT.ts}
    edge.world.channel.of_people |= {ROOT}
    question = written_message({"event_id": "Ev1", "event": event})
    assert question is not None
    await Conversation(question_in(question, edge.world.services), edge.world.services).show(answer)

    assert [message.text for message in await posted(edge, 2)] == ["answer", "follow-up"]
    assert await whispered(edge) == "for the asker"


async def test_the_picture_of_an_answer_follows_it_in_the_thread(edge: Edge) -> None:
    edge.world.engines["voice-prod"].add(execution("hilton"))
    await edge.write(f"{MENTION} status hilton", **IN_THREAD)
    status, picture = await posted(edge, 2)

    assert status.text.startswith("hilton on voice-prod: ")
    assert [block["type"] for block in picture.blocks] == ["image"]
    assert {message.thread for message in edge.world.channel.messages} == {ROOT}

"""Mentions and direct messages on real protocols: events by Socket Mode or by signed requests, answers by the Web API
of a local Slack."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Transport
from bot.fleet.notifications.notification import EpisodeCard, dump
from bot.manifest import BOT_SCOPES, EVENTS, LINK_SHARED, SHORTCUTS, scopes_for
from bot.model import Address, OutboxMessage
from local_slack import SlackSeed
from local_slack.workspace.people import Shortcut
from tests.fakes.services import NOW
from tests.handlers.confirming import CLUSTER
from tests.handlers.local import HILTON, Scene, open_scene
from tests.local_slack.harness import Json, eventually
from tests.usecases.test_linked_runs import LINK, UI

INSTALLED = SlackSeed(scopes=BOT_SCOPES, events=EVENTS)


@pytest.fixture(params=list(Transport))
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """An app that has exactly what the manifest asks for."""
    async with open_scene(request.param, INSTALLED) as scene:
        yield scene


async def write(scene: Scene, text: str, channel: str = "backfills", user: str = "olivia", **more: str) -> Json:
    typed = {"user": user, "channel": channel, "text": text, **more}
    status, body = await scene.control.post("message", typed)
    assert status == 200, body
    message: Json = body["message"]
    return message


async def thread(scene: Scene, root: Json, count: int) -> list[Json]:
    """Wait for so many messages below this one; returns them."""

    async def below() -> list[Json]:
        messages = await scene.control.messages(root["channel"], root["ts"])
        return [message for message in messages if message["ts"] != root["ts"]]

    async def enough() -> bool:
        return len(await below()) >= count

    await eventually(enough)
    return await below()


async def test_a_mention_is_answered_in_its_thread(scene: Scene) -> None:
    question = await write(scene, "@backfill struggling")
    (answer,) = await thread(scene, question, 1)

    assert answer["blocks"]
    assert answer["thread_ts"] == question["ts"]
    assert "ephemeral_to" not in answer


async def test_a_direct_message_is_answered_and_the_answer_is_not(scene: Scene) -> None:
    question = await write(scene, "help", "@backfill")

    async def answered() -> bool:
        return len(await scene.control.messages(question["channel"])) == 2

    await eventually(answered)
    await write(scene, "help ack", "@backfill")

    async def answered_again() -> bool:
        return len(await scene.control.messages(question["channel"])) == 4

    await eventually(answered_again)
    _, answer, *_ = await scene.control.messages(question["channel"])
    assert answer["text"].startswith("What you can type")


@pytest.mark.parametrize("channel", ["backfills", "@backfill"])
async def test_a_guest_is_refused(scene: Scene, channel: str) -> None:
    question = await write(scene, "@backfill status", channel, "gus")

    async def refused() -> bool:
        return "not its guests" in str(await scene.control.messages(question["channel"]))

    await eventually(refused)


async def test_the_button_opens_the_dialog_for_its_asker_alone(scene: Scene) -> None:
    question = await write(scene, "@backfill split hilton")
    (answer,) = await thread(scene, question, 1)
    await scene.control.click(answer, "control.dialog", user="victor")
    (refusal,) = await scene.posted_messages(ephemeral_to=(await user_id(scene, "victor")))
    await scene.control.click(answer, "control.dialog")
    dialog = await scene.dialog("About to cancel 1 workflow")

    assert refusal["text"].startswith("This button is for the person who asked.")
    assert dialog["submit"]["text"] == "Split"


@pytest.mark.parametrize("channel", ["backfills", "@backfill"])
async def test_the_button_of_a_long_answer_shows_the_next_page_to_whoever_presses_it(channel: str) -> None:
    names = {f"tenant-{n}" for n in range(800)}
    async with open_scene(customers=("hilton", "vivint", *names)) as scene:
        question = await write(scene, "@backfill status voice-prod", channel)

        async def shown() -> list[Json]:
            here = await scene.control.messages(question["channel"])
            below = await scene.control.messages(question["channel"], question["ts"])
            found = {message["ts"]: message for message in (*here, *below)}
            return [message for message in found.values() if "tenant-" in str(message["blocks"])]

        async def are_shown(number: int) -> bool:
            return len(await shown()) == number

        await eventually(partial(are_shown, 1))
        (answer,) = await shown()
        (button,) = [each for each in buttons_of(answer) if each["text"]["text"].startswith("Show the next ")]
        await scene.control.click(answer, button["action_id"], button["value"])
        await eventually(partial(are_shown, 2))
        (page,) = [message for message in await shown() if message["ts"] != answer["ts"]]

        assert page["text"].startswith("voice-prod: lines ")
        assert page["ephemeral_to"] == question["user"]
        assert names <= set(re.findall(r"tenant-\d+", f"{answer['blocks']}{page['blocks']}"))


def buttons_of(message: Json) -> list[Json]:
    return [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]


async def user_id(scene: Scene, name: str) -> str:
    message = await write(scene, "hm", user=name)
    return str(message["user"])


async def test_in_the_thread_of_the_alert_nobody_names_the_customer(scene: Scene) -> None:
    address = Address(scene.alert["channel"], scene.alert["ts"])
    posted_alert(scene, address)
    await write(scene, "@backfill ack", thread_ts=scene.alert["ts"])
    _, answer = await thread(scene, scene.alert, 2)

    assert answer["text"].startswith("You have acknowledged hilton")
    assert scene.world.journal.episodes[HILTON.id].acked_by


def posted_alert(scene: Scene, address: Address) -> None:
    scene.world.outbox.enqueue(OutboxMessage(HILTON.root_key, dump(EpisodeCard(HILTON))), NOW)
    scene.world.outbox.messages[HILTON.root_key].address = address


async def test_elsewhere_the_asker_alone_sees_the_answer() -> None:
    seed = SlackSeed()
    async with open_scene(seed=seed) as scene:
        client = AsyncWebClient(token=seed.bot_token, base_url=f"{scene.url}api/")
        await client.conversations_join(channel=seed.channels[1][0])
        question = await write(scene, "@backfill struggling", "general")

        async def is_posted() -> bool:
            messages = await scene.control.messages("general")
            return any(message.get("ephemeral_to") == question["user"] for message in messages)

        await eventually(is_posted)


async def test_an_edit_is_no_new_command(scene: Scene) -> None:
    question = await write(scene, "@backfill help")
    await thread(scene, question, 1)
    typed = {"user": "olivia", "channel": "backfills", "message_ts": question["ts"], "text": "@backfill ack hilton"}
    await scene.control.post("edit", typed)
    await thread(scene, await write(scene, "@backfill help ack"), 1)

    assert scene.world.journal.episodes[HILTON.id].acked_by == ""
    assert len(await thread(scene, question, 1)) == 1


async def test_an_answer_that_slack_takes_and_does_not_confirm_is_posted_once(scene: Scene) -> None:
    await scene.control.fault(fault="lost_reply", method="chat.postMessage", answer="internal_error")
    question = await write(scene, "@backfill help")
    await thread(scene, question, 1)
    await thread(scene, await write(scene, "@backfill help ack"), 1)

    assert len(await thread(scene, question, 1)) == 1


@pytest.mark.parametrize(
    ("scope", "question"),
    [("app_mentions:read", ("@backfill help", "backfills")), ("im:history", ("help", "@backfill"))],
)
async def test_without_its_scope_nothing_is_heard_and_nothing_else_breaks(scope: str, question: Any) -> None:
    seed = replace(INSTALLED, scopes=tuple(each for each in BOT_SCOPES if each != scope))
    async with open_scene(seed=seed) as scene:
        message = await write(scene, *question)
        await scene.control.command("help")
        await scene.posted_messages()

        assert await scene.control.messages(message["channel"], message["ts"]) == [message]


@pytest.mark.parametrize("transport", list(Transport))
async def test_shortcuts_work_on_the_alert_and_explain_themselves_elsewhere(transport: Transport) -> None:
    seed = replace(INSTALLED, shortcuts=tuple(Shortcut(id_, name) for id_, (name, _) in SHORTCUTS.items()))
    async with open_scene(transport, seed) as scene:
        posted_alert(scene, Address(scene.alert["channel"], scene.alert["ts"]))
        chosen = {"user": "olivia", "channel": "backfills", "callback_id": "message.split"}
        await scene.control.post("shortcut", chosen | {"message_ts": scene.alert["ts"]})
        dialog = await scene.dialog("About to cancel 1 workflow")
        other = await write(scene, "hm")
        _, delivery = await scene.control.post("shortcut", chosen | {"message_ts": other["ts"]})
        (answer,) = await scene.posted_messages(ephemeral_to=other["user"])

    assert dialog["submit"]["text"] == "Split"
    assert delivery["error"] is None
    assert answer["text"].startswith("Split works on the bot's own messages")


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_link_to_a_run_gets_its_card(transport: Transport) -> None:
    seed = replace(
        INSTALLED,
        scopes=scopes_for([UI]),
        events=(*EVENTS, LINK_SHARED),
        unfurl_domains=("temporal.example.com",),
    )
    async with open_scene(transport, seed) as scene:
        scene.world.engines[CLUSTER].ui = UI
        message = await write(scene, f"look at {LINK}")

        async def shown() -> bool:
            messages = await scene.control.messages()
            return any(each.get("attachments") for each in messages if each["ts"] == message["ts"])

        await eventually(shown)
        text = str(await scene.control.messages())

    assert "*hilton on voice-prod*" in text


async def test_a_card_that_slack_refuses_leaves_the_message_and_the_bot_as_they_are() -> None:
    seed = replace(INSTALLED, scopes=(*BOT_SCOPES, "links:read"), events=(*EVENTS, LINK_SHARED))
    async with open_scene(seed=replace(seed, unfurl_domains=("temporal.example.com",))) as scene:
        scene.world.engines[CLUSTER].ui = UI
        message = await write(scene, f"look at {LINK}")

        async def refused() -> bool:
            calls = (await scene.control.get("calls"))["calls"]
            return any(call["reply"].get("needed") == "links:write" for call in calls)

        await eventually(refused)
        await thread(scene, await write(scene, "@backfill help"), 1)

    assert "attachments" not in message

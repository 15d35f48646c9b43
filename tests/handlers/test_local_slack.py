"""Commands and clicks on real protocols: Socket Mode, response_url and the Web API of a local Slack."""

from collections.abc import AsyncIterator

import pytest

from bot.config import Transport
from handlers.routes import COMMANDS
from tests.handlers.local import HILTON, Scene, open_scene


@pytest.fixture(params=list(Transport))
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async with open_scene(request.param) as scene:
        yield scene


@pytest.mark.parametrize("text", ["help", *(f"help {command.word()}" for command in COMMANDS)])
async def test_help_is_acknowledged_in_time_and_shown_to_the_asker(scene: Scene, text: str) -> None:
    delivery = await scene.control.command(text)
    (answer,) = await scene.posted_messages()

    assert delivery["error"] is None
    assert answer["ephemeral_to"]
    assert answer["blocks"]


async def test_looking_in_the_team_channel_is_shown_to_all(scene: Scene) -> None:
    await scene.control.command("struggling")
    typed, answer = await scene.posted_messages(2, ephemeral_to=None)

    assert typed["text"].startswith("/backfill")
    assert answer["blocks"]


async def test_a_usage_error_is_shown_as_the_acknowledgement(scene: Scene) -> None:
    delivery = await scene.control.command("stauts <!channel> *x*")
    (answer,) = await scene.posted_messages()

    assert delivery["error"] is None
    assert "Did you mean /backfill status?" in answer["text"]
    assert "<!channel>" not in answer["text"]
    assert answer["ephemeral_to"]


async def test_a_command_may_contain_the_word_payload(scene: Scene) -> None:
    delivery = await scene.control.command("status payload-corp")
    (answer,) = await scene.posted_messages(ephemeral_to=delivery["user"])

    assert delivery["error"] is None
    assert "payload-corp" in answer["text"]


async def test_who_comes_first_hears_that_slack_does_not_say_whose_token_it_is(scene: Scene) -> None:
    await scene.control.post("faults", {"fault": "http_error", "method": "auth.test", "count": None})
    delivery = await scene.control.command("struggling")
    (answer,) = await scene.posted_messages(ephemeral_to=delivery["user"])

    assert delivery["error"] is None
    assert "Slack did not answer" in answer["text"]


async def test_an_operator_by_group_acknowledges_with_the_button(scene: Scene) -> None:
    delivery = await scene.control.click(scene.alert, "alert.ack")
    (answer,) = await scene.posted_messages()

    assert delivery["acked"]
    assert answer["text"].startswith("You have acknowledged hilton")
    assert answer["ephemeral_to"]
    assert scene.world.journal.episodes[HILTON.id].acked_by == delivery["user"]


async def test_the_menu_snoozes(scene: Scene) -> None:
    menu = next(
        element
        for block in scene.alert["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == "alert.snooze"
    )
    await scene.control.click(scene.alert, "alert.snooze", menu["options"][-1]["value"])
    (answer,) = await scene.posted_messages()

    assert answer["text"] == "You have snoozed hilton on voice-prod, until it changes."


@pytest.mark.parametrize(
    ("user", "refusal"), [("victor", "Only operators may ack."), ("gus", "The bot answers members")]
)
async def test_others_press_the_button_and_are_refused(scene: Scene, user: str, refusal: str) -> None:
    await scene.control.click(scene.alert, "alert.ack", user=user)
    (answer,) = await scene.posted_messages()

    assert refusal in answer["text"]
    assert "<@" not in str(answer["blocks"])
    assert scene.world.journal.episodes[HILTON.id].acked_by == ""


async def test_the_link_to_temporal_is_acknowledged_and_says_nothing(scene: Scene) -> None:
    delivery = await scene.control.click(scene.alert, "alert.open")

    assert delivery["acked"]
    assert await scene.control.texts() == [scene.alert["text"]]


async def test_a_click_that_is_delivered_twice_is_recorded_and_answered_once(scene: Scene) -> None:
    await scene.control.fault(fault="duplicate_envelope")
    await scene.control.click(scene.alert, "alert.ack")
    await scene.control.command("help")
    answers = sorted(message["text"].split()[0] for message in await scene.posted_messages(2))

    assert answers == ["What", "You"]
    assert len(scene.world.outbox.messages) == 2


async def test_an_answer_survives_a_busy_slack(scene: Scene) -> None:
    await scene.control.fault(fault="ratelimited", method="response_url", retry_after=0)
    await scene.control.command("help")
    (answer,) = await scene.posted_messages()

    assert answer["text"].startswith("What you can type")


async def test_an_answer_whose_reply_is_lost_is_given_nevertheless(scene: Scene) -> None:
    await scene.control.fault(fault="lost_reply", method="response_url")
    await scene.control.command("help")
    answers = await scene.posted_messages()

    assert answers[0]["text"].startswith("What you can type")


async def test_when_slack_does_not_say_who_asks_the_asker_hears_it(scene: Scene) -> None:
    await scene.control.fault(fault="error", method="users.info", code="internal_error")
    await scene.control.command("status")
    (answer,) = await scene.posted_messages()

    assert "did not answer" in answer["text"]

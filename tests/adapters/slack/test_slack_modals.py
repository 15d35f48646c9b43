"""SlackModals over a local Slack: what is on the wire, triggers that are too old, and a Slack in trouble."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackModals, view_json
from bot.errors import AccessDenied, DependencyError, Refused, Unavailable
from bot.message import Message, View
from local_slack import LocalSlack
from tests.adapters.slack.canned import Answer, canned_slack
from tests.adapters.slack.shown import QUESTION, SPLITTING, do, read_control, seen


async def _trigger(slack: LocalSlack) -> str:
    typed = await do(slack, "command", user="olivia", channel="backfills", text="split hilton")
    return str(typed["payload"]["trigger_id"])


@pytest.fixture
def modals(slack: LocalSlack, client: AsyncWebClient) -> SlackModals:
    return SlackModals(client, slack.channels["backfills"])


async def test_a_question_arrives_with_its_buttons_purpose_and_memory(slack: LocalSlack, modals: SlackModals) -> None:
    view_id = await modals.open(await _trigger(slack), SPLITTING)
    await modals.update(view_id, QUESTION)
    (view,) = await seen(slack, "olivia")

    assert (view["callback_id"], view["private_metadata"]) == ("confirm", '{"digest":"d1"}')
    assert (view["submit"]["text"], view["close"]["text"]) == ("Split", "Back")
    assert view["state"]["values"]["reason"]["reason"]["value"] is None


def test_a_view_that_only_tells_has_no_button_to_submit_and_no_purpose() -> None:
    drawn = view_json(SPLITTING)

    assert sorted(drawn) == ["blocks", "close", "title", "type"]


@pytest.mark.parametrize("code", ["expired_trigger_id", "invalid_trigger_id", "invalid_arguments", "view_too_large"])
async def test_what_slack_will_not_open_is_refused(code: str) -> None:
    async with canned_slack() as canned:
        canned.on("views.open", Answer({"ok": False, "error": code}))
        with pytest.raises(Refused, match=code):
            await SlackModals(canned.client, "C1").open("1.2.abc", SPLITTING)


async def test_a_view_that_is_no_view_is_refused_with_what_is_wrong_with_it(
    slack: LocalSlack, modals: SlackModals
) -> None:
    with pytest.raises(Refused, match="must be less than 25 characters"):
        await modals.open(await _trigger(slack), View("a title of more than 24 characters", ()))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"fault": "error", "code": "internal_error"}, Unavailable),
        ({"fault": "http_error", "status": 503}, Unavailable),
        ({"fault": "ratelimited", "retry_after": 1}, Unavailable),
        ({"fault": "lost_reply"}, Unavailable),
        ({"fault": "error", "code": "token_revoked"}, AccessDenied),
    ],
    ids=lambda value: value.get("code", value["fault"]) if isinstance(value, dict) else "",
)
async def test_a_slack_in_trouble_is_told_in_our_words(
    slack: LocalSlack, modals: SlackModals, fault: dict[str, Any], error: type[DependencyError]
) -> None:
    trigger = await _trigger(slack)
    await do(slack, "faults", method="views.open", **fault)

    with pytest.raises(error, match=r"views\.open"):
        await modals.open(trigger, SPLITTING)


async def test_a_whisper_is_drawn_and_for_one_person_only(slack: LocalSlack, modals: SlackModals) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*11* windows"}}
    await modals.whisper(slack.users["olivia"], Message("11 windows", (block,)))
    (posted,) = (await read_control(slack, "messages", channel="backfills"))["messages"]

    assert posted["ephemeral_to"] == slack.users["olivia"]
    assert posted["blocks"][0]["text"]["text"] == "*11* windows"


async def _direct_messages(slack: LocalSlack, client: AsyncWebClient) -> list[str]:
    """What stands in the direct conversation of the bot with olivia."""
    opened = await client.conversations_open(users=slack.users["olivia"])
    messages = (await read_control(slack, "messages", channel=opened["channel"]["id"]))["messages"]
    return [message["text"] for message in messages]


async def test_who_is_not_in_the_channel_is_told_directly(slack: LocalSlack, client: AsyncWebClient) -> None:
    elsewhere = SlackModals(client, slack.channels["general"])
    await elsewhere.whisper(slack.users["olivia"], Message("11 windows", ({"type": "divider"},)))

    assert await _direct_messages(slack, client) == ["11 windows"]


@pytest.mark.parametrize(
    "code", ["user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived", "a_code_of_next_year"]
)
async def test_whatever_keeps_slack_from_whispering_is_told_directly(
    slack: LocalSlack, client: AsyncWebClient, modals: SlackModals, code: str
) -> None:
    await do(slack, "faults", method="chat.postEphemeral", fault="error", code=code)
    await modals.whisper(slack.users["olivia"], Message("11 windows"))

    assert await _direct_messages(slack, client) == ["11 windows"]


async def test_a_whisper_that_is_at_fault_itself_is_not_sent_again(
    slack: LocalSlack, client: AsyncWebClient, modals: SlackModals
) -> None:
    with pytest.raises(Refused, match=r"chat\.postEphemeral: invalid_blocks"):
        await modals.whisper(slack.users["olivia"], Message("11 windows", ({"type": "windows"},)))

    assert await _direct_messages(slack, client) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "conversations.open", "fault": "error", "code": "missing_scope"},
        {"method": "conversations.open", "fault": "error", "code": "user_disabled"},
        {"method": "chat.postMessage", "fault": "error", "code": "messages_tab_disabled"},
    ],
    ids=lambda fault: fault["code"],
)
async def test_who_cannot_be_told_directly_either_is_an_error(
    slack: LocalSlack, client: AsyncWebClient, fault: Any
) -> None:
    await do(slack, "faults", **fault)

    with pytest.raises(Refused, match=fault["code"]):
        await SlackModals(client, slack.channels["general"]).whisper(slack.users["olivia"], Message("11 windows"))


async def test_a_slack_that_may_have_whispered_is_not_answered_by_a_direct_message(
    slack: LocalSlack, client: AsyncWebClient, modals: SlackModals
) -> None:
    await do(slack, "faults", method="chat.postEphemeral", fault="http_error", status=503)

    with pytest.raises(Unavailable):
        await modals.whisper(slack.users["olivia"], Message("11 windows"))
    assert await _direct_messages(slack, client) == []

"""Validation of messages: what Slack refuses, with Slack's pointers and words."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack.errors import SlackError
from local_slack.validation import (
    MessageArguments,
    Surface,
    check_message,
    check_view,
)
from tests.local_slack.harness import Json
from tests.local_slack.sample_blocks import (
    actions,
    button,
    inputs,
    mrkdwn,
    plain,
    section,
    table,
)
from tests.local_slack.validation.cases import ACCEPTED, REFUSED, SCHEMAS


@pytest.mark.parametrize("block", ACCEPTED, ids=range(len(ACCEPTED)))
def test_what_slack_takes_passes(block: Json) -> None:
    draft = check_message(MessageArguments(text="x", blocks=[block]))

    assert draft.blocks == (block,)


def pointed(problem: str) -> str:
    """`words /inner/pointer` as validation writes it for the first block."""
    words, _, pointer = problem.rpartition(" ")
    return f"{words} [json-pointer:/blocks/0{pointer}]"


@pytest.mark.parametrize(("block", "problems"), REFUSED, ids=range(len(REFUSED)))
def test_what_slack_refuses_is_refused_with_its_place(block: Json, problems: list[str]) -> None:
    with pytest.raises(SlackError) as refused:
        check_message(MessageArguments(text="x", blocks=[block]))

    assert refused.value.code == "invalid_blocks"
    assert refused.value.errors == [pointed(problem) for problem in problems]


@pytest.mark.parametrize(
    ("blocks", "code", "errors"),
    [
        ([{"type": "divider"}] * 51, "invalid_blocks", ["no more than 50 items allowed [json-pointer:/blocks]"]),
        ([7], "invalid_blocks", ["must provide an object [json-pointer:/blocks/0]"]),
        ({"type": "divider"}, "invalid_blocks_format", []),
        ("[{", "invalid_blocks_format", []),
        ("true", "invalid_blocks_format", []),
        (
            [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
            "invalid_blocks",
            ['`block_id` "b" already exists [json-pointer:/blocks/1/block_id]'],
        ),
        (
            [section(accessory=button("x")), actions(button("y"), button("x"))],
            "invalid_blocks",
            ['`action_id` "x" already exists [json-pointer:/blocks/1/elements/1/action_id]'],
        ),
        ([table(1), table(1)], "invalid_attachments", ["only_one_table_allowed [json-pointer:/blocks/1]"]),
        ([section(text=mrkdwn("x" * 3000))] * 5, "msg_blocks_too_long", []),
        (
            [{"type": "markdown", "text": "m" * 6001}] * 2,
            "invalid_blocks",
            ["markdown text must be less than 12001 characters in total [json-pointer:/blocks]"],
        ),
    ],
)
def test_rules_of_the_whole_message_are_kept(blocks: Any, code: str, errors: list[str]) -> None:
    with pytest.raises(SlackError) as refused:
        check_message(MessageArguments(text="x", blocks=blocks))

    assert (refused.value.code, refused.value.errors) == (code, errors)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (MessageArguments(), "no_text"),
        (MessageArguments(text="", blocks=[]), "no_text"),
        (MessageArguments(text=7), "invalid_arguments"),
        (MessageArguments(text="x" * 4001, text_limit=4000), "msg_too_long"),
        (MessageArguments(text="x", markdown_text="y"), "markdown_text_conflict"),
        (MessageArguments(attachments=[{}] * 101), "too_many_attachments"),
        (MessageArguments(attachments="{"), "invalid_attachments"),
        (MessageArguments(text="x", metadata="{"), "invalid_metadata_format"),
        (MessageArguments(text="x", metadata={"event_type": "a"}), "invalid_metadata_schema"),
        (
            MessageArguments(text="x", metadata={"event_type": "a", "event_payload": {"k": "v" * 9000}}),
            "metadata_too_large",
        ),
    ],
)
def test_text_and_metadata_are_checked(given: MessageArguments, code: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_message(given)

    assert refused.value.code == code


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Split"), "blocks": [{"type": "divider"}], **more}


@pytest.mark.parametrize(
    ("view", "surface", "errors"),
    [
        (
            modal(title=plain("t" * 25)),
            Surface.MODAL,
            [
                f"{SCHEMAS} [json-pointer:/view/title]",
                "must be less than 25 characters [json-pointer:/view/title/text]",
            ],
        ),
        ({"type": "modal", "blocks": []}, Surface.MODAL, ["missing required field: title [json-pointer:/view]"]),
        (
            modal(blocks=[{"type": "divider"}] * 101),
            Surface.MODAL,
            ["no more than 100 items allowed [json-pointer:/view/blocks]"],
        ),
        (
            modal(blocks=[inputs({"type": "plain_text_input"})]),
            Surface.MODAL,
            ["missing required field: submit [json-pointer:/view]"],
        ),
        (modal(blocks=[table(1)]), Surface.MODAL, ["unsupported type: table [json-pointer:/view/blocks/0/type]"]),
        (
            modal(private_metadata="x" * 3001),
            Surface.MODAL,
            ["must be less than 3001 characters [json-pointer:/view/private_metadata]"],
        ),
        (
            modal(callback_id="x" * 256),
            Surface.MODAL,
            ["must be less than 256 characters [json-pointer:/view/callback_id]"],
        ),
        (modal(), Surface.HOME, ["must be a valid enum value [json-pointer:/view/type]"]),
        (
            {"type": "home", "blocks": [{"type": "markdown", "text": "x"}]},
            Surface.HOME,
            ["unsupported type: markdown [json-pointer:/view/blocks/0/type]"],
        ),
        ([], Surface.MODAL, ["must provide an object [json-pointer:/view]"]),
    ],
)
def test_views_are_checked(view: Any, surface: Surface, errors: list[str]) -> None:
    with pytest.raises(SlackError) as refused:
        check_view(view, surface)

    assert (refused.value.code, refused.value.errors) == ("invalid_arguments", errors)


def test_a_view_of_more_than_250_kb_is_too_large() -> None:
    blocks = [section(text=mrkdwn("x" * 2900)) for _ in range(90)]
    with pytest.raises(SlackError, match="view_too_large"):
        check_view(modal(blocks=blocks), Surface.MODAL)


def test_a_modal_with_inputs_and_a_submit_button_passes() -> None:
    view = modal(blocks=[inputs({"type": "plain_text_input"})], submit=plain("Go"))

    assert check_view(view, Surface.MODAL) == view


async def test_a_refusal_has_slacks_form_on_the_wire(client: AsyncWebClient, team: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=team, text="x", blocks=[{"type": "divider"}] * 51)

    words = "no more than 50 items allowed [json-pointer:/blocks]"
    assert refused.value.response.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }

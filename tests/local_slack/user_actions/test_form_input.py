"""What is entered in a modal: the state of every kind of element, and what the client refuses to send."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.local_slack.harness import Control, Json
from tests.local_slack.sample_blocks import plain
from tests.local_slack.sample_modals import (
    DAYS,
    OPTIONS,
    REASON,
    field,
    modal,
    opened,
    submit,
)

SELECT = field("b", "static_select", action_id="s", options=OPTIONS)
GROUP: Json = {"label": plain("Order"), "options": OPTIONS}
SELECT_NEW = field("b", "static_select", options=OPTIONS, initial_option=OPTIONS[1])
CHECK_TWO = field("b", "checkboxes", options=OPTIONS, initial_options=OPTIONS[:2])


async def entry_of(client: AsyncWebClient, control: Control, block: Json, values: Json) -> Json:
    """The element's entry in the state of the submission."""
    result = await submit(control, await opened(client, control, modal(block)), values)
    entry: Json = result["payload"]["view"]["state"]["values"]["b"]["a"]
    return entry


@pytest.mark.parametrize(
    ("block", "value", "held"),
    [
        (field("b", "plain_text_input"), "why", {"value": "why"}),
        (field("b", "number_input", is_decimal_allowed=False), "5", {"value": "5"}),
        (field("b", "number_input", is_decimal_allowed=True), 2.5, {"value": "2.5"}),
        (field("b", "email_text_input"), "a@b.example", {"value": "a@b.example"}),
        (field("b", "url_text_input"), "https://b.example", {"value": "https://b.example"}),
        (field("b", "static_select", options=OPTIONS), "new", {"selected_option": OPTIONS[1]}),
        (field("b", "static_select", option_groups=[GROUP]), "new", {"selected_option": OPTIONS[1]}),
        (field("b", "external_select", initial_option=OPTIONS[2]), "big", {"selected_option": OPTIONS[2]}),
        (field("b", "radio_buttons", options=OPTIONS), "old", {"selected_option": OPTIONS[0]}),
        (field("b", "checkboxes", options=OPTIONS), ["old", "big"], {"selected_options": [OPTIONS[0], OPTIONS[2]]}),
        (field("b", "multi_static_select", options=OPTIONS), "old,new", {"selected_options": OPTIONS[:2]}),
        (field("b", "multi_external_select", initial_options=OPTIONS), ["new"], {"selected_options": [OPTIONS[1]]}),
        (field("b", "users_select"), "victor", {"selected_user": "U00VICTOR0"}),
        (field("b", "multi_users_select"), ["gus", "U00VICTOR0"], {"selected_users": ["U00000GUS0", "U00VICTOR0"]}),
        (field("b", "channels_select"), "general", {"selected_channel": "C00GENERAL"}),
        (field("b", "conversations_select"), "#backfills", {"selected_conversation": "C0BACKFILL"}),
        (field("b", "datepicker"), "2026-01-31", {"selected_date": "2026-01-31"}),
        (field("b", "timepicker"), "09:30", {"selected_time": "09:30"}),
    ],
)
async def test_each_kind_of_element_tells_what_was_entered(
    client: AsyncWebClient, control: Control, block: Json, value: Any, held: Json
) -> None:
    expected = {"type": block["element"]["type"], **held}

    assert await entry_of(client, control, block, {"b": {"a": value}}) == expected
    assert await entry_of(client, control, block, {"b": value}) == expected


@pytest.mark.parametrize(
    ("block", "initial", "empty"),
    [
        (field("b", "plain_text_input", initial_value="why"), {"value": "why"}, {"value": None}),
        (SELECT_NEW, {"selected_option": OPTIONS[1]}, {"selected_option": None}),
        (CHECK_TWO, {"selected_options": OPTIONS[:2]}, {"selected_options": []}),
        (field("b", "users_select", initial_user="U1"), {"selected_user": "U1"}, {"selected_user": None}),
        (field("b", "multi_users_select", initial_users=["U1"]), {"selected_users": ["U1"]}, {"selected_users": []}),
        (
            field("b", "datepicker", initial_date="2026-01-31"),
            {"selected_date": "2026-01-31"},
            {"selected_date": None},
        ),
    ],
)
async def test_what_nobody_touched_is_told_as_it_began_and_what_was_emptied_as_nothing(
    client: AsyncWebClient, control: Control, block: Json, initial: Json, empty: Json
) -> None:
    kind = block["element"]["type"]

    assert await entry_of(client, control, block, {}) == {"type": kind, **initial}
    assert await entry_of(client, control, block | {"optional": True}, {"b": None}) == {"type": kind, **empty}


@pytest.mark.parametrize(
    ("block", "value", "mistake"),
    [
        (REASON, None, "Please complete this required field."),
        (REASON, "", "Please complete this required field."),
        (REASON, "why", "Please enter at least 5 characters."),
        (REASON, "x" * 101, "Please enter no more than 100 characters."),
        (DAYS, "many", "Please enter a number."),
        (DAYS, "NaN", "Please enter a number."),
        (DAYS, "2.5", "Please enter a whole number."),
        (DAYS, "0", "Please enter 1 or more."),
        (DAYS, 400, "Please enter 51 or less."),
        (field("b", "email_text_input"), "me", "Please enter an email address."),
        (field("b", "url_text_input"), "ftp://x", "Please enter a web address."),
        (SELECT, "", "Please complete this required field."),
        (field("b", "checkboxes", options=OPTIONS), [], "Please complete this required field."),
        (
            field("b", "multi_static_select", options=OPTIONS, max_selected_items=1),
            "old,new",
            "Please choose no more than 1.",
        ),
        (
            field("b", "plain_text_input", min_length=5, more={"optional": True}),
            "why",
            "Please enter at least 5 characters.",
        ),
    ],
)
async def test_what_the_client_refuses_is_said_at_the_field_and_not_delivered(
    client: AsyncWebClient, control: Control, block: Json, value: Any, mistake: str
) -> None:
    view_id = await opened(client, control, modal(block))
    before = (await control.get("deliveries"))["last_id"]
    result = await submit(control, view_id, {block["block_id"]: value})

    assert (result["delivered"], result["closed"]) == (False, False)
    assert result["errors"] == result["view"]["errors"] == {block["block_id"]: mistake}
    assert (await control.get("deliveries"))["last_id"] == before


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({"c": "x"}, "the view has no block 'c' to fill in; it has: b, reason, acts"),
        ({"b": {"z": "x"}}, "block 'b' has no element 'z'; it has: s"),
        ({"acts": "x"}, "block 'acts' has several elements: day, who; name the one meant"),
        ({"b": "later"}, "'later' is not an option of 's'; it offers: old, new, big"),
        ({"b": True}, "s: a static_select takes a string"),
        ({"acts": {"day": "31.1."}}, "day: '31.1.' is not a date such as 2026-01-31"),
        ({"acts": {"who": "nobody"}}, "there is no user 'nobody'; there are: olivia, victor, gus"),
        ({"reason": "it timed out", "b": "later"}, "'later' is not an option of 's'; it offers: old, new, big"),
    ],
)
async def test_values_that_cannot_be_entered_are_refused_whole(
    client: AsyncWebClient, control: Control, values: Json, mistake: str
) -> None:
    elements = [{"type": "datepicker", "action_id": "day"}, {"type": "users_select", "action_id": "who"}]
    view = modal(SELECT, REASON, {"type": "actions", "block_id": "acts", "elements": elements})
    view_id = await opened(client, control, view)
    status, refusal = await control.post("submit", {"user": "olivia", "view_id": view_id, "values": values})
    (shown,) = (await control.get("views", user="olivia"))["views"]

    assert (status, refusal) == (400, {"error": mistake})
    assert shown["state"]["values"]["reason"]["a"]["value"] is None


async def test_a_view_without_a_submit_button_cannot_be_submitted(client: AsyncWebClient, control: Control) -> None:
    view = {name: part for name, part in modal().items() if name != "submit"}
    view_id = await opened(client, control, view)
    status, refusal = await control.post("submit", {"user": "olivia", "view_id": view_id})

    assert (status, refusal["error"]) == (400, f"view {view_id} has no submit button")

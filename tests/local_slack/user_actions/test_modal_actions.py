"""Pressing things inside a modal, and looking options up."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import Control, Json, connected
from tests.local_slack.sample_blocks import (
    actions,
    button,
    option,
    plain,
    section,
)
from tests.local_slack.sample_modals import (
    DAYS,
    OPTIONS,
    REASON,
    click_in,
    field,
    modal,
    opened,
    stack,
    submit,
)


async def test_a_click_in_a_modal_names_the_view_and_no_channel(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(REASON, section(accessory=button("page.next", value="2"))))
    payload = (await click_in(control, view_id, "page.", values={"reason": "it timed out"}))["payload"]

    assert payload["container"] == {"type": "view", "view_id": view_id}
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("page.next", "2")
    assert payload["view"]["state"]["values"]["reason"]["a"]["value"] == "it timed out"
    assert {"channel", "message", "response_url"} & payload.keys() == set()


async def test_a_click_may_update_the_modal_and_what_was_typed_stays(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    view_id = await opened(client, control, modal(REASON, actions(button("more"))))
    async with connected(slack) as app:

        @app.action("more")
        async def more(ack: Any, body: Json, client: AsyncWebClient) -> None:
            view = body["view"]
            await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section(), REASON))
            await ack()

        await click_in(control, view_id, "more", values={"reason": "it timed out"})

    (view,) = await stack(control)
    assert [block["type"] for block in view["blocks"]] == ["section", "input"]
    assert view["state"]["values"]["reason"]["a"]["value"] == "it timed out"


@pytest.mark.parametrize(
    ("block", "value", "chosen"),
    [
        (DAYS | {"dispatch_action": True}, "7", ("value", "7")),
        (
            field("s", "static_select", action_id="n", options=OPTIONS, more={"dispatch_action": True}),
            "new",
            ("selected_option", OPTIONS[1]),
        ),
        (
            actions({"type": "datepicker", "action_id": "n"}) | {"block_id": "s"},
            "2026-01-06",
            ("selected_date", "2026-01-06"),
        ),
    ],
)
async def test_a_choice_in_a_modal_is_told_at_once_and_stays(
    client: AsyncWebClient, control: Control, block: Json, value: str, chosen: tuple[str, Any]
) -> None:
    name, expected = chosen
    view_id = await opened(client, control, modal(block))
    payload = (await click_in(control, view_id, "n", value=value))["payload"]
    (view,) = await stack(control)

    assert payload["actions"][0][name] == expected
    assert payload["view"]["state"]["values"][block["block_id"]]["n"][name] == expected
    assert view["state"]["values"] == payload["view"]["state"]["values"]


@pytest.mark.parametrize(
    ("fields", "status", "mistake"),
    [
        ({"action_id": "a"}, 400, "'a' sends nothing by itself: its input block has no dispatch_action"),
        ({"action_id": "z"}, 404, "the view has no element 'z'; it has: a, more"),
        ({"action_id": "more", "view_id": "V404"}, 404, "olivia has no view 'V404' open"),
        ({"action_id": "more", "channel": "backfills", "message_ts": "1.0"}, 400, "name a view_id, or a channel and"),
        ({"action_id": "more", "view_id": ""}, 400, "name a view_id, or a channel and a message_ts"),
        ({"action_id": "more", "values": {"b": "x"}}, 400, "the view has no block 'b' to fill in"),
    ],
)
async def test_a_click_on_what_is_not_there_is_refused(
    client: AsyncWebClient, control: Control, fields: Json, status: int, mistake: str
) -> None:
    view_id = await opened(client, control, modal(REASON, actions(button("more"))))
    given, refusal = await control.post("click", {"user": "olivia", "view_id": view_id, **fields})

    assert given == status
    assert mistake in refusal["error"]


async def test_only_the_top_of_a_stack_can_be_used(client: AsyncWebClient, control: Control) -> None:
    root = await opened(client, control, modal(actions(button("more"))))
    trigger_id = (await click_in(control, root, "more"))["payload"]["trigger_id"]
    top = (await client.views_push(trigger_id=trigger_id, view=modal(REASON)))["view"]["id"]
    refusals = [
        await control.post(path, {"user": "olivia", "view_id": root, **more})
        for path, more in (("submit", {}), ("close", {}), ("click", {"action_id": "more"}))
    ]

    assert {status for status, _ in refusals} == {400}
    assert refusals[0][1]["error"] == f"view {root} lies under {top}; only the top view can be submitted"


CUSTOMER = field("customer", "external_select", action_id="who", min_query_length=2)


async def suggest(control: Control, view_id: str, query: str) -> Json:
    fields = {"user": "olivia", "view_id": view_id, "action_id": "who", "query": query}
    status, body = await control.post("suggest", fields)
    assert status == 200, body
    return body


async def test_an_external_select_offers_what_the_app_answers(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    hilton = option("hilton", "hilton (voice-prod)")
    view_id = await opened(client, control, modal(CUSTOMER))
    async with connected(slack) as app:

        @app.options("who")
        async def customers(ack: Any) -> None:
            await ack(options=[hilton])

        before = await control.post(
            "submit", {"user": "olivia", "view_id": view_id, "values": {"customer": "hilton"}}
        )
        found = await suggest(control, view_id, "hil")
    chosen = await submit(control, view_id, {"customer": "hilton"})

    payload = found["payload"]
    assert (before[0], before[1]["error"]) == (400, "'hilton' is not an option of 'who'; it offers: nothing yet")
    assert (payload["type"], payload["action_id"], payload["block_id"], payload["value"]) == (
        "block_suggestion",
        "who",
        "customer",
        "hil",
    )
    assert (payload["container"], payload["view"]["id"]) == ({"type": "view", "view_id": view_id}, view_id)
    assert (found["delivered"], found["options"]) == (True, [hilton])
    assert chosen["payload"]["view"]["state"]["values"]["customer"]["who"]["selected_option"] == hilton


async def test_options_may_come_in_groups(slack: LocalSlack, client: AsyncWebClient, control: Control) -> None:
    groups = [{"label": plain("voice-prod"), "options": [option("hilton")]}]
    view_id = await opened(client, control, modal(CUSTOMER))
    async with connected(slack) as app:

        @app.options("who")
        async def customers(ack: Any) -> None:
            await ack(option_groups=groups)

        found = await suggest(control, view_id, "hil")

    assert (found["options"], found["option_groups"]) == ([], groups)


async def test_a_query_that_is_too_short_is_not_delivered(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(CUSTOMER))

    assert await suggest(control, view_id, "h") == {"delivered": False, "options": [], "option_groups": []}


@pytest.mark.parametrize(
    ("ack_with", "mistake"),
    [
        ({}, "must provide an object [json-pointer:]"),
        ({"options": [option(str(n)) for n in range(101)]}, "no more than 100 items allowed [json-pointer:/options]"),
        ({"options": [{"text": plain("x")}]}, "missing required field: value [json-pointer:/options/0]"),
    ],
)
async def test_suggestions_slack_does_not_take_are_not_offered(
    slack: LocalSlack, client: AsyncWebClient, control: Control, ack_with: Json, mistake: str
) -> None:
    view_id = await opened(client, control, modal(CUSTOMER))
    async with connected(slack) as app:

        @app.options("who")
        async def customers(ack: Any) -> None:
            await ack(**ack_with)

        found = await suggest(control, view_id, "hil")

    assert (found["error"], found["ack_errors"], found["options"]) == ("dispatch_failed", [mistake], [])


async def test_only_external_selects_look_things_up(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(REASON))
    fields = {"user": "olivia", "view_id": view_id, "action_id": "a", "query": "hil"}
    status, refusal = await control.post("suggest", fields)

    assert (status, refusal["error"]) == (400, "'a' is a plain_text_input, which has nothing to look up")

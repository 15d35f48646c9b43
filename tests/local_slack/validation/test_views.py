"""The rules of views.*: who may push, which names are taken, and what stays through an update."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import (
    Control,
    Json,
    connected,
    refused,
)
from tests.local_slack.sample_blocks import (
    actions,
    button,
    plain,
    section,
    select,
)
from tests.local_slack.sample_modals import (
    OPTIONS,
    REASON,
    click_in,
    field,
    modal,
    opened,
    stack,
)


async def test_a_trigger_from_outside_cannot_push(client: AsyncWebClient, control: Control) -> None:
    await opened(client, control, modal(REASON))
    trigger_id = (await control.command("split"))["payload"]["trigger_id"]

    assert await refused(client.views_push(trigger_id=trigger_id, view=modal(REASON))) == "not_found"


async def test_opening_again_closes_what_was_open(client: AsyncWebClient, control: Control) -> None:
    await opened(client, control, modal(REASON))
    second = await opened(client, control, modal(REASON))

    assert [view["id"] for view in await stack(control)] == [second]


async def test_an_external_id_is_taken_while_its_view_is_open(client: AsyncWebClient, control: Control) -> None:
    first = await opened(client, control, modal(REASON, external_id="hilton"))
    other = await opened(client, control, modal(REASON), user="victor")
    trigger_id = (await control.command("split", user="gus"))["payload"]["trigger_id"]
    again = await refused(client.views_open(trigger_id=trigger_id, view=modal(REASON, external_id="hilton")))
    taken = await refused(client.views_update(view_id=other, view=modal(REASON, external_id="hilton")))
    own = await client.views_update(external_id="hilton", view=modal(REASON, external_id="hilton"))
    await control.post("close", {"user": "olivia", "view_id": first})
    freed = await client.views_update(view_id=other, view=modal(REASON, external_id="hilton"))

    assert [again, taken] == ["duplicate_external_id"] * 2
    assert own["view"]["id"] == first
    assert freed["ok"] is True


async def test_a_closed_view_cannot_be_updated(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(REASON))
    await control.post("close", {"user": "olivia", "view_id": view_id})

    assert await refused(client.views_update(view_id=view_id, view=modal(REASON))) == "not_found"


TYPED = {"block": {"a": "because"}}


@pytest.mark.parametrize(
    ("after", "held"),
    [
        (field("block", "plain_text_input"), "because"),
        (field("block", "plain_text_input", initial_value="other"), "because"),
        (field("other", "plain_text_input"), None),
        (field("block", "plain_text_input", action_id="b"), None),
        (field("block", "plain_text_input", action_id="b", initial_value="other"), "other"),
        (field("block", "number_input", is_decimal_allowed=True), None),
    ],
    ids=["same ids", "another initial value", "block id", "action id", "new with a value", "another kind"],
)
async def test_an_update_keeps_what_was_typed_where_both_ids_stay(
    client: AsyncWebClient, control: Control, after: Json, held: str | None
) -> None:
    before = modal(field("block", "plain_text_input"), actions(button("more")))
    view_id = await opened(client, control, before)
    await click_in(control, view_id, "more", values=TYPED)
    await client.views_update(view_id=view_id, view=modal(section(), after))

    (view,) = await stack(control)
    (entry,) = view["state"]["values"][after["block_id"]].values()
    assert entry["value"] == held


async def test_a_choice_that_is_no_longer_offered_is_forgotten(client: AsyncWebClient, control: Control) -> None:
    before = field("block", "static_select", options=OPTIONS)
    view_id = await opened(client, control, modal(before, actions(button("more"))))
    await click_in(control, view_id, "more", values={"block": "new"})
    await client.views_update(view_id=view_id, view=modal(field("block", "static_select", options=OPTIONS[:1])))

    (view,) = await stack(control)
    assert view["state"]["values"]["block"]["a"]["selected_option"] is None


async def test_an_update_takes_errors_away_and_changes_the_hash(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(REASON))
    _, failed = await control.post("submit", {"user": "olivia", "view_id": view_id})
    await client.views_update(view_id=view_id, view=modal(REASON), hash=failed["view"]["hash"])

    (view,) = await stack(control)
    assert failed["errors"] != view["errors"] == {}
    assert view["hash"] != failed["view"]["hash"]


async def test_ids_the_app_left_out_are_filled_in(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(
        client, control, modal({"type": "input", "label": plain("L"), "element": select(options=OPTIONS)})
    )

    (view,) = await stack(control)
    (block_id,) = view["state"]["values"]
    assert (view["id"], view["blocks"][0]["block_id"]) == (view_id, block_id)
    assert view["blocks"][0]["element"]["action_id"] == "s"


async def test_a_loading_modal_may_be_opened_first_and_filled_later(slack: LocalSlack, control: Control) -> None:
    async with connected(slack) as app:

        @app.command("/backfill")
        async def split(ack: Any, body: Json, client: AsyncWebClient) -> None:
            waiting = modal(section(), title=plain("Loading…"))
            view = (await client.views_open(trigger_id=body["trigger_id"], view=waiting))["view"]
            await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(REASON))
            await ack()

        await control.command("split hilton")

    (view,) = await stack(control)
    assert view["title"] == plain("Split hilton")


async def test_a_view_the_gate_refuses_uses_no_trigger_up(client: AsyncWebClient, control: Control) -> None:
    trigger_id = (await control.command("split"))["payload"]["trigger_id"]
    wrong = await refused(client.views_open(trigger_id=trigger_id, view=modal(field("b", "static_select"))))
    right = await client.views_open(trigger_id=trigger_id, view=modal(REASON))

    assert (wrong, right["ok"]) == ("invalid_arguments", True)


async def test_the_home_of_a_user_can_be_pressed(slack: LocalSlack, client: AsyncWebClient, control: Control) -> None:
    home = {"type": "home", "blocks": [actions(button("refresh", value="1"))]}
    view = (await client.views_publish(user_id=slack.users["olivia"], view=home))["view"]
    payload = (await click_in(control, view["id"], "refresh"))["payload"]

    assert (await control.get("views", user="olivia"))["home"]["id"] == view["id"]
    assert (payload["view"]["type"], payload["actions"][0]["value"]) == ("home", "1")

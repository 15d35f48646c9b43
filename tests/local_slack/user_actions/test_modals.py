"""Submitting and closing modals: what the bot receives, and what its ack does to them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.conftest import without_ack
from tests.local_slack.harness import Control, Json, connected
from tests.local_slack.sample_blocks import (
    actions,
    button,
    plain,
    section,
)
from tests.local_slack.sample_modals import (
    REASON,
    click_in,
    modal,
    opened,
    stack,
    submit,
)

NO_ACK_NOTICE = "We had some trouble connecting. Try again?"
RIGHT = {"reason": "it timed out"}
NEXT = modal(section(), title=plain("Next"))


async def submitted(slack: LocalSlack, client: AsyncWebClient, control: Control, ack_with: Json) -> Json:
    """Open and submit a modal to an app that acks with these arguments."""
    view_id = await opened(client, control, modal(REASON))
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any) -> None:
            await ack(**ack_with)

        return await submit(control, view_id, RIGHT)


async def test_a_submission_carries_what_was_entered_and_closes_the_modal(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    received = list[Json]()
    view_id = await opened(client, control, modal(REASON, private_metadata="hilton"))
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any, body: Json) -> None:
            await ack()
            received.append(body)

        result = await submit(control, view_id, RIGHT)

    (body,) = received
    assert (body["type"], body["user"]["id"]) == ("view_submission", slack.users["olivia"])
    assert (body["view"]["id"], body["view"]["private_metadata"]) == (view_id, "hilton")
    assert body["view"]["state"]["values"] == {"reason": {"a": {"type": "plain_text_input", "value": "it timed out"}}}
    assert "channel" not in body
    assert (result["delivered"], result["acked"], result["closed"]) == (True, True, True)
    assert (result["errors"], result["notice"], result["view"]) == ({}, None, None)
    assert await stack(control) == []


async def test_errors_in_the_ack_stand_at_their_fields_until_the_next_try(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    answers = [{"response_action": "errors", "errors": {"reason": "say more"}}, {}]
    view_id = await opened(client, control, modal(REASON))
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any) -> None:
            await ack(**answers.pop(0))

        first = await submit(control, view_id, RIGHT)
        again = await submit(control, view_id, {})

    assert (first["closed"], first["errors"]) == (False, {"reason": "say more"})
    assert first["view"]["state"]["values"]["reason"]["a"]["value"] == "it timed out"
    assert (again["closed"], again["errors"]) == (True, {})


async def test_an_update_in_the_ack_replaces_the_modal(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    result = await submitted(slack, client, control, {"response_action": "update", "view": NEXT})

    assert (result["closed"], result["view"]["title"]) == (False, plain("Next"))
    assert len(await stack(control)) == 1


async def test_a_push_in_the_ack_lays_a_modal_on_top(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    result = await submitted(slack, client, control, {"response_action": "push", "view": NEXT})
    below, top = await stack(control)

    assert (top["title"], top["previous_view_id"], top["root_view_id"]) == (plain("Next"), below["id"], below["id"])
    assert result["view"]["id"] == top["id"]


async def test_clear_in_the_ack_closes_the_whole_stack(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    root = await opened(client, control, modal(actions(button("more"))))
    trigger_id = (await click_in(control, root, "more"))["payload"]["trigger_id"]
    pushed = (await client.views_push(trigger_id=trigger_id, view=modal(REASON)))["view"]["id"]
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any) -> None:
            await ack(response_action="clear")

        result = await submit(control, pushed, RIGHT)

    assert (result["closed"], result["view"], await stack(control)) == (True, None, [])


@pytest.mark.parametrize(
    ("ack_with", "mistake"),
    [
        ({"text": "thanks"}, "must be a valid enum value [json-pointer:/response_action]"),
        ({"blocks": [section()]}, "must be a valid enum value [json-pointer:/response_action]"),
        ({"response_action": "vanish"}, "must be a valid enum value [json-pointer:/response_action]"),
        (
            {"response_action": "errors", "errors": {"nowhere": "x"}},
            "must name an input block [json-pointer:/errors/nowhere]",
        ),
        (
            {"response_action": "errors", "errors": {"reason": ""}},
            "must provide a string [json-pointer:/errors/reason]",
        ),
        ({"response_action": "update"}, "must provide an object [json-pointer:/view]"),
        (
            {"response_action": "update", "view": {"type": "modal", "blocks": []}},
            "missing required field: title [json-pointer:/view]",
        ),
    ],
)
async def test_an_ack_that_makes_no_sense_leaves_the_modal_open_and_says_so(
    slack: LocalSlack, client: AsyncWebClient, control: Control, ack_with: Json, mistake: str
) -> None:
    result = await submitted(slack, client, control, ack_with)

    assert (result["closed"], result["notice"], result["error"]) == (False, NO_ACK_NOTICE, "dispatch_failed")
    assert mistake in result["ack_errors"][0]


@without_ack
async def test_a_modal_that_is_not_acked_in_time_stays_open(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    view_id = await opened(client, control, modal(REASON))
    too_late = asyncio.Event()
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any) -> None:
            await too_late.wait()
            await ack()

        result = await submit(control, view_id, RIGHT)
        too_late.set()

    assert (result["closed"], result["error"], result["notice"]) == (False, "operation_timeout", NO_ACK_NOTICE)
    assert [view["notice"] for view in await stack(control)] == [NO_ACK_NOTICE]


async def test_without_a_bot_a_submission_fails_at_once(client: AsyncWebClient, control: Control) -> None:
    result = await submit(control, await opened(client, control, modal(REASON)), RIGHT)

    assert (result["error"], result["notice"], result["closed"]) == ("dispatch_failed", NO_ACK_NOTICE, False)


async def test_a_submission_that_waits_cannot_be_repeated(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    view_id = await opened(client, control, modal(REASON))
    seen, go = asyncio.Event(), asyncio.Event()
    async with connected(slack) as app:

        @app.view("split")
        async def take(ack: Any) -> None:
            seen.set()
            await go.wait()
            await ack()

        first = asyncio.create_task(submit(control, view_id, RIGHT))
        await seen.wait()
        status, refusal = await control.post("submit", {"user": "olivia", "view_id": view_id})
        go.set()
        closed = (await first)["closed"]

    assert (status, closed) == (400, True)
    assert refusal["error"] == f"view {view_id} has been submitted already and waits for its ack"


async def closed(client: AsyncWebClient, control: Control, root: Json, every: bool) -> tuple[list[str], Json]:
    """Close the upper of two modals, or both; their ids, and what came of it."""
    below = await opened(client, control, modal(actions(button("more")), **root))
    trigger_id = (await click_in(control, below, "more"))["payload"]["trigger_id"]
    top = (await client.views_push(trigger_id=trigger_id, view=modal(REASON, notify_on_close=True)))["view"]["id"]
    _, result = await control.post("close", {"user": "olivia", "view_id": top, "all": every})
    return [below, top], result


@pytest.mark.parametrize("every", [False, True], ids=["cancel", "the cross"])
async def test_closing_is_told_to_the_app_that_asked_for_it(
    client: AsyncWebClient, control: Control, every: bool
) -> None:
    (below, top), result = await closed(client, control, {"notify_on_close": True}, every)

    payload = result["payload"]
    assert result["closed"] == ([below, top] if every else [top])
    assert payload["type"] == "view_closed"
    assert (payload["view"]["id"], payload["is_cleared"]) == (below if every else top, every)
    assert "reason" not in payload["view"]["state"]["values"]


async def test_the_cross_is_not_told_where_the_root_did_not_ask(client: AsyncWebClient, control: Control) -> None:
    _, result = await closed(client, control, {}, every=True)

    assert (result["delivered"], result["view"], await stack(control)) == (False, None, [])


async def test_cancel_closes_everything_where_the_view_says_so(client: AsyncWebClient, control: Control) -> None:
    below = await opened(client, control, modal(actions(button("more"))))
    trigger_id = (await click_in(control, below, "more"))["payload"]["trigger_id"]
    top = (await client.views_push(trigger_id=trigger_id, view=modal(clear_on_close=True)))["view"]["id"]
    await control.post("close", {"user": "olivia", "view_id": top})

    assert await stack(control) == []


async def test_everybody_has_a_stack_of_their_own(client: AsyncWebClient, control: Control) -> None:
    hers = await opened(client, control, modal(REASON))
    his = await opened(client, control, modal(REASON), user="victor")
    status, refusal = await control.post("submit", {"user": "victor", "view_id": hers, "values": RIGHT})

    assert [[v["id"] for v in await stack(control, user)] for user in ("olivia", "victor", "gus")] == [
        [hers],
        [his],
        [],
    ]
    assert (status, refusal["error"]) == (404, f"victor has no view {hers!r} open; open are: {his}")

"""Modals for the tests: short ways to write them down, open them and look at them."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.local_slack.harness import Control, Json
from tests.local_slack.sample_blocks import option, plain


def field(block_id: str, kind: str, **element: Any) -> Json:
    """A required input block whose element's action id is `a`; `more` goes into the block."""
    more = element.pop("more", {})
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": {"type": kind, "action_id": "a", **element},
        **more,
    }


OPTIONS = [option("old", "Oldest first"), option("new", "Newest first"), option("big", "Biggest first")]
REASON = field("reason", "plain_text_input", min_length=5, max_length=100)
DAYS = field("days", "number_input", action_id="n", is_decimal_allowed=False, min_value="1", max_value="51")


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "split",
        "title": plain("Split hilton"),
        "submit": plain("Split"),
        "blocks": list(blocks),
        **more,
    }


async def opened(client: AsyncWebClient, control: Control, view: Json, user: str = "olivia") -> str:
    """Open a modal for a user; its id."""
    trigger_id = (await control.command("split", user=user))["payload"]["trigger_id"]
    return str((await client.views_open(trigger_id=trigger_id, view=view))["view"]["id"])


async def submit(control: Control, view_id: str, values: Json, user: str = "olivia") -> Json:
    status, body = await control.post("submit", {"user": user, "view_id": view_id, "values": values})
    assert status == 200, body
    return body


async def stack(control: Control, user: str = "olivia") -> list[Json]:
    views: list[Json] = (await control.get("views", user=user))["views"]
    return views


async def click_in(control: Control, view_id: str, action_id: str, **more: Any) -> Json:
    click = {"user": "olivia", "view_id": view_id, "action_id": action_id, **more}
    status, body = await control.post("click", click)
    assert status == 200, body
    return body

"""docs/local-slack.md is true: its examples work, and it names everything there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from local_slack.faults.kinds import AnyFault
from local_slack.web_api.endpoint import METHODS
from tests.local_slack.harness import Control, Json, connected
from tests.local_slack.sample_blocks import actions, button, option
from tests.local_slack.sample_modals import field, modal, opened

DOCS = (Path(__file__).parents[2] / "docs" / "local-slack.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```http\n(GET|POST) (/\S+)\n(.*?)```", DOCS, re.DOTALL)
OPTIONS = [{"text": {"type": "plain_text", "text": "2 hours"}, "value": "2h"}]
BLOCKS: list[Json] = [
    {"type": "actions", "elements": [{"type": "static_select", "action_id": "alert.snooze", "options": OPTIONS}]}
]


ORDER = [option("newest"), option("oldest")]
VIEW = modal(
    field("reason", "plain_text_input"),
    field("order", "static_select", action_id="by", options=ORDER),
    field("who", "external_select", action_id="customer", more={"optional": True}),
    actions(button("windows.show")),
)


def listening(app: AsyncApp) -> None:
    """An app that takes whatever the examples send, and keeps its modal open."""

    @app.command("/backfill")
    @app.action("alert.snooze")
    @app.action("windows.show")
    async def take(ack: Any) -> None:
        await ack()

    @app.view("split")
    async def refuse(ack: Any) -> None:
        await ack(response_action="errors", errors={"reason": "say more"})

    @app.options("customer")
    async def offer(ack: Any) -> None:
        await ack(options=[option("hilton")])


async def test_every_example_of_the_control_api_works(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    ts = (await client.chat_postMessage(channel=team, text="x", blocks=BLOCKS))["ts"]
    statuses = dict[str, int]()
    async with connected(slack) as app:
        listening(app)
        view_id = await opened(client, control, VIEW)
        for method, path, body in EXAMPLES:
            headers = {"Content-Type": "application/json"}
            address, data = path.replace("{ts}", ts), body.replace("{ts}", ts).replace("{view}", view_id)
            async with control.http.request(method, address, data=data or None, headers=headers) as reply:
                statuses[f"{method} {path} {body}"] = reply.status

    assert len(statuses) == len(EXAMPLES) == 19
    assert set(statuses.values()) == {200}


def test_every_fault_is_described() -> None:
    kinds = {get_args(fault.model_fields["fault"].annotation)[0] for fault in get_args(AnyFault)}

    assert {kind for kind in kinds if f"| `{kind}` |" not in DOCS} == set()


def test_every_method_is_named() -> None:
    assert {method for method in METHODS if method not in DOCS} == set()

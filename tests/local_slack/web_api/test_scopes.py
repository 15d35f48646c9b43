"""What an app was not given it may not call; and the workspace as one of an organisation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import (
    Grid,
    LocalSlack,
    Setting,
    SlackSeed,
    User,
)
from local_slack.web_api.endpoint import METHODS
from local_slack.web_api.scopes import NEEDED
from local_slack.workspace.people import SCOPES
from tests.local_slack.conftest import ACKED
from tests.local_slack.harness import Control, Json

OTHERS = dict.fromkeys(("users", "user", "bot", "usergroup", "file", "filename", "trigger_id", "ts"), "x")


@asynccontextmanager
async def workspace(seed: SlackSeed) -> AsyncIterator[tuple[LocalSlack, AsyncWebClient]]:
    async with LocalSlack(setting=Setting(seed=seed, timings=ACKED)) as running:
        yield running, AsyncWebClient(token=running.bot_token, base_url=running.api_url)


async def error(client: AsyncWebClient, method: str, **arguments: Any) -> Json:
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call(method, params=arguments)
    body: Json = refusal.value.response.data
    return body


def test_every_method_has_its_scope() -> None:
    assert set(NEEDED) == set(METHODS)


@pytest.mark.parametrize("method", [method for method, scope in NEEDED.items() if scope])
async def test_without_any_scope_it_is_missing_and_named(method: str) -> None:
    async with workspace(SlackSeed(scopes=("commands",))) as (slack, client):
        refusal = await error(client, method, channel=slack.channels["backfills"], **OTHERS)

    assert (refusal["error"], refusal["provided"]) == ("missing_scope", "commands")
    assert refusal["needed"] == NEEDED[method].replace("*", "channels")


@pytest.mark.parametrize("method", NEEDED)
async def test_with_its_scope_alone_it_is_not_missing(method: str) -> None:
    scopes = (NEEDED[method].replace("*", "channels"),) if NEEDED[method] else ()
    async with workspace(SlackSeed(scopes=scopes)) as (slack, client), aiohttp.ClientSession(slack.url) as http:
        headers = {"Authorization": f"Bearer {client.token}"}
        arguments = {"channel": slack.channels["backfills"], **OTHERS}
        async with http.post(f"/api/{method}", headers=headers, data=arguments) as reply:
            assert (await reply.json()).get("error") != "missing_scope"


async def test_what_is_needed_goes_by_the_kind_of_the_conversation() -> None:
    without = tuple(scope for scope in SCOPES if not scope.startswith(("im:h", "groups:")))
    async with workspace(SlackSeed(scopes=without)) as (slack, client):
        direct = (await client.conversations_open(users=slack.users["gus"]))["channel"]["id"]
        async with aiohttp.ClientSession(slack.url) as http:
            private = {"fault": "channel", "channel": "backfills", "state": "removed_private"}
            await Control(http).fault(**private)
        assert (await error(client, "conversations.history", channel=direct))["needed"] == "im:history"
        assert (await error(client, "conversations.info", channel=slack.channels["backfills"]))[
            "needed"
        ] == "groups:read"
        assert (await error(client, "conversations.list", types="private_channel"))["needed"] == "groups:read"


async def test_the_header_tells_what_was_given() -> None:
    async with workspace(SlackSeed(scopes=("chat:write", "commands"))) as (_slack, client):
        assert (await client.auth_test()).headers["x-oauth-scopes"] == "chat:write,commands"


@pytest.mark.parametrize(
    ("user_team", "team_id"), [("organisation", "E0LOCALORG"), ("absent", None), ("workspace", "T0BACKFILL")]
)
async def test_a_member_of_an_organisation_names_its_workspaces(user_team: Any, team_id: str | None) -> None:
    async with workspace(SlackSeed(grid=Grid(user_team=user_team))) as (slack, client):
        user = (await client.users_info(user=slack.users["olivia"]))["user"]
        whose = await client.auth_test()

    assert user.get("team_id") == team_id
    assert user["enterprise_user"]["teams"] == ["T0BACKFILL"]
    assert (whose["team_id"], whose["enterprise_id"]) == ("T0BACKFILL", "E0LOCALORG")


@pytest.mark.parametrize("is_org_wide", [False, True])
async def test_deliveries_of_an_organisation_name_it(is_org_wide: bool) -> None:
    seed = SlackSeed(grid=Grid(is_org_wide=is_org_wide))
    async with workspace(seed) as (slack, client), aiohttp.ClientSession(slack.url) as http:
        control = Control(http)
        slash = (await control.command("status"))["payload"]
        button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}}
        blocks = [{"type": "actions", "elements": [button]}]
        posted = await client.chat_postMessage(channel=slack.channels["backfills"], text="x", blocks=blocks)
        message = {"channel": posted["channel"], "ts": posted["ts"]}
        click = (await control.click(message, "a"))["payload"]

    assert slash["enterprise_id"] == click["enterprise"]["id"] == click["user"]["team_id"] == "E0LOCALORG"
    assert (slash["is_enterprise_install"], click["is_enterprise_install"]) == (str(is_org_wide).lower(), is_org_wide)
    assert (click["team"] is None) is is_org_wide


async def test_somebody_met_by_slack_connect_is_a_stranger() -> None:
    stranger = User("U0STRANGER", "stan", "Stan", team="T0ELSEWHERE")
    async with workspace(SlackSeed(users=(stranger,), grid=Grid())) as (_slack, client):
        user = (await client.users_info(user=stranger.id))["user"]

    assert (user["team_id"], user["is_stranger"]) == ("T0ELSEWHERE", True)
    assert "enterprise_user" not in user

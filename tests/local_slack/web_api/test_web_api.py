"""The Web API's transport: request shapes, tokens, people, reactions, files, views."""

from __future__ import annotations

import asyncio
import json

import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import Control, Json, refused
from tests.local_slack.sample_blocks import actions, button
from tests.local_slack.sample_modals import click_in


async def test_auth_test_says_who_the_bot_is(slack: LocalSlack, client: AsyncWebClient) -> None:
    who = await client.auth_test()

    assert who["user_id"] == slack.users["backfill"]
    assert (who["bot_id"], who["team_id"]) == ("B0BACKFILL", "T0BACKFILL")
    assert "chat:write" in who.headers["x-oauth-scopes"]


@pytest.mark.parametrize("shape", ["query", "form", "json"])
async def test_arguments_come_in_three_shapes(slack: LocalSlack, control: Control, team: str, shape: str) -> None:
    blocks = [{"type": "divider", "block_id": "b"}]
    words = {"channel": team, "text": "x", "blocks": json.dumps(blocks)}
    shapes: dict[str, Json] = {
        "query": {"params": words},
        "form": {"data": words},
        "json": {"json": words | {"blocks": blocks}},
    }
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with control.http.post("/api/chat.postMessage", headers=headers, **shapes[shape]) as reply:
        body = await reply.json()

    assert body["ok"] is True
    assert body["message"]["blocks"] == blocks


async def test_the_sync_client_is_served_too(slack: LocalSlack) -> None:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    found = await asyncio.to_thread(client.users_info, user=slack.users["gus"])

    assert found["user"]["is_restricted"] is True


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "not_authed"),
        ({"Authorization": "Bearer xoxb-other"}, "invalid_auth"),
        ({"Authorization": "Bearer xapp-1-local-backfill"}, "not_allowed_token_type"),
    ],
)
async def test_tokens_are_checked(control: Control, headers: dict[str, str], code: str) -> None:
    async with control.http.get("/api/auth.test", headers=headers) as reply:
        assert (reply.status, await reply.json()) == (200, {"ok": False, "error": code})


async def test_an_unknown_method_is_named_as_such(client: AsyncWebClient) -> None:
    reply = await refused(client.api_call("chat.shout"))

    assert reply == "unknown_method"


@pytest.mark.parametrize("sent", [b"{", b"[" * 100_000], ids=["unfinished", "endless"])
async def test_a_body_that_is_not_json_is_refused(control: Control, sent: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with control.http.post("/api/auth.test", data=sent, headers=headers) as reply:
        assert (await reply.json())["error"] == "invalid_json"


ENDLESS = "[" * 100_000


@pytest.mark.parametrize("files", [5, True, {"id": "F1"}, [5], [None], ENDLESS], ids=lambda files: repr(files)[:12])
async def test_files_that_are_no_list_of_files_are_refused(client: AsyncWebClient, files: object) -> None:
    call = client.api_call("files.completeUploadExternal", json={"files": files})

    assert await refused(call) == "invalid_arguments"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("blocks", "invalid_blocks_format"),
        ("attachments", "invalid_attachments"),
        ("metadata", "invalid_metadata_format"),
    ],
)
async def test_an_argument_that_is_nested_without_end_is_refused(
    client: AsyncWebClient, team: str, name: str, code: str
) -> None:
    call = client.api_call("chat.postMessage", json={"channel": team, "text": "x", name: ENDLESS})

    assert await refused(call) == code


async def test_users_groups_and_channels_can_be_looked_up(slack: LocalSlack, client: AsyncWebClient) -> None:
    olivia = slack.users["olivia"]
    (group,) = (await client.usergroups_list())["usergroups"]
    members = await client.usergroups_users_list(usergroup=group["id"])
    channels = await client.conversations_list()

    assert (await client.users_info(user=olivia))["user"]["name"] == "olivia"
    assert (group["handle"], group["id"]) == ("data-oncall", slack.user_groups["data-oncall"])
    assert members["users"] == [olivia]
    assert {c["name"]: c["is_member"] for c in channels["channels"]} == {"backfills": True, "general": False}
    assert (await client.conversations_info(channel=slack.channels["backfills"]))["channel"]["name"] == "backfills"
    assert (await client.team_info())["team"]["domain"] == "local"
    assert await refused(client.users_info(user="U404")) == "user_not_found"
    assert await refused(client.usergroups_users_list(usergroup="S404")) == "no_such_subteam"


async def test_users_page_by_cursor(client: AsyncWebClient) -> None:
    names = list[str]()
    async for page in await client.users_list(limit=2):
        names += [member["name"] for member in page["members"]]

    assert sorted(names) == ["backfill", "gus", "olivia", "slackbot", "victor"]


async def test_a_reaction_is_added_once_and_removed_once(client: AsyncWebClient, team: str) -> None:
    ts = (await client.chat_postMessage(channel=team, text="x"))["ts"]
    await client.reactions_add(channel=team, timestamp=ts, name="eyes")
    (reacted,) = (await client.conversations_history(channel=team))["messages"]
    again = await refused(client.reactions_add(channel=team, timestamp=ts, name="eyes"))
    await client.reactions_remove(channel=team, timestamp=ts, name="eyes")
    gone = await refused(client.reactions_remove(channel=team, timestamp=ts, name="eyes"))

    assert reacted["reactions"][0] | {"users": []} == {"name": "eyes", "users": [], "count": 1}
    assert [again, gone] == ["already_reacted", "no_reaction"]


async def test_only_emoji_that_there_are_can_be_reacted_with(client: AsyncWebClient, team: str) -> None:
    ts = (await client.chat_postMessage(channel=team, text="x"))["ts"]
    for name in ("white_check_mark", ":eyes:", "+1::skin-tone-3"):
        await client.reactions_add(channel=team, timestamp=ts, name=name)

    for name in ("green_tick", "thumbs up", "+1::skin-tone-9", "x::y", "::"):
        assert await refused(client.reactions_add(channel=team, timestamp=ts, name=name)) == "invalid_name"


async def test_a_file_is_uploaded_in_three_steps_and_shared(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    uploaded = await client.files_upload_v2(
        channel=team, content=b"\x89PNG\r\n", filename="progress.png", title="Progress", initial_comment="today"
    )
    (message,) = await control.messages()
    async with control.http.get(f"/files/{uploaded['files'][0]['id']}") as reply:
        content = await reply.read()

    assert (message["text"], message["files"][0]["title"]) == ("today", "Progress")
    assert content == b"\x89PNG\r\n"


async def test_a_file_for_a_thread_that_is_gone_is_shared_in_the_channel(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.files_upload_v2(channel=team, thread_ts="1.000000", content=b"x", filename="x.txt")

    (message,) = await control.messages()
    assert message["files"][0]["name"] == "x.txt"


MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Split"}, "blocks": [actions(button("more"))]}


async def trigger(control: Control) -> str:
    return str((await control.command("split"))["payload"]["trigger_id"])


async def inner_trigger(control: Control, view_id: str) -> str:
    """Of a click inside a modal: only such a trigger can push."""
    return str((await click_in(control, view_id, "more"))["payload"]["trigger_id"])


async def test_a_trigger_opens_one_modal(client: AsyncWebClient, control: Control) -> None:
    used = await trigger(control)
    view = (await client.views_open(trigger_id=used, view=MODAL))["view"]
    again = await refused(client.views_open(trigger_id=used, view=MODAL))
    unknown = await refused(client.views_open(trigger_id="1.2.x", view=MODAL))

    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert view["state"] == {"values": {}}
    assert [again, unknown] == ["exchanged_trigger_id", "invalid_trigger_id"]


async def test_a_stack_of_modals_is_three_deep(client: AsyncWebClient, control: Control) -> None:
    root = (await client.views_open(trigger_id=await trigger(control), view=MODAL))["view"]
    second = (await client.views_push(trigger_id=await inner_trigger(control, root["id"]), view=MODAL))["view"]
    third = (await client.views_push(trigger_id=await inner_trigger(control, second["id"]), view=MODAL))["view"]
    fourth = await refused(client.views_push(trigger_id=await inner_trigger(control, third["id"]), view=MODAL))

    assert (second["root_view_id"], second["previous_view_id"]) == (root["id"], root["id"])
    assert (third["root_view_id"], third["previous_view_id"]) == (root["id"], second["id"])
    assert fourth == "push_limit_reached"


async def test_a_stale_hash_does_not_overwrite_a_view(client: AsyncWebClient, control: Control) -> None:
    view = (await client.views_open(trigger_id=await trigger(control), view=MODAL))["view"]
    fresh = (await client.views_update(view_id=view["id"], view=MODAL, hash=view["hash"]))["view"]
    stale = await refused(client.views_update(view_id=view["id"], view=MODAL, hash=view["hash"]))
    unknown = await refused(client.views_update(view_id="V404", view=MODAL))

    assert fresh["id"] == view["id"]
    assert [stale, unknown] == ["hash_conflict", "not_found"]


async def test_a_home_is_published_for_a_user(slack: LocalSlack, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    view = (await client.views_publish(user_id=slack.users["olivia"], view=home))["view"]

    assert view["type"] == "home"

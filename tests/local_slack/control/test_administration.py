"""Who people are and who is in a group may change, and the app is told of it; what a workspace has not paid for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, SlackSeed
from tests.local_slack.conftest import ACKED
from tests.local_slack.harness import (
    Control,
    Json,
    connected,
    eventually,
    refused,
)


async def changed(control: Control, what: str, **fields: Any) -> Json:
    status, body = await control.post(what, fields)
    assert status == 200, body
    return body


async def news(control: Control, kind: str) -> list[Json]:
    deliveries = (await control.get("deliveries"))["deliveries"]
    return [
        delivery["payload"]["event"]
        for delivery in deliveries
        if delivery["payload"].get("event", {}).get("type") == kind
    ]


async def test_a_guest_who_becomes_a_member_is_one_from_then_on_and_the_app_is_told(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    async with connected(slack):
        await changed(control, "user", user="gus", is_guest=False)
        await eventually(lambda: _came(control, "user_change"))
    (event, *_) = await news(control, "user_change")
    gus = (await client.users_info(user=slack.users["gus"]))["user"]

    assert gus["is_restricted"] is False
    assert event["user"] == gus


async def test_who_leaves_a_group_is_in_it_no_more_and_the_app_is_told(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    group = slack.user_groups["data-oncall"]
    async with connected(slack):
        await changed(control, "group", group="data-oncall", members=["victor"])
        await eventually(lambda: _came(control, "subteam_members_changed"))
    (event, *_) = await news(control, "subteam_members_changed")

    assert (await client.usergroups_users_list(usergroup=group))["users"] == [slack.users["victor"]]
    assert (event["subteam_id"], event["added_users"]) == (group, [slack.users["victor"]])
    assert event["removed_users"] == [slack.users["olivia"]]


async def _came(control: Control, kind: str) -> bool:
    return bool(await news(control, kind))


async def test_who_is_deactivated_is_shown_as_that(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    await changed(control, "user", user="victor", is_deleted=True)

    assert (await client.users_info(user=slack.users["victor"]))["user"]["deleted"] is True
    assert await refused(client.conversations_open(users=slack.users["victor"])) == "user_disabled"


async def test_nobody_else_is_changed(control: Control) -> None:
    assert (await control.post("user", {"user": "nobody"}))[0] == 404
    assert (await control.post("group", {"group": "nobodies", "members": []}))[0] == 404
    assert (await control.post("group", {"group": "data-oncall", "members": ["nobody"]}))[0] == 404
    assert (await control.post("user", {"user": "gus", "is_king": True}))[0] == 400


@pytest.fixture
async def poor() -> AsyncIterator[LocalSlack]:
    seed = SlackSeed(has_user_groups=False, events=())
    async with LocalSlack(setting=Setting(seed=seed, timings=ACKED)) as running:
        yield running


async def test_a_workspace_that_does_not_pay_has_no_user_groups(poor: LocalSlack) -> None:
    client = AsyncWebClient(token=poor.bot_token, base_url=poor.api_url)

    assert await refused(client.usergroups_list()) == "plan_upgrade_required"
    assert await refused(client.usergroups_users_list(usergroup="S0DATAONCL")) == "plan_upgrade_required"


async def test_an_app_that_is_not_subscribed_is_told_nothing(poor: LocalSlack) -> None:
    async with aiohttp.ClientSession(poor.url) as http:
        await changed(Control(http), "user", user="gus", is_guest=False)
        deliveries = (await Control(http).get("deliveries"))["deliveries"]

    assert deliveries == []

"""The check of token, scopes and channel: one line when well, a line for each problem when not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack import SlackChannel, check_app_token, check_clock
from bot.errors import Refused
from bot.manifest import BOT_SCOPES
from tests.adapters.slack.canned import Answer, Canned, canned_slack

WHO = {"ok": True, "user": "backfill", "team": "Local", "bot_id": "B1"}


@pytest.fixture
async def canned() -> AsyncIterator[Canned]:
    async with canned_slack() as running:
        yield running


def _scopes(*scopes: str) -> dict[str, str]:
    return {"X-OAuth-Scopes": ",".join(scopes)}


def _channel(**facts: Any) -> Answer:
    return Answer({"ok": True, "channel": {"id": "C1", "name": "backfills", "is_member": True} | facts})


async def _check(canned: Canned) -> str:
    return await SlackChannel(canned.client, "C1").check()


async def _problems(canned: Canned) -> list[str]:
    with pytest.raises(Refused) as caught:
        await _check(canned)
    return caught.value.why.splitlines()


async def test_all_well_names_workspace_and_channel(canned: Canned) -> None:
    canned.on("auth.test", Answer(WHO, headers=_scopes(*BOT_SCOPES, "files:write")))
    canned.on("conversations.info", _channel())

    assert await _check(canned) == "backfill in workspace Local, channel #backfills"


async def test_each_missing_scope_is_a_line(canned: Canned) -> None:
    granted = [scope for scope in BOT_SCOPES if scope not in {"chat:write", "users:read"}]
    canned.on("auth.test", Answer(WHO, headers=_scopes(*granted)))
    canned.on("conversations.info", _channel())

    chat, users = await _problems(canned)

    assert chat.startswith("scope chat:write is missing: ")
    assert users.startswith("scope users:read is missing: ")


async def test_a_scope_that_the_bot_does_without_is_told_and_fails_nothing(canned: Canned) -> None:
    optional = ("app_mentions:read", "im:history", "im:write")
    granted = [scope for scope in BOT_SCOPES if scope not in optional]
    canned.on("auth.test", Answer(WHO, headers=_scopes(*granted)))
    canned.on("conversations.info", _channel())

    where, *lines = (await _check(canned)).split("; ")

    assert where == "backfill in workspace Local, channel #backfills"
    assert [line.partition(" is missing: add it")[0] for line in lines] == [f"scope {each}" for each in optional]


async def test_a_slack_that_does_not_tell_scopes_is_believed(canned: Canned) -> None:
    canned.on("auth.test", Answer(WHO))
    canned.on("conversations.info", _channel())

    assert await _check(canned)


async def test_a_channel_without_the_bot_says_to_invite_it(canned: Canned) -> None:
    canned.on("auth.test", Answer(WHO))
    canned.on("conversations.info", _channel(is_member=False))

    assert await _problems(canned) == ["the bot is not in #backfills: invite it there with /invite @backfill"]


async def test_an_archived_channel_says_so(canned: Canned) -> None:
    canned.on("auth.test", Answer(WHO))
    canned.on("conversations.info", _channel(is_archived=True))

    (problem,) = await _problems(canned)

    assert "#backfills is archived" in problem


async def test_scopes_and_channel_are_both_told_at_once(canned: Canned) -> None:
    missing, *granted = (scope for scope in BOT_SCOPES if scope != "app_mentions:read")
    canned.on("auth.test", Answer(WHO, headers=_scopes(*granted)))
    canned.on("conversations.info", Answer({"ok": False, "error": "channel_not_found"}))

    scope, channel = await _problems(canned)

    assert missing in scope
    assert "channel_not_found" in channel
    assert "[slack] channel" in channel


async def test_a_wrong_token_is_told_without_asking_further(canned: Canned) -> None:
    canned.on("auth.test", Answer({"ok": False, "error": "invalid_auth"}))

    (problem,) = await _problems(canned)

    assert "SLACK_BOT_TOKEN" in problem
    assert canned.calls == ["auth.test"]


async def test_an_app_level_token_that_gets_a_connection_is_well(canned: Canned) -> None:
    canned.on("apps.connections.open", Answer({"ok": True, "url": "wss://127.0.0.1/link/?ticket=1"}))

    assert "granted" in await check_app_token(canned.client, "xapp-secret-token")


@pytest.mark.parametrize("code", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
async def test_a_wrong_app_level_token_says_which_variable_to_mend(canned: Canned, code: str) -> None:
    canned.on("apps.connections.open", Answer({"ok": False, "error": code}))

    with pytest.raises(Refused) as caught:
        await check_app_token(canned.client, "xapp-secret-token")

    assert f"{code}; put an app-level token with connections:write" in caught.value.why
    assert "SLACK_APP_TOKEN" in caught.value.why
    assert "SLACK_BOT_TOKEN" not in caught.value.why
    assert "secret" not in str(caught.value)


THEN = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)
TOLD = {"Date": "Sun, 22 Feb 2026 09:00:00 GMT"}


@pytest.mark.parametrize("seconds", [-30, 0, 30])
async def test_a_clock_near_slacks_is_right(canned: Canned, seconds: int) -> None:
    canned.on("auth.test", Answer(WHO, headers=TOLD))

    shown = await check_clock(canned.client, lambda: THEN + timedelta(seconds=seconds))

    assert shown == "within 30 s of Slack's"


@pytest.mark.parametrize(("seconds", "side"), [(360, "360 s ahead of"), (-90, "90 s behind")])
async def test_a_clock_that_is_off_is_told_with_how_far(canned: Canned, seconds: int, side: str) -> None:
    canned.on("auth.test", Answer(WHO, headers=TOLD))

    with pytest.raises(Refused, match=f"this machine's clock is {side} Slack's"):
        await check_clock(canned.client, lambda: THEN + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "answer", [Answer(WHO, headers={"Date": "soon"}), Answer({"ok": False, "error": "invalid_auth"})]
)
async def test_a_slack_that_tells_no_time_says_nothing_about_the_clock(canned: Canned, answer: Answer) -> None:
    canned.on("auth.test", answer)

    assert (await check_clock(canned.client, lambda: THEN)).startswith("not known")

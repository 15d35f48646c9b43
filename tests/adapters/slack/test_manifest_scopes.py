"""The manifest asks for the scopes of the methods that the bot calls, and for no others."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.slack import SlackChannel, SlackFiles, SlackModals, SlackPeople, check_clock, slack_client
from bot.manifest import BOT_SCOPES, LINK_SCOPES
from bot.message import Document, HomeTab, Message
from bot.model import Address
from bot.wiring import steady_now, utc_now
from local_slack import LocalSlack, Setting, SlackSeed
from local_slack.web_api.scopes import NEEDED
from tests.adapters.slack.conftest import now
from tests.adapters.slack.shown import SPLITTING, do, read_control

ADAPTERS = Path(__file__).parents[3] / "bot" / "adapters" / "slack"
# By no method: they let the app have its slash command, and hear mentions and direct messages.
HEARS = {"commands", "app_mentions:read", "im:history", "links:read"}


def called() -> set[str]:
    texts = "".join(path.read_text() for path in ADAPTERS.glob("*.py"))
    return set(re.findall(r'translate_errors\("([^"]+)"\)', texts))


def needed(method: str) -> set[str]:
    """Of conversations, for public and private ones: what the team's channel may be. Direct messages are read to find
    one again, too."""
    scope = NEEDED[method]
    direct = {"im"} if method == "conversations.history" else set()
    return {scope.replace("*", kind) for kind in {"channels", "groups"} | direct} - {""}


def test_the_manifest_asks_for_what_is_called_and_for_nothing_else() -> None:
    assert {scope for method in called() for scope in needed(method)} | HEARS == {*BOT_SCOPES, *LINK_SCOPES}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """An app that has exactly what the manifest asks for."""
    async with LocalSlack(
        setting=Setting(seed=SlackSeed(scopes=(*BOT_SCOPES, *LINK_SCOPES), unfurl_domains=("example.com",)))
    ) as running:
        yield running


async def test_with_the_scopes_of_the_manifest_everything_works(slack: LocalSlack) -> None:
    client = slack_client(slack.bot_token, slack.api_url, steady_now)
    team, olivia = slack.channels["backfills"], slack.users["olivia"]
    channel, modals, people = SlackChannel(client, team), SlackModals(client, team), SlackPeople(client, utc_now)
    typed = await do(slack, "command", user="olivia", channel="backfills", text="split hilton")
    view_id = await modals.open(typed["payload"]["trigger_id"], SPLITTING)
    await modals.update(view_id, SPLITTING)
    await modals.publish(olivia, HomeTab(()))
    await modals.whisper(olivia, Message("psst"))
    await SlackModals(client, slack.channels["general"]).whisper(olivia, Message("psst"))
    await people.person(olivia)
    await people.members(slack.user_groups["data-oncall"])
    assert (await people.installation()).app == "A0BACKFILL"
    root = await channel.post(Message("root"), "root")
    await channel.edit(root, Message("root, edited"), "root")
    await channel.find("reply", now(), root)
    await channel.permalink(root)
    await channel.post(Message("done"), "notify", channel=olivia)
    await channel.find("notify", now(), channel=olivia)
    await SlackFiles(client, team).send(olivia, Document("log.md", "Log", "# Log"))
    shared = await do(slack, "message", user="olivia", channel="backfills", text="https://example.com/x")
    card = Message("hilton", ({"type": "section", "text": {"type": "mrkdwn", "text": "hilton"}},))
    await channel.unfurl(Address(team, shared["message"]["ts"]), {"https://example.com/x": card})
    await check_clock(client, utc_now)
    assert "missing" not in await channel.check()

    calls = (await read_control(slack, "calls"))["calls"]
    assert [call["method"] for call in calls if call["reply"].get("error")] == ["chat.postEphemeral"]
    assert {call["method"] for call in calls} >= called() - {"chat.delete"}

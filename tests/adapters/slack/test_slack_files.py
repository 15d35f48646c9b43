"""Files over a local Slack: what people get, and what happens where the app may not upload."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackChannel, SlackFiles, slack_client
from bot.errors import AccessDenied, Refused, Unavailable
from bot.manifest import BOT_SCOPES
from bot.message import Document, Message
from bot.wiring import steady_now
from local_slack import LocalSlack, Setting, SlackSeed
from tests.adapters.slack.shown import read_control

LOG = Document("operations-log-2026-02-22.md", "Operations log of 2026-02-22", "# Log\n\n89 of 95 · “ok”\n")


async def _messages(slack: LocalSlack, channel: str = "backfills") -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (await read_control(slack, "messages", channel=channel))["messages"]
    return messages


async def _content(file: dict[str, Any]) -> str:
    async with aiohttp.ClientSession() as http, http.get(file["url_private"]) as reply:
        return (await reply.read()).decode()


@pytest.fixture
def files(slack: LocalSlack) -> SlackFiles:
    return SlackFiles(slack_client(slack.bot_token, slack.api_url, steady_now), slack.channels["backfills"])


async def test_a_shared_file_is_in_the_team_channel_byte_for_byte(slack: LocalSlack, files: SlackFiles) -> None:
    await files.share(LOG)

    (message,) = await _messages(slack)
    (file,) = message["files"]
    assert (file["name"], file["title"]) == (LOG.name, LOG.title)
    assert await _content(file) == LOG.text


async def test_a_file_that_is_shared_in_a_thread_is_not_in_the_channel(slack: LocalSlack, files: SlackFiles) -> None:
    client = slack_client(slack.bot_token, slack.api_url, steady_now)
    digest = await SlackChannel(client, slack.channels["backfills"]).post(Message("digest"), "digest:1")
    await files.share(LOG, digest)

    thread = await read_control(slack, "messages", channel="backfills", thread_ts=digest.ts)
    (root,) = await _messages(slack)
    assert root["ts"] == digest.ts
    assert [file["name"] for message in thread["messages"] for file in message.get("files", [])] == [LOG.name]


async def test_a_file_that_the_channel_posts_has_its_summary_and_the_key_in_its_name(slack: LocalSlack) -> None:
    client = slack_client(slack.bot_token, slack.api_url, steady_now)
    await SlackChannel(client, slack.channels["backfills"]).post(
        Message("89 of 95 complete", document=LOG), "report:1"
    )

    (message,) = await _messages(slack)
    stem, fingerprint, suffix = message["files"][0]["name"].split(".")
    assert message["text"] == "89 of 95 complete"
    assert (stem, len(fingerprint), suffix) == ("operations-log-2026-02-22", 12, "md")


async def test_without_the_scope_a_message_comes_without_its_file_and_files_alone_are_refused() -> None:
    scopes = tuple(scope for scope in BOT_SCOPES if scope != "files:write")
    async with LocalSlack(setting=Setting(seed=SlackSeed(scopes=scopes))) as slack:
        client = slack_client(slack.bot_token, slack.api_url, steady_now)
        await SlackChannel(client, slack.channels["backfills"]).post(Message("89 of 95", document=LOG), "report:1")
        files = SlackFiles(client, slack.channels["backfills"])
        with pytest.raises(Refused, match="files:write") as refused:
            await files.share(LOG)
        with pytest.raises(Refused, match="files:write"):
            await files.upload(b"\x89PNG\r\n", "calendar.png", "51 days")

        (message,) = await _messages(slack)
    assert message["text"] == "89 of 95"
    assert not message.get("files")
    assert not isinstance(refused.value, AccessDenied)


async def test_an_upload_that_slack_does_not_take_is_unavailable(slack: LocalSlack, files: SlackFiles) -> None:
    await slack_fault(slack, fault="http_error", method="files.completeUploadExternal", status=503)

    with pytest.raises(Unavailable):
        await files.share(LOG)


async def test_an_alternative_text_that_is_longer_than_slack_takes_is_cut(
    slack: LocalSlack, client: AsyncWebClient, files: SlackFiles
) -> None:
    file_id = await files.upload(b"\x89PNG\r\n", "calendar.png", "x" * 2_000)

    assert (await client.files_info(file=file_id))["file"]["alt_txt"] == "x" * 1_000


async def slack_fault(slack: LocalSlack, **fault: Any) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{slack.url}_control/faults", json=fault) as reply:
        assert reply.status == 200, await reply.text()

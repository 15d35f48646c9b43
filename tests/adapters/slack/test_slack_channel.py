"""SlackChannel over a local Slack: what is on the wire, lost replies, long histories."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack import PacedClient, SlackChannel, slack_client
from bot.adapters.slack.channel import FILE_SEARCHES, MOST_PAGES, PAGE
from bot.errors import NoAnswer, NotFound, RateLimited, Refused, Unavailable
from bot.message import Document, Message
from bot.model import Address
from local_slack import UNLIMITED, LocalSlack, Setting
from tests.adapters.slack.canned import Answer, Canned, canned_slack
from tests.adapters.slack.conftest import now
from tests.fakes.fast_clock import FastClock

HELLO = Message("hilton is struggling", ({"type": "section", "text": {"type": "mrkdwn", "text": "*hilton*"}},))
LOG = Message("89 of 95 complete", document=Document("log-2026-02-22.md", "Operations log", "# Log\n"))
EARLIER = timedelta(minutes=1)


async def _fault(slack: LocalSlack, **fault: Any) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{slack.url}_control/faults", json=fault) as reply:
        assert reply.status == 200, await reply.text()


async def _history(slack: LocalSlack, client: PacedClient) -> list[dict[str, Any]]:
    answer = await client.conversations_history(channel=slack.channels["backfills"], include_all_metadata=True)
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


async def test_a_message_arrives_with_its_text_blocks_and_key(
    slack: LocalSlack, client: PacedClient, channel: SlackChannel
) -> None:
    await channel.post(HELLO, "episode:1")
    (posted,) = await _history(slack, client)

    assert posted["text"] == "hilton is struggling"
    assert posted["blocks"][0]["text"]["text"] == "*hilton*"
    assert posted["metadata"] == {"event_type": "backfill_bot", "event_payload": {"key": "episode:1"}}


async def test_an_edit_replaces_text_and_blocks(
    slack: LocalSlack, client: PacedClient, channel: SlackChannel
) -> None:
    address = await channel.post(HELLO, "episode:1")
    await channel.edit(address, Message("hilton is complete"), "episode:1")
    (posted,) = await _history(slack, client)

    assert posted["text"] == "hilton is complete"
    assert not posted.get("blocks")
    assert posted["metadata"]["event_payload"] == {"key": "episode:1"}


async def test_a_reply_is_in_its_thread_and_a_broadcast_one_in_the_channel_too(
    slack: LocalSlack, client: PacedClient, channel: SlackChannel
) -> None:
    root = await channel.post(HELLO, "root")
    await channel.post(Message("quiet"), "quiet", root)
    await channel.post(Message("loud"), "loud", root, broadcast=True)
    replies = await client.conversations_replies(channel=root.channel, ts=root.ts)

    assert [posted["text"] for posted in replies["messages"]] == ["hilton is struggling", "quiet", "loud"]
    assert sorted(posted["text"] for posted in await _history(slack, client)) == ["hilton is struggling", "loud"]


async def test_a_post_whose_reply_was_lost_is_found_by_its_key(slack: LocalSlack, channel: SlackChannel) -> None:
    since = now() - EARLIER
    await _fault(slack, fault="lost_reply", method="chat.postMessage")
    with pytest.raises(Unavailable):
        await channel.post(HELLO, "episode:1")

    assert await channel.find("episode:1", since) is not None


async def test_a_post_that_never_happened_is_not_found(slack: LocalSlack, channel: SlackChannel) -> None:
    since = now() - EARLIER
    await _fault(slack, fault="http_error", method="chat.postMessage", status=503)
    with pytest.raises(Unavailable):
        await channel.post(HELLO, "episode:1")

    assert await channel.find("episode:1", since) is None


async def test_a_rate_limit_says_how_long_to_wait(slack: LocalSlack, channel: SlackChannel) -> None:
    await _fault(slack, fault="ratelimited", method="chat.postMessage", retry_after=9)

    with pytest.raises(RateLimited) as caught:
        await channel.post(HELLO, "episode:1")

    assert caught.value.retry_after == timedelta(seconds=9)


async def test_blocks_that_slack_refuses_are_refused_with_the_place(channel: SlackChannel) -> None:
    too_long = Message("too long", ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},))

    with pytest.raises(Refused, match=r"invalid_blocks .*json-pointer:/blocks/0/text"):
        await channel.post(too_long, "episode:1")


async def test_a_channel_without_the_bot_says_to_invite_it(slack: LocalSlack, client: PacedClient) -> None:
    elsewhere = SlackChannel(client, slack.channels["general"])

    with pytest.raises(Refused, match="/invite @backfill"):
        await elsewhere.post(HELLO, "episode:1")


async def test_a_message_pages_ago_is_found() -> None:
    since = now() - EARLIER
    async with LocalSlack(setting=Setting(limits=UNLIMITED)) as slack:
        client = slack_client(slack.bot_token, slack.api_url, FastClock())
        channel = SlackChannel(client, slack.channels["backfills"])
        address = await channel.post(HELLO, "episode:1")
        for _ in range(PAGE + 5):
            await client.chat_postMessage(channel=slack.channels["backfills"], text="chatter")
        found = await channel.find("episode:1", since)

    assert found == address


async def test_a_history_without_end_is_given_up_and_not_taken_for_nothing() -> None:
    page = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "more"}}
    async with canned_slack(FastClock()) as canned:
        canned.on("auth.test", Answer({"ok": True, "bot_id": "B1"}))
        canned.on("conversations.history", Answer(page))
        with pytest.raises(Refused, match="to look through"):
            await SlackChannel(canned.client, "C1").find("episode:1", now())

    assert canned.calls.count("conversations.history") == MOST_PAGES


async def test_only_the_bots_own_message_with_exactly_the_key_is_found() -> None:
    def posted(ts: str, bot_id: str, metadata: Any) -> dict[str, Any]:
        return {"ts": ts, "text": "x", "bot_id": bot_id, "metadata": metadata}

    ours = {"event_type": "backfill_bot", "event_payload": {"key": "k"}}
    messages = [
        {"ts": "1.0", "text": "a person's"},
        posted("2.0", "B2", ours),
        posted("3.0", "B1", {"event_type": "another", "event_payload": {"key": "k"}}),
        posted("4.0", "B1", {"event_type": "backfill_bot", "event_payload": {"key": ["k"]}}),
        posted("5.0", "B1", {"event_type": "backfill_bot"}),
        posted("6.0", "B1", None),
        posted("7.0", "B1", ours),
    ]
    async with canned_slack() as canned:
        canned.on("auth.test", Answer({"ok": True, "bot_id": "B1"}))
        canned.on("conversations.history", Answer({"ok": True, "messages": messages}))
        found = await SlackChannel(canned.client, "C1").find("k", now())

    assert found is not None
    assert found.ts == "7.0"


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": "x"}])
async def test_an_answer_that_does_not_tell_where_a_reply_stands_is_no_answer(body: dict[str, Any]) -> None:
    async with canned_slack() as canned:
        canned.on("chat.postMessage", Answer({"ok": True, "channel": "C1", "ts": "2.0"} | body))
        with pytest.raises(Unavailable, match="where the reply stands"):
            await SlackChannel(canned.client, "C1").post(HELLO, "reply", Address("C1", "1.0"))

    assert canned.calls == ["chat.postMessage"]


async def test_a_reply_in_another_thread_than_asked_for_is_a_stray_as_well() -> None:
    posted = {"ok": True, "channel": "C1", "ts": "2.0", "message": {"thread_ts": "2.0"}}
    async with canned_slack() as canned:
        canned.on("chat.postMessage", Answer(posted))
        canned.on("chat.delete", Answer({"ok": True}))
        with pytest.raises(NotFound):
            await SlackChannel(canned.client, "C1").post(HELLO, "reply", Address("C1", "1.0"))

    assert canned.calls == ["chat.postMessage", "chat.delete"]


async def test_nothing_is_left_in_the_channel_when_a_thread_is_gone(
    slack: LocalSlack, client: PacedClient, channel: SlackChannel
) -> None:
    with pytest.raises(NotFound):
        await channel.post(HELLO, "reply", Address(slack.channels["backfills"], "1.000000"), broadcast=True)

    assert await _history(slack, client) == []


def _takes_files(canned: Canned) -> None:
    """Let the server take every file, and show none."""
    place = f"{canned.client.base_url}upload"
    canned.on("files.getUploadURLExternal", Answer({"ok": True, "upload_url": place, "file_id": "F1"}))
    canned.on("upload", Answer(text="OK", content_type="text/plain"))
    canned.on("files.completeUploadExternal", Answer({"ok": True, "files": [{"id": "F1"}]}))
    canned.on("auth.test", Answer({"ok": True, "bot_id": "B1"}))


@pytest.mark.parametrize("thread", [None, Address("C1", "1.0")])
async def test_a_file_that_does_not_show_in_a_long_history_may_still_appear(
    thread: Address | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.channel.SEARCH_EVERY_SECONDS", 0)
    page = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "more"}}
    async with canned_slack(FastClock()) as canned:
        _takes_files(canned)
        canned.on("conversations.history", Answer(page))
        canned.on("conversations.replies", Answer(page))
        with pytest.raises(NoAnswer):
            await SlackChannel(canned.client, "C1").post(LOG, "report:1", thread)

    assert "chat.postMessage" not in canned.calls
    assert canned.calls.count("conversations.history") == FILE_SEARCHES


@pytest.mark.parametrize(
    "error", ["not_in_channel", "channel_not_found", "invalid_arguments", "something_new", "ratelimited"]
)
async def test_a_file_that_slack_has_taken_is_not_posted_again_when_the_search_for_it_fails(error: str) -> None:
    async with canned_slack(FastClock()) as canned:
        _takes_files(canned)
        canned.on("conversations.history", Answer({"ok": False, "error": error}))
        with pytest.raises(NoAnswer):
            await SlackChannel(canned.client, "C1").post(LOG, "report:1")

    assert "chat.postMessage" not in canned.calls

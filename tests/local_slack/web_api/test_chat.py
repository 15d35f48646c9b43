"""chat.*, threads and history, through the real web client."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import Control, Json, refused


async def test_a_message_gets_a_timestamp_of_its_own_and_its_blocks_get_ids(
    slack: LocalSlack, client: AsyncWebClient, team: str
) -> None:
    posted = [await client.chat_postMessage(channel=team, text="x", blocks=[{"type": "divider"}]) for _ in range(9)]

    message = posted[0]["message"]
    assert len({reply["ts"] for reply in posted}) == 9
    assert (message["user"], message["bot_id"]) == (slack.users["backfill"], "B0BACKFILL")
    assert message["blocks"][0]["block_id"]


async def test_metadata_is_returned_only_when_asked_for(client: AsyncWebClient, team: str) -> None:
    metadata = {"event_type": "outbox", "event_payload": {"key": "digest-1"}}
    await client.chat_postMessage(channel=team, text="x", metadata=metadata)
    without = await client.conversations_history(channel=team)
    with_it = await client.conversations_history(channel=team, include_all_metadata=True)

    assert "metadata" not in without["messages"][0]
    assert with_it["messages"][0]["metadata"] == metadata


async def test_replies_are_counted_on_their_root_and_stay_out_of_the_channel(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    await client.chat_postMessage(channel=team, thread_ts=root, text="first")
    last = await client.chat_postMessage(channel=team, thread_ts=root, text="second", reply_broadcast=True)
    history = (await client.conversations_history(channel=team))["messages"]
    thread = (await client.conversations_replies(channel=team, ts=root))["messages"]

    assert [m["text"] for m in history] == ["second", "root"]
    assert [m["text"] for m in thread] == ["root", "first", "second"]
    assert (thread[0]["reply_count"], thread[0]["latest_reply"]) == (2, last["ts"])
    assert thread[2]["subtype"] == "thread_broadcast"
    assert [m["text"] for m in await control.messages()] == ["root", "second"]
    assert [m["text"] for m in await control.messages(thread_ts=root)] == ["root", "first", "second"]


async def test_a_reply_cannot_be_replied_to(client: AsyncWebClient, team: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=team, thread_ts=root, text="reply"))["ts"]

    refusal = await refused(client.chat_postMessage(channel=team, thread_ts=reply, text="x"))
    assert refusal == "cannot_reply_to_message"


@pytest.mark.parametrize("broadcast", [False, True])
async def test_a_reply_to_what_is_not_there_falls_into_the_channel(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str, broadcast: bool
) -> None:
    alone = (await client.chat_postMessage(channel=team, text="alone"))["ts"]
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    await client.chat_postMessage(channel=team, thread_ts=root, text="reply")
    for ts in (alone, root):
        await client.chat_delete(channel=team, ts=ts)
    seen_by_one = (await client.chat_postEphemeral(channel=team, user=slack.users["gus"], text="psst"))["message_ts"]

    for number, thread_ts in enumerate(("1.000000", alone, root, seen_by_one)):
        answer = await client.chat_postMessage(
            channel=team, thread_ts=thread_ts, text=f"stray {number}", reply_broadcast=broadcast
        )
        assert "thread_ts" not in answer["message"]
    history = (await client.conversations_history(channel=team))["messages"]
    assert [m["text"] for m in history[:4]] == ["stray 3", "stray 2", "stray 1", "stray 0"]
    assert len(await control.messages(thread_ts=root)) == 2


async def test_an_ephemeral_reply_to_what_is_not_there_is_shown_nowhere(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    user = slack.users["gus"]
    answer = await client.chat_postEphemeral(channel=team, user=user, text="psst", thread_ts="1.000000")

    assert answer["message_ts"]
    assert await control.messages() == []


METADATA = {"event_type": "outbox", "event_payload": {"key": "k"}}
OLD: Json = {
    "text": "old",
    "blocks": [{"type": "divider", "block_id": "b"}],
    "attachments": [{"text": "below"}],
    "metadata": METADATA,
}
NEW_BLOCKS = [{"type": "divider", "block_id": "new"}]
NEW_METADATA = {"event_type": "outbox", "event_payload": {}}


NO_BLOCKS: Json = {"blocks": []}
NO_ATTACHMENTS: Json = {"attachments": []}
NO_METADATA: Json = {"metadata": {}}
OTHERS: Json = {"attachments": [{"text": "x"}]}
DRAWN: Json = {"text": "new", "blocks": NEW_BLOCKS}


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        ({"text": "new"}, {"text": "new"} | NO_BLOCKS | NO_ATTACHMENTS),
        ({"text": "new"} | NO_BLOCKS, {"text": "new"} | NO_BLOCKS | NO_ATTACHMENTS),
        ({"text": "new"} | OTHERS, {"text": "new"} | NO_BLOCKS | OTHERS),
        (DRAWN, DRAWN | NO_ATTACHMENTS),
        (DRAWN | NO_METADATA, DRAWN | NO_ATTACHMENTS | {"metadata": None}),
        ({"blocks": NEW_BLOCKS}, {"blocks": NEW_BLOCKS}),
        (NO_ATTACHMENTS, NO_ATTACHMENTS),
        (OTHERS, OTHERS),
        ({"metadata": NEW_METADATA}, {"metadata": NEW_METADATA}),
        (NO_METADATA, {"metadata": None}),
    ],
)
async def test_an_edit_by_text_takes_away_what_it_does_not_name_and_any_other_keeps_it(
    client: AsyncWebClient, team: str, edit: Json, left: Json
) -> None:
    ts = (await client.chat_postMessage(channel=team, **OLD))["ts"]
    answer = await client.api_call("chat.update", json={"channel": team, "ts": ts, **edit})
    (shown,) = (await client.conversations_history(channel=team, include_all_metadata=True))["messages"]

    nothing: Json = {"blocks": [], "attachments": [], "metadata": None}
    status = nothing | shown
    assert {name: status[name] for name in OLD} == OLD | left
    assert (nothing | answer["message"])["blocks"] == status["blocks"]


@pytest.mark.parametrize(
    ("edit", "shows_edited"),
    [
        ({"text": "new"}, True),
        ({"text": "new", "blocks": []}, True),
        ({"markdown_text": "new"}, True),
        ({"blocks": NEW_BLOCKS}, False),
        ({"text": "new", "blocks": NEW_BLOCKS}, True),
        ({"metadata": {}}, False),
    ],
)
async def test_a_message_is_marked_as_edited_when_its_text_was(
    client: AsyncWebClient, team: str, edit: Json, shows_edited: bool
) -> None:
    ts = (await client.chat_postMessage(channel=team, **OLD))["ts"]
    await client.api_call("chat.update", json={"channel": team, "ts": ts, **edit})
    (shown,) = (await client.conversations_history(channel=team))["messages"]

    assert ("edited" in shown) is shows_edited


async def test_an_edit_that_leaves_nothing_to_see_is_refused(client: AsyncWebClient, team: str) -> None:
    plain = (await client.chat_postMessage(channel=team, text="old"))["ts"]
    drawing = {"channel": team, "blocks": NEW_BLOCKS}
    drawn = (await client.api_call("chat.postMessage", json=drawing))["ts"]

    async def edit(ts: str, **named: Any) -> str:
        return await refused(client.api_call("chat.update", json={"channel": team, "ts": ts, **named}))

    assert await edit(plain) == "no_text"
    assert await edit(plain, text="") == "no_text"
    assert await edit(plain, text=None) == "no_text"
    assert await edit(drawn, blocks=[]) == "no_text"


async def test_a_deleted_root_with_replies_leaves_a_placeholder(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    alone = (await client.chat_postMessage(channel=team, text="alone"))["ts"]
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=team, thread_ts=root, text="reply"))["ts"]
    await client.chat_delete(channel=team, ts=alone)
    await client.chat_delete(channel=team, ts=root)
    (placeholder,) = await control.messages()

    assert (placeholder["subtype"], placeholder["deleted"]) == ("tombstone", True)
    assert [m["ts"] for m in await control.messages(thread_ts=root)] == [root, reply]
    assert await refused(client.chat_update(channel=team, ts=root, text="x")) == "message_not_found"


async def test_a_deleted_reply_is_counted_no_more(client: AsyncWebClient, control: Control, team: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    kept = (await client.chat_postMessage(channel=team, thread_ts=root, text="kept"))["ts"]
    gone = (await client.chat_postMessage(channel=team, thread_ts=root, text="gone"))["ts"]
    await client.chat_delete(channel=team, ts=gone)

    (shown,) = await control.messages()
    assert (shown["reply_count"], shown["latest_reply"]) == (1, kept)


async def test_ephemeral_messages_are_beyond_edit_and_history(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    user = slack.users["victor"]
    ts = (await client.chat_postEphemeral(channel=team, user=user, text="psst"))["message_ts"]

    assert (await client.conversations_history(channel=team))["messages"] == []
    assert await refused(client.chat_update(channel=team, ts=ts, text="x")) == "message_not_found"
    assert await refused(client.chat_delete(channel=team, ts=ts)) == "message_not_found"
    assert await refused(client.chat_getPermalink(channel=team, message_ts=ts)) == "message_not_found"
    assert (await control.messages())[0]["ephemeral_to"] == user


async def test_posting_refuses_strange_places_and_nothing_to_say(
    slack: LocalSlack, client: AsyncWebClient, team: str
) -> None:
    general = slack.channels["general"]

    assert await refused(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=general, text="x")) == "not_in_channel"
    assert await refused(client.api_call("chat.postMessage", json={"channel": team})) == "no_text"
    assert await refused(client.chat_postEphemeral(channel=team, user="U404", text="x")) == "user_not_in_channel"
    assert await refused(client.chat_postEphemeral(channel=team, user=slack.users["gus"], text="x" * 4001)) == (
        "msg_too_long"
    )


async def test_joining_opens_a_channel_for_posting(slack: LocalSlack, client: AsyncWebClient) -> None:
    general = slack.channels["general"]
    await client.conversations_join(channel=general)

    assert (await client.chat_postMessage(channel=general, text="x"))["ok"]
    assert slack.users["backfill"] in (await client.conversations_members(channel=general))["members"]


async def test_a_message_to_a_user_goes_to_their_direct_conversation(
    slack: LocalSlack, client: AsyncWebClient, control: Control
) -> None:
    opened = (await client.conversations_open(users=slack.users["gus"]))["channel"]["id"]
    posted = await client.chat_postMessage(channel=slack.users["gus"], text="hello")

    assert opened.startswith("D")
    assert posted["channel"] == opened
    assert await control.texts(opened) == ["hello"]


async def test_text_beyond_the_limit_is_cut_when_posted_and_refused_when_edited(
    client: AsyncWebClient, control: Control, team: str
) -> None:
    ts = (await client.chat_postMessage(channel=team, text="x" * 40_001))["ts"]

    assert len((await control.messages())[0]["text"]) == 40_000
    assert await refused(client.chat_update(channel=team, ts=ts, text="x" * 4001)) == "msg_too_long"


async def test_only_its_own_messages_may_the_bot_change(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    await control.command("status")
    (note,) = await control.messages()

    assert note["user"] == "USLACKBOT"
    assert await refused(client.chat_update(channel=team, ts=note["ts"], text="x")) == "message_not_found"


async def test_a_permalink_names_channel_message_and_thread(client: AsyncWebClient, team: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=team, thread_ts=root, text="reply"))["ts"]
    link = (await client.chat_getPermalink(channel=team, message_ts=reply))["permalink"]

    assert link == (f"https://local.slack.com/archives/{team}/p{reply.replace('.', '')}?thread_ts={root}&cid={team}")


TABLE: Json = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}


@pytest.mark.parametrize(
    ("blocks", "mistake"),
    [
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}], "/attachments/1/blocks/0/text"),
        ([{"type": "nope"}], "/attachments/1/blocks/0"),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/attachments/1/blocks]"),
        ([{"type": "divider", "block_id": "b"}] * 2, "/attachments/1/blocks"),
        ({"type": "divider"}, "must provide an array [json-pointer:/attachments/1/blocks]"),
        ([TABLE, TABLE], "only_one_table_allowed"),
    ],
)
async def test_the_blocks_of_attachments_are_checked_as_others_are(
    client: AsyncWebClient, team: str, blocks: Any, mistake: str
) -> None:
    attachments = [{"text": "fine"}, {"blocks": blocks}]
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel=team, text="x", attachments=attachments)

    assert refusal.value.response["error"] == "invalid_attachments"
    assert mistake in " ".join(refusal.value.response["errors"])


async def test_attachments_with_good_blocks_are_taken(client: AsyncWebClient, team: str) -> None:
    attachments = [{"color": "#ff0000", "blocks": [{"type": "divider"}]}]
    posted = await client.chat_postMessage(channel=team, text="x", attachments=attachments)

    assert posted["message"]["attachments"] == attachments

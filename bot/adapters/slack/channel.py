"""SlackChannel: bot.ports.Channel on the Web API. Each message carries its key in Slack's message metadata."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.check import check_channel
from bot.adapters.slack.errors import SYSTEM, in_our_words
from bot.errors import NotFound, Refused, Unavailable
from bot.message import Message
from bot.model import Address, in_utc

EVENT_TYPE = "backfill_bot"
# Slack recommends at most 200 messages a page; 5,000 messages are days of a busy channel.
PAGE = 200
MOST_PAGES = 25


class SlackChannel:
    """The team's channel. ``client`` must not try again by itself: see ``slack_client``."""

    def __init__(self, client: AsyncWebClient, channel_id: str) -> None:
        self._client = client
        self._channel_id = channel_id
        self._bot_id = ""

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False
    ) -> Address:
        """Say it. After Unavailable it may stand in the channel all the same: ``find`` tells. After NoAnswer it may
        come to stand there later."""
        with in_our_words("chat.postMessage"):
            answer = await self._client.chat_postMessage(
                channel=thread.channel if thread else self._channel_id,
                text=message.text,
                blocks=_blocks(message) or None,
                metadata=_metadata(key),
                thread_ts=thread.ts if thread else None,
                reply_broadcast=broadcast if thread else None,
                unfurl_links=False,
                unfurl_media=False,
            )
        stands = _body(answer)
        if not isinstance(stands.get("channel"), str) or not isinstance(stands.get("ts"), str):
            raise Unavailable(SYSTEM, "chat.postMessage: an answer that names no message")
        return Address(stands["channel"], stands["ts"])

    async def edit(self, address: Address, message: Message, key: str) -> None:
        """Replace the message; its key stays, as Slack drops metadata that an edit does not repeat."""
        with in_our_words("chat.update"):
            await self._client.chat_update(
                channel=address.channel,
                ts=address.ts,
                text=message.text,
                blocks=_blocks(message),
                metadata=_metadata(key),
            )

    async def find(
        self, key: str, since: datetime, thread: Address | None = None, until: datetime | None = None
    ) -> Address | None:
        """Look through what was said from then until then; Refused when it is too much to look through."""
        span = {"oldest": _ts(since)} | ({"latest": _ts(until)} if until else {})
        bot_id = await self._own_id()
        channel = thread.channel if thread else self._channel_id
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._page(span, thread, cursor)
            for said in page.get("messages") or ():
                if said.get("bot_id") == bot_id and _key(said) == key:
                    return Address(channel, str(said["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        # Slack would show as many the next time.
        raise Refused(SYSTEM, f"more than {MOST_PAGES * PAGE} messages since {in_utc(since)} to look through")

    async def permalink(self, address: Address) -> str:
        """Where a browser shows it."""
        with in_our_words("chat.getPermalink"):
            answer = await self._client.chat_getPermalink(channel=address.channel, message_ts=address.ts)
        return str(answer["permalink"])

    async def check(self) -> str:
        """One line when all is well; raises Refused with a line for each problem."""
        return await check_channel(self._client, self._channel_id)

    async def _page(self, span: Mapping[str, str], thread: Address | None, cursor: str) -> Mapping[str, Any]:
        """One page of the channel, or of a thread; a thread that is gone is empty."""
        wanted: dict[str, Any] = {
            **span,
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
            "cursor": cursor or None,
        }
        if thread is None:
            with in_our_words("conversations.history"):
                answer = await self._client.conversations_history(channel=self._channel_id, **wanted)
            return _body(answer)
        try:
            with in_our_words("conversations.replies"):
                answer = await self._client.conversations_replies(channel=thread.channel, ts=thread.ts, **wanted)
        except NotFound:
            return {}
        return _body(answer)

    async def _own_id(self) -> str:
        """The bot id of this token, which never changes."""
        if not self._bot_id:
            with in_our_words("auth.test"):
                self._bot_id = str((await self._client.auth_test())["bot_id"])
        return self._bot_id


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _body(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def _blocks(message: Message) -> list[dict[str, Any]]:
    return [dict(block) for block in message.blocks]


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _key(said: Mapping[str, Any]) -> str | None:
    """The key a message carries, if it is one of ours."""
    metadata = said.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return key if isinstance(key, str) else None

"""SlackChannel: bot.ports.Channel on the Web API. A message carries its key in Slack's message metadata. A shared
file has no metadata, and carries the key in its name.

When the thread of a reply is gone, Slack posts the reply in the channel and reports no error. Only the missing
``thread_ts`` in the answer shows this (slack-go/slack#1571, langchain-ai/open-swe#2753). The bot deletes such a stray
reply at once or, if the bot was killed before it could, when it looks for the reply.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

import structlog

from bot.adapters.slack.answers import address_of, body, start_text, text_field, thread_ts, ts_of
from bot.adapters.slack.check import check_channel, check_membership
from bot.adapters.slack.client import PacedClient
from bot.adapters.slack.errors import SYSTEM, translate_errors
from bot.adapters.slack.files import upload
from bot.adapters.slack.message_keys import carries, metadata, with_key
from bot.adapters.slack.modals import blocks_json
from bot.errors import AccessDenied, DependencyError, NoAnswer, NotFound, Refused, Unavailable, UnrecognisedRefusal
from bot.manifest import BOT_SCOPES
from bot.message import Document, Message
from bot.model import Address

POST, EDIT = "chat.postMessage", "chat.update"
# How the ids of users begin (https://docs.slack.dev/reference/objects/user-object).
USERS = ("U", "W")
# Slack recommends at most 200 messages a page; 25 pages, 5,000 messages, are days of a busy channel.
PAGE = 200
MOST_PAGES = 25
# How often, and how far apart, to search for a file that was just shared.
FILE_SEARCHES = 5
SEARCH_EVERY_SECONDS = 1.0
Span = Mapping[str, str]  # the arguments ``oldest`` and ``latest`` of a search

_log = structlog.get_logger(__name__)


class SlackChannel:
    """The channels of one workspace. ``channel_id`` is the team's channel. ``check`` tells which of the ``scopes``
    the token lacks. ``client`` must not retry by itself; see ``slack_client``."""

    def __init__(self, client: PacedClient, channel_id: str, scopes: Sequence[str] = BOT_SCOPES) -> None:
        self._client = client
        self._channel_id = channel_id
        self._scopes = scopes
        self._bot_id = ""

    async def post(
        self,
        message: Message,
        key: str,
        thread: Address | None = None,
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Address:
        """See ``bot.ports.Channel``. After Unavailable, ``find`` tells whether the message was posted."""
        if message.document is not None:
            try:
                place = self._channel(thread, channel)
                return await self._post_file(message.document, message.text, key, place, thread)
            except Refused as exc:
                _log.warning("a message is posted without its file", key=key, reason=exc.why)
        with translate_errors(POST):
            answer = await self._client.chat_postMessage(
                channel=self._channel(thread, channel),
                text=message.text,
                blocks=blocks_json(message) or None,
                metadata=metadata(key),
                thread_ts=thread.ts if thread else None,
                reply_broadcast=broadcast if thread else None,
                unfurl_links=False,
                unfurl_media=False,
            )
        posted = body(answer)
        address = address_of(posted)
        if thread is not None and thread_ts(posted) != thread.ts:
            await self._delete_stray(address)
            raise NotFound(SYSTEM, f"{POST}: the thread {thread.ts} is gone")
        return address

    async def _post_file(
        self, document: Document, comment: str, key: str, channel: str, thread: Address | None
    ) -> Address:
        """Upload the file, and return the address of its message, which Slack posts a moment later. Raises NoAnswer
        if the search for the message fails or finds nothing: the message may still appear."""
        await upload(self._client, with_key(document, key), channel, thread.ts if thread else None, comment)
        for _ in range(FILE_SEARCHES):
            try:
                address = await self._first_with_key(key, {}, channel, thread)
                is_stray = address is None and thread is not None and await self._delete_strays(key, {}, thread)
            except DependencyError as exc:
                raise NoAnswer(SYSTEM, f"the file is taken, and the search for it failed: {exc.why}") from exc
            if address:
                return address
            if is_stray:
                raise NotFound(SYSTEM, "the file's thread is gone")
            await asyncio.sleep(SEARCH_EVERY_SECONDS)
        raise NoAnswer(SYSTEM, "the file is taken and does not show yet")

    async def edit(self, address: Address, message: Message, key: str) -> None:
        """Replace the message at ``address``. If the new message has no blocks, Slack removes the old blocks."""
        with translate_errors(EDIT):
            await self._client.chat_update(
                channel=address.channel,
                ts=address.ts,
                text=message.text,
                blocks=blocks_json(message),
                metadata=metadata(key),
            )

    async def find(
        self,
        key: str,
        since: datetime,
        thread: Address | None = None,
        until: datetime | None = None,
        *,
        channel: str = "",
    ) -> Address | None:
        """See ``bot.ports.Channel``. Searches at most ``MOST_PAGES`` pages."""
        span = {"oldest": ts_of(since)} | ({"latest": ts_of(until)} if until else {})
        channel = await self._conversation(self._channel(thread, channel))
        address = await self._first_with_key(key, span, channel, thread)
        if address is None and thread is not None:
            await self._delete_strays(key, span, thread)
        return address

    async def _first_with_key(self, key: str, span: Span, channel: str, thread: Address | None) -> Address | None:
        async with aclosing(self._messages_with_key(key, span, channel, thread)) as messages:
            message = await anext(messages, None)
            return Address(channel, str(message["ts"])) if message else None

    async def _delete_strays(self, key: str, span: Span, thread: Address) -> bool:
        """Delete the messages with this key that Slack has posted in the channel instead of ``thread``. Returns
        whether there were such messages."""
        messages = self._messages_with_key(key, span, thread.channel, None)
        strays = [message["ts"] async for message in messages if message.get("thread_ts") != thread.ts]
        for ts in strays:
            await self._delete_stray(Address(thread.channel, str(ts)))
        return bool(strays)

    def may_post(self, thread: Address | None = None, *, channel: str = "") -> bool:
        """See ``bot.ports.Channel``."""
        return self._client.may_call(POST, self._channel(thread, channel))

    def may_edit(self, address: Address) -> bool:
        """See ``bot.ports.Channel``."""
        return self._client.may_call(EDIT, address.channel)

    async def unfurl(self, address: Address, cards: Mapping[str, Message]) -> None:
        """See ``bot.ports.Channel``."""
        with translate_errors("chat.unfurl"):
            unfurls = {url: {"blocks": blocks_json(card)} for url, card in cards.items()}
            await self._client.chat_unfurl(channel=address.channel, ts=address.ts, unfurls=unfurls)

    async def permalink(self, address: Address) -> str:
        """See ``bot.ports.Channel``."""
        with translate_errors("chat.getPermalink"):
            answer = await self._client.chat_getPermalink(channel=address.channel, message_ts=address.ts)
            return text_field(answer, "permalink")

    async def check(self) -> str:
        """One line if all is well. Raises Refused with a line for each problem."""
        return await check_channel(self._client, self._channel_id, self._scopes)

    async def check_membership(self, channel: str) -> str:
        """See ``bot.ports.Channel``."""
        return await check_membership(self._client, channel)

    def _channel(self, thread: Address | None, channel: str) -> str:
        return thread.channel if thread else channel or self._channel_id

    async def _conversation(self, channel: str) -> str:
        """The id of the channel or, for the id of a user, that of the direct conversation with the user. Slack takes
        posts to a user's id, but does not list messages by it
        (https://docs.slack.dev/reference/methods/chat.postMessage)."""
        if not channel.startswith(USERS):
            return channel
        with translate_errors("conversations.open"):
            return str((await self._client.conversations_open(users=channel))["channel"]["id"])

    async def _messages_with_key(
        self, key: str, span: Span, channel: str, thread: Address | None
    ) -> AsyncGenerator[Mapping[str, Any]]:
        """The bot's own messages with this key in the channel or a thread. Raises Refused beyond ``MOST_PAGES``. With
        an empty ``span``, only the newest page of a channel is read: enough for what was just posted."""
        bot_id = await self._own_id()
        cursor = ""
        for _ in range(MOST_PAGES if span or thread else 1):
            page = await self._fetch_page(span, channel, thread, cursor)
            for message in page.get("messages") or ():
                if isinstance(message, dict) and message.get("bot_id") == bot_id and carries(key, message):
                    yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        if span:  # another try would find no fewer messages
            raise Refused(SYSTEM, f"more than {MOST_PAGES * PAGE} messages since {start_text(span)} to look through")

    async def _fetch_page(self, span: Span, channel: str, thread: Address | None, cursor: str) -> Mapping[str, Any]:
        """One page of the channel or of a thread. A thread that is gone counts as empty."""
        arguments: dict[str, Any] = {
            **span,
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
            "cursor": cursor or None,
        }
        if thread is None:
            with translate_errors("conversations.history"):
                answer = await self._client.conversations_history(channel=channel, **arguments)
            return body(answer)
        try:
            with translate_errors("conversations.replies"):
                answer = await self._client.conversations_replies(channel=channel, ts=thread.ts, **arguments)
        except NotFound:
            return {}
        return body(answer)

    async def _delete_stray(self, stray: Address) -> None:
        """Delete a stray reply. Returns when it is gone, or can never be deleted. Raises Unavailable if a later try
        may delete it: until then, the reply must not be posted again."""
        try:
            with translate_errors("chat.delete"):
                await self._client.chat_delete(channel=stray.channel, ts=stray.ts)
        except NotFound:
            return
        except (Unavailable, AccessDenied, UnrecognisedRefusal) as exc:
            raise Unavailable(
                SYSTEM, f"a reply fell out of its thread, and is not taken away yet: {exc.why}"
            ) from exc
        except DependencyError as exc:
            _log.warning("a reply that fell out of its thread stays", ts=stray.ts, reason=exc.why)

    async def _own_id(self) -> str:
        """The bot id of the token. It never changes, so it is asked for once."""
        if not self._bot_id:
            with translate_errors("auth.test"):
                self._bot_id = text_field(await self._client.auth_test(), "bot_id")
        return self._bot_id

"""What people write in channels, in threads and to the app, how they edit it, and the events about messages.

https://docs.slack.dev/reference/events/message, https://docs.slack.dev/reference/events/app_mention
"""

from __future__ import annotations

import re
from collections.abc import Callable

from local_slack.errors import ControlError, Json
from local_slack.user_actions.payloads import Actor
from local_slack.user_actions.typed_text import as_sent
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation, Kind
from local_slack.workspace.ids import new_id
from local_slack.workspace.links import shared_links
from local_slack.workspace.messages import Draft, Message, Place
from local_slack.workspace.objects import message_object

MENTION, MENTION_SCOPE = "app_mention", "app_mentions:read"
_LABEL = re.compile(r"<(@\w+)\|[^<>]*>")
_CHANNEL_TYPES = {"im": "im", "channels": "channel", "groups": "group"}

Announce = Callable[[Json], Json]
"""Delivers an event in the background and returns its payload."""


class Posts:
    def __init__(self, ws: Workspace, announce: Announce) -> None:
        self._ws = ws
        self._announce = announce

    def write(self, actor: Actor, text: str, thread_ts: str | None = None) -> Message:
        """Posts a message of a person. Raises ControlError if it is empty or the person is not a member."""
        self._check(actor, text)
        place = Place(actor.channel.id, thread_ts)
        message = self._ws.messages.post(place, actor.user.id, Draft(_as_written(text, self._ws)))
        self.tell(message)
        return message

    def edit(self, actor: Actor, message: Message, text: str) -> None:
        """Changes the text of a person's own message."""
        self._check(actor, text)
        if message.user != actor.user.id:
            raise ControlError(f"{actor.user.name} did not write {message.ts}")
        before = self._object(message)
        self._ws.messages.edit(message, Draft(_as_written(text, self._ws)))
        conversation = self._conversation(message)
        now = f"{self._ws.clock().timestamp():.6f}"
        changed = {"subtype": "message_changed", "message": self._object(message), "previous_message": before}
        self._message_event(conversation, {"type": "message", **changed, "hidden": True, "ts": now})
        self._mention(conversation, message)

    def tell(self, message: Message) -> None:
        """Sends the app the events about a message, as far as the app subscribes to them. For the app's own messages,
        Slack sends the message event alone."""
        conversation = self._conversation(message)
        self._message_event(conversation, self._object(message))
        self._mention(conversation, message)
        self._links(conversation, message)

    def _links(self, conversation: Conversation, message: Message) -> None:
        """Sends the app an event if a person's message has links to the app's domains
        (https://docs.slack.dev/reference/events/link_shared)."""
        links = shared_links(message.draft.text, self._ws.seed.unfurl_domains)
        if not links or message.bot_id is not None or not self._may_hear("link_shared", "links:read"):
            return
        bot = self._ws.seed.bot.id
        event: Json = {"type": "link_shared", "channel": conversation.id, "user": message.user}
        event |= {"is_bot_user_member": bot in conversation.members, "message_ts": message.ts}
        event |= {"unfurl_id": f"{conversation.id}.{message.ts}", "source": "conversations_history"}
        thread = {"thread_ts": message.place.thread_ts} if message.place.thread_ts else {}
        self._announce(event | thread | {"links": [{"domain": domain, "url": url} for url, domain in links.items()]})

    def _mention(self, conversation: Conversation, message: Message) -> None:
        """Sends the app an event if a message in a channel mentions the app. For direct messages Slack sends no such
        event (https://docs.slack.dev/reference/events/app_mention)."""
        bot = self._ws.seed.bot.id
        is_in_channel = conversation.kind is Kind.CHANNEL and bot in conversation.members
        is_meant = f"<@{bot}>" in message.draft.text and message.user != bot
        if is_in_channel and is_meant and self._may_hear(MENTION, MENTION_SCOPE):
            self._announce({**self._object(message), "type": MENTION, "channel": conversation.id})

    def _message_event(self, conversation: Conversation, body: Json) -> None:
        kind = conversation.scope
        channel_type = _CHANNEL_TYPES[kind]
        is_member = self._ws.seed.bot.id in conversation.members
        if is_member and self._may_hear(f"message.{kind}", f"{kind}:history"):
            self._announce({**body, "channel": conversation.id, "channel_type": channel_type})

    def _may_hear(self, event: str, scope: str) -> bool:
        return event in self._ws.seed.events and scope in self._ws.seed.scopes

    def _object(self, message: Message) -> Json:
        body = message_object(message, self._ws.messages, self._ws.seed)
        if message.bot_id is None:
            body |= {"client_msg_id": new_id("msg-"), "team": self._ws.seed.team_id}
        return body

    def _conversation(self, message: Message) -> Conversation:
        return self._ws.directory.conversations[message.place.channel]

    def _check(self, actor: Actor, text: str) -> None:
        if not text.strip():
            raise ControlError("text: is empty")
        if actor.user.id not in actor.channel.members:
            raise ControlError(f"{actor.user.name} is not in {actor.channel.name}")


def _as_written(text: str, ws: Workspace) -> str:
    """The text as Slack stores it: a mention is reduced to its id."""
    return _LABEL.sub(r"<\1>", as_sent(text.strip(), ws.directory))

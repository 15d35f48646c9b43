"""The messages of every conversation: posting, editing, deleting, threads."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_slack.errors import Json, SlackError
from local_slack.workspace.blocks import with_ids
from local_slack.workspace.ids import Clock, Timestamps

TEXT_LIMIT = 40_000
"""Slack truncates longer text (https://docs.slack.dev/reference/methods/chat.postMessage)."""


@dataclass(frozen=True)
class Draft:
    """The content of a message, already validated."""

    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    files: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a message goes: to a channel, or to a thread in the channel. If `ephemeral_to` has a user, only that user
    sees the message."""

    channel: str
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None


@dataclass
class Message:
    place: Place
    ts: str
    user: str
    draft: Draft
    bot_id: str | None = None
    subtype: str | None = None
    edited: Json | None = None
    deleted: bool = False
    replies: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        return self.place.thread_ts is None

    @property
    def in_channel(self) -> bool:
        """Whether the channel itself shows the message, not only its thread."""
        return self.is_root or self.place.broadcast


class Messages:
    """Every message of this Slack, by channel and timestamp, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._channels: dict[str, dict[str, Message]] = {}
        self._timestamps: dict[str, Timestamps] = {}
        self.version = 0
        """Grows with every change; the page redraws when it does."""

    def new_ts(self, channel: str) -> str:
        return self._timestamps.setdefault(channel, Timestamps(self._clock)).next()

    def find(self, channel: str, ts: str) -> Message | None:
        return self._channels.get(channel, {}).get(ts)

    def of(self, channel: str) -> list[Message]:
        return list(self._channels.get(channel, {}).values())

    def thread(self, root: Message) -> list[Message]:
        """Returns the root and its replies, ephemeral ones too."""
        root_ts = root.ts
        return [m for m in self.of(root.place.channel) if root_ts in (m.ts, m.place.thread_ts)]

    def post(self, place: Place, user: str, draft: Draft, bot_id: str | None = None) -> Message:
        """Stores a message. Raises SlackError if the message replies to a reply.

        If the root of the thread is missing, deleted or ephemeral, a message that all see goes to the channel, as in
        Slack. The app notices only because the message that its call returns lacks ``thread_ts``
        (slack-go/slack#1571, langchain-ai/open-swe#2753).
        """
        root = self._root(place)
        if root is None and place.ephemeral_to is None:
            place = Place(place.channel)
        message = Message(place, self.new_ts(place.channel), user, _stored(draft), bot_id)
        if place.broadcast and root is not None:
            message.subtype = "thread_broadcast"
        self._channels.setdefault(place.channel, {})[message.ts] = message
        if root is not None and place.ephemeral_to is None:
            root.replies.append(message.ts)
        self.version += 1
        return message

    def _root(self, place: Place) -> Message | None:
        if place.thread_ts is None:
            return None
        root = self.find(place.channel, place.thread_ts)
        if root is None or root.deleted or root.place.ephemeral_to is not None:
            return None
        if not root.is_root:
            raise SlackError("cannot_reply_to_message")
        return root

    def edit(self, message: Message, draft: Draft, *, shows_edited: bool = True) -> None:
        message.draft = _stored(draft)
        if shows_edited:
            message.edited = {"user": message.user, "ts": f"{int(self._clock().timestamp())}.000000"}
        self.version += 1

    def react(self, message: Message, name: str, user: str, *, present: bool) -> None:
        users = message.reactions.setdefault(name, [])
        if present:
            users.append(user)
        else:
            users.remove(user)
        if not users:
            del message.reactions[name]
        self.version += 1

    def delete(self, message: Message) -> None:
        """Deletes a message. A root with replies leaves a tombstone, so that its thread stays."""
        channel = self._channels[message.place.channel]
        root = channel.get(message.place.thread_ts or "")
        if root is not None and message.ts in root.replies:
            root.replies.remove(message.ts)
        if message.replies:
            message.deleted, message.subtype = True, "tombstone"
            message.draft, message.user, message.bot_id = Draft("This message was deleted."), "USLACKBOT", None
        else:
            del channel[message.ts]
        self.version += 1

    def clear(self) -> None:
        self._channels.clear()
        self.version += 1


def _stored(draft: Draft) -> Draft:
    """Truncates the text and completes ids, as Slack does."""
    blocks = tuple(with_ids(block) for block in draft.blocks)
    return Draft(draft.text[:TEXT_LIMIT], blocks, draft.attachments, draft.metadata, draft.files)

"""What the channel shows: every message that the bot said unasked, with the key it carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.e2e.confirming import texts
from tests.e2e.control import Control


@dataclass(frozen=True)
class ChannelMessage:
    """One message. ``words`` are the texts of its blocks; ``thread`` is the ts of the message it replies to, ""
    for one that stands by itself."""

    key: str
    ts: str
    thread: str
    words: tuple[str, ...]
    text: str


def read_channel(control: Control) -> tuple[ChannelMessage, ...]:
    """All of them in the order they were posted, threads included."""
    roots = control.messages()
    found = {each["ts"]: each for each in roots}
    for root in roots:
        if root.get("reply_count"):
            found |= {each["ts"]: each for each in control.messages(thread_ts=root["ts"])}
    return tuple(_channel_message(found[ts]) for ts in sorted(found) if "metadata" in found[ts])


def words_of(blocks: Iterable[Any]) -> tuple[str, ...]:
    """What blocks say, whatever Slack adds to them."""
    return tuple(texts(list(blocks)))


def _channel_message(message: dict[str, Any]) -> ChannelMessage:
    root = message.get("thread_ts", message["ts"])
    return ChannelMessage(
        key=str(message["metadata"]["event_payload"]["key"]),
        ts=message["ts"],
        thread="" if root == message["ts"] else root,
        words=words_of(message.get("blocks") or ()),
        text=message["text"],
    )

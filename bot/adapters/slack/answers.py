"""Reads and writes the fields of Slack's calls that identify a message, or a span of a channel's history."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.errors import SYSTEM
from bot.errors import Unavailable
from bot.model import Address, in_utc


def address_of(posted: Mapping[str, Any]) -> Address:
    channel, ts = posted.get("channel"), posted.get("ts")
    if not isinstance(channel, str) or not isinstance(ts, str):
        raise Unavailable(SYSTEM, "chat.postMessage: an answer that names no message")
    return Address(channel, ts)


def thread_ts(posted: Mapping[str, Any]) -> object:
    """The thread of a posted message; None outside of threads. Raises Unavailable when the answer has no message."""
    message = posted.get("message")
    if not isinstance(message, dict):
        raise Unavailable(SYSTEM, "chat.postMessage: an answer that does not tell where the reply stands")
    return message.get("thread_ts")


def body(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def text_field(answer: AsyncSlackResponse, name: str) -> str:
    """A text field of the answer. Raises TypeError where it is no text."""
    text = answer[name]
    if not isinstance(text, str):
        raise TypeError(f"{name} is no text")
    return text


def ts_of(at: datetime) -> str:
    """The time as Slack writes it."""
    return f"{at.timestamp():.6f}"


def start_text(span: Mapping[str, str]) -> str:
    """The beginning of the span, as a text for people."""
    return in_utc(datetime.fromtimestamp(float(span["oldest"]), UTC))

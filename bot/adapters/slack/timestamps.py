"""Times as Slack writes them, in arguments that name a span of a channel's history."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.model import in_utc


def ts_of(at: datetime) -> str:
    """The time as Slack writes it."""
    return f"{at.timestamp():.6f}"


def start_text(span: Mapping[str, str]) -> str:
    """When the span begins, for people."""
    return in_utc(datetime.fromtimestamp(float(span["oldest"]), UTC))

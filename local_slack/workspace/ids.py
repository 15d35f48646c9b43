"""Identifiers as Slack writes them: prefixed ids and message timestamps."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime."""

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str) -> str:
    """An id such as ``V3K9…``: the prefix and ten characters."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def new_block_id() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(5))


class Timestamps:
    """Generates message timestamps such as ``1767225600.000123``, never the same twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        now = int(self._clock().timestamp() * 1_000_000)
        self._last = max(now, self._last + 1)
        return f"{self._last // 1_000_000:010d}.{self._last % 1_000_000:06d}"


def permalink(domain: str, channel: str, ts: str, thread_ts: str | None) -> str:
    """Returns the address of a message in Slack's form. Only the page can open it."""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return link if thread_ts in (None, ts) else f"{link}?thread_ts={thread_ts}&cid={channel}"

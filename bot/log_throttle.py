"""Throttles repeated log lines, so that a loop cannot fill the disk with the same line."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

# Each kind of line has a token bucket. It allows a burst of ``BURST`` lines, because every cluster may fail in the
# same pass, and then ``PER_SECOND`` lines a second.
BURST = 20
PER_SECOND = 1.0
# How many kinds are remembered. Fewer than this are in use at a time; the least recently used kinds are dropped.
MOST_KINDS = 1_000


@dataclass(slots=True)
class _Kind:
    """The token bucket of one kind: the tokens at ``updated_at``, and how many lines were dropped since a line of
    this kind was last written."""

    tokens: float
    updated_at: float
    dropped: int = 0


class LogThrottle(logging.Filter):
    """Passes a burst of each kind of line, and then one a second, with the number of lines dropped before it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._kinds: OrderedDict[Hashable, _Kind] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line. A line that is written says how many of its kind were dropped before it."""
        now, key = self._now(), _kind_of(record)
        kind = self._kinds.setdefault(key, _Kind(BURST, now))
        self._kinds.move_to_end(key)
        while len(self._kinds) > MOST_KINDS:
            self._kinds.popitem(last=False)
        kind.tokens = min(BURST, kind.tokens + (now - kind.updated_at) * PER_SECOND)
        kind.updated_at = now
        if kind.tokens < 1:
            kind.dropped += 1
            return False
        kind.tokens -= 1
        if kind.dropped:
            _append_dropped(record, kind.dropped)
            kind.dropped = 0
        return True


def _kind_of(record: logging.LogRecord) -> Hashable:
    """The kind of a log line. For a line of the bot, this is its event. For a line of a library, this is the place in
    the code that logged the line, because the text may contain values."""
    if isinstance(record.msg, dict):
        return record.name, record.levelno, str(record.msg.get("event"))
    return record.name, record.levelno, record.pathname, record.lineno


def _append_dropped(record: logging.LogRecord, dropped: int) -> None:
    if isinstance(record.msg, dict):
        record.msg = {**record.msg, "dropped": dropped}
    else:
        record.msg, record.args = f"{record.getMessage()} (and {dropped} like it before, dropped)", ()

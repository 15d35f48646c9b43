"""A brake for the log: whatever goes round in a loop fills no disk with the same line."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

# Of one kind: so many at once, as when every cluster goes away in the same pass; then so many a second.
AT_ONCE = 20
A_SECOND = 1.0
# Kinds are lines of code, of which there are not more than that at work; those unheard of for longest are forgotten.
MOST_KINDS = 1_000


@dataclass(slots=True)
class _Kind:
    """What may still pass of it, as of when, and how many did not since one did."""

    left: float
    at: float
    dropped: int = 0


class LogThrottle(logging.Filter):
    """Of lines that come again and again one a second passes, with the number of those that did not."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._kinds: OrderedDict[Hashable, _Kind] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        now, key = self._now(), _kind_of(record)
        kind = self._kinds.setdefault(key, _Kind(AT_ONCE, now))
        self._kinds.move_to_end(key)
        while len(self._kinds) > MOST_KINDS:
            self._kinds.popitem(last=False)
        kind.left = min(AT_ONCE, kind.left + (now - kind.at) * A_SECOND)
        kind.at = now
        if kind.left < 1:
            kind.dropped += 1
            return False
        kind.left -= 1
        if kind.dropped:
            _tell(record, kind.dropped)
            kind.dropped = 0
        return True


def _kind_of(record: logging.LogRecord) -> Hashable:
    """Ours by what they say; those of libraries, which may write values into their texts, by the line of code."""
    if isinstance(record.msg, dict):
        return record.name, record.levelno, str(record.msg.get("event"))
    return record.name, record.levelno, record.pathname, record.lineno


def _tell(record: logging.LogRecord, dropped: int) -> None:
    if isinstance(record.msg, dict):
        record.msg = {**record.msg, "dropped": dropped}
    else:
        record.msg, record.args = f"{record.getMessage()} (and {dropped} like it before, dropped)", ()

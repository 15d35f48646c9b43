"""The watchdog: tells the log, from a thread of its own, what blocks the event loop, and for how long.

While something blocks the loop nothing else in the process is done, logging included: so the thread tells where the
loop's thread is, and needs nothing of the loop for it.
"""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

BLOCKED_AFTER = timedelta(seconds=1)
# The loop is asked this often, for a few microseconds each.
LOOKS_A_SPAN = 4
# Of a stack, innermost last: enough to see who called, and no more when something calls itself without end.
FRAMES = 40
# The thread is asleep, or writes a line, when it is asked to end.
FAREWELL = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


class Watchdog:
    """Asks a loop again and again whether it goes round; made on that loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, blocked_after: timedelta = BLOCKED_AFTER) -> None:
        self._loop = loop
        self._watched = threading.get_ident()
        self._blocked_after = blocked_after.total_seconds()
        self._ended = threading.Event()
        self._has_answered = threading.Event()
        # When the loop was last known to go round, in seconds of a clock that nobody sets.
        self._answered_at = time.monotonic()
        self._blocked_since: float | None = None
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Look until told to end."""
        self._answer()
        self._thread.start()

    def end(self) -> None:
        """Look no more. A thread that cannot write its line is left behind, and ends with the process."""
        self._ended.set()
        self._thread.join(FAREWELL.total_seconds())

    def _watch(self) -> None:
        while not self._ended.wait(self._blocked_after / LOOKS_A_SPAN):
            if not self._look():
                return

    def _look(self) -> bool:
        """False when the loop is closed, and there is nothing to watch any more."""
        if not self._has_answered.is_set():
            if self._blocked_since is None and time.monotonic() - self._answered_at > self._blocked_after:
                self._tell_blocked()
            return True
        if self._blocked_since is not None:
            _log.warning("event loop goes on", was_blocked_for_s=round(self._answered_at - self._blocked_since, 1))
            self._blocked_since = None
        self._has_answered.clear()
        try:
            self._loop.call_soon_threadsafe(self._answer)
        except RuntimeError:
            return False
        return True

    def _tell_blocked(self) -> None:
        self._blocked_since = self._answered_at
        # Outside CPython there may be none: https://docs.python.org/3/library/sys.html#sys._current_frames
        frame = sys._current_frames().get(self._watched)
        stack = "".join(traceback.format_list(traceback.extract_stack(frame, limit=FRAMES))) if frame else ""
        _log.warning("event loop blocked", for_more_than_s=self._blocked_after, stack=stack)

    def _answer(self) -> None:
        self._answered_at = time.monotonic()
        self._has_answered.set()


@contextmanager
def watched_loop(blocked_after: timedelta = BLOCKED_AFTER) -> Iterator[None]:
    """Watch the loop that this runs on, until the block is left."""
    watchdog = Watchdog(asyncio.get_running_loop(), blocked_after)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.end()

"""The loop watchdog: a thread that logs when something blocks the event loop, where, and for how long.

While one callback blocks the loop, no other callback can run. So the watchdog is a thread: it reads the stack of the
loop's thread, and writes its log line without the loop.
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
# How often the loop is pinged within BLOCKED_AFTER; a ping costs it a few microseconds.
PINGS_A_SPAN = 4
# Stack frames in the log, innermost last: enough to see the callers, and bounded when something recurses endlessly.
FRAMES = 40
# How long ``end`` waits for the thread, which only sleeps or writes one line of the log.
FAREWELL = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


class Watchdog:
    """Pings a loop regularly, and logs when no answer comes in time. Create it on the thread of that loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, blocked_after: timedelta = BLOCKED_AFTER) -> None:
        self._loop = loop
        self._loop_thread = threading.get_ident()
        self._blocked_after = blocked_after.total_seconds()
        self._ended = threading.Event()
        self._has_answered = threading.Event()
        # The last answer of the loop, in seconds on the monotonic clock.
        self._answered_at = time.monotonic()
        self._blocked_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Ping until ``end`` is called."""
        self._answer()
        self._thread.start()

    def end(self) -> None:
        """Stop pinging, and wait up to ``FAREWELL`` for the thread. A thread that is still stuck then, writing its
        log line, is abandoned, and ends with the process."""
        self._ended.set()
        self._thread.join(FAREWELL.total_seconds())

    def _run(self) -> None:
        while not self._ended.wait(self._blocked_after / PINGS_A_SPAN):
            if not self._check():
                return

    def _check(self) -> bool:
        """Check whether the last ping is answered, and if so send the next. Returns False when the loop is closed."""
        if not self._has_answered.is_set():
            if self._blocked_since is None and time.monotonic() - self._answered_at > self._blocked_after:
                self._log_blocked()
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

    def _log_blocked(self) -> None:
        self._blocked_since = self._answered_at
        # Only CPython is sure to have a frame: https://docs.python.org/3/library/sys.html#sys._current_frames
        frame = sys._current_frames().get(self._loop_thread)
        stack = "".join(traceback.format_list(traceback.extract_stack(frame, limit=FRAMES))) if frame else ""
        _log.warning("event loop blocked", for_more_than_s=self._blocked_after, stack=stack)

    def _answer(self) -> None:
        self._answered_at = time.monotonic()
        self._has_answered.set()


@contextmanager
def watched_loop(blocked_after: timedelta = BLOCKED_AFTER) -> Iterator[None]:
    """Watch the running loop while the ``with`` block runs."""
    watchdog = Watchdog(asyncio.get_running_loop(), blocked_after)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.end()

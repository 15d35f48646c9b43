"""One handler for the signals that ask the process to stop. The handler stays for as long as the process runs.

Python's own handlers would end a service with an error if it is stopped during its imports, which take seconds. The
handlers of asyncio are removed with its loop. This module imports only what loads fast.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Self

# SIGHUP comes when the terminal is closed; under nohup it stays ignored.
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# The exit code after a second signal. Stopping at once is safe: any work of the bot may be cut off at any moment.
IN_A_HURRY = 3
_STOPPED_AT_ONCE = (
    b"backfill-bot stopped at once, as a second signal asked for: what was under way is not finished.\n"
)
_STDERR = 2


def _ignored() -> None:
    """Do nothing: the block of ``delivered_to`` has ended, and what follows must not be interrupted."""


class StopSignals:
    """Handles the signals that ask the process to stop. Before the block of ``delivered_to``, a signal ends the
    process at once, as there is nothing to finish. A first signal during the block calls the callback. A first signal
    after the block is ignored. A second signal ends the process at once. After ``ignore``, all are ignored."""

    def __init__(self) -> None:
        self._callback: Callable[[], object] | None = None
        self._is_service = True
        self._was_delivered = False

    @classmethod
    def installed_for(cls, arguments: Sequence[str]) -> Self:
        """Install the handler before the arguments are parsed, because parsing needs slow imports. The raw arguments
        are only searched for the name of the task."""
        signals = cls()
        signals.install(is_service={"check", "init", "manifest", "report"}.isdisjoint(arguments))
        return signals

    def install(self, *, is_service: bool) -> None:
        """Install the handler. A signal before ``delivered_to`` makes a service exit with 0, and any other task with
        128 plus the number of the signal."""
        self._is_service = is_service
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._handle)

    @contextmanager
    def delivered_to(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call ``callback`` at the first signal during the block. The call runs in the main thread, and may interrupt
        the code there at any point."""
        self._callback = callback
        try:
            yield
        finally:
            self._callback = _ignored

    def ignore(self) -> None:
        """Ignore all signals from here on, because the exit code is decided."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self._callback is None:
            os._exit(0 if self._is_service else 128 + number)
        if self._was_delivered:
            os.write(_STDERR, _STOPPED_AT_ONCE)
            os._exit(IN_A_HURRY)
        self._was_delivered = True
        self._callback()

"""The signals that ask the process to stop, heard from its first line to its last.

Python's own handlers would end it in the middle of its imports, which take seconds, and those of asyncio go with its
loop. So one handler stays throughout. It needs nothing that takes long to import.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Self

# The last one comes when the terminal is closed. A bot under nohup does not hear it.
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# What is under way is left as it is: whatever the bot does may be cut off at any moment.
IN_A_HURRY = 3
_HURRIED = b"backfill-bot stopped at once, as a second signal asked for: what was under way is not finished.\n"
_STDERR = 2


def _nobody() -> None:
    """Hears what is asked of a bot that is ending."""


class StopSignals:
    """Until somebody hears them there is nothing to finish: the process ends at once. Afterwards the first one is
    heard, and the second one ends the process, whatever it is doing."""

    def __init__(self) -> None:
        self._hear: Callable[[], object] | None = None
        self._is_service = True
        self._was_heard = False

    @classmethod
    def installed_for(cls, arguments: Sequence[str]) -> Self:
        """Those of a process with this command line, which is not read yet: reading it takes imports."""
        signals = cls()
        signals.install(is_service={"check", "manifest"}.isdisjoint(arguments))
        return signals

    def install(self, *, is_service: bool) -> None:
        """From now on. To stop a service is no failure; a report that was not made is one."""
        self._is_service = is_service
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._take)

    @contextmanager
    def heard_by(self, hear: Callable[[], object]) -> Iterator[None]:
        """``hear`` is called once, between any two lines of the main thread."""
        self._hear = hear
        try:
            yield
        finally:
            # It is ending anyway.
            self._hear = _nobody

    def ignore(self) -> None:
        """The exit code is decided, and stays."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)

    def _take(self, number: int, _: FrameType | None) -> None:
        if self._hear is None:
            os._exit(0 if self._is_service else 128 + number)
        if self._was_heard:
            os.write(_STDERR, _HURRIED)
            os._exit(IN_A_HURRY)
        self._was_heard = True
        self._hear()

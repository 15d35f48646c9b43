"""The standard streams of a process that somebody started without them, or does not read any more."""

import os
import sys
from contextlib import suppress

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def open_streams() -> None:
    """Before anything else is opened: it would get the number of one that is closed, and what a library prints would
    be written into it."""
    for number in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(number)
        except OSError:
            # It gets the lowest number that is free.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(_STDOUT, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(_STDERR, "w", closefd=False)


def write_report(text: str) -> bool:
    """To stdout; False when nobody takes it, as of a pipe whose reader has ended."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return False
    return True


def flush_streams() -> None:
    """What nobody reads any more is no failure."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()

"""Standard streams that may be closed: at the start of the process, or later by whoever reads them."""

import os
import sys
from contextlib import suppress

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def open_streams() -> None:
    """Open closed streams on the null device. Call it before anything else is opened: a new file would get the number
    of a closed stream, and what a library prints would go into that file."""
    for number in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(number)
        except OSError:
            # The system gives it the lowest free number, which is this one.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(_STDOUT, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(_STDERR, "w", closefd=False)


def write_report(text: str) -> bool:
    """Write the text to stdout. Returns False if that fails, as it does for a pipe whose reader has ended."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return False
    return True


def flush_streams() -> None:
    """Flush stdout and stderr. A stream that nobody reads any more is no error."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()

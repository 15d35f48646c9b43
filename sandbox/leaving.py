"""Runs a process of the sandbox to its end, and leaves without finalizing the interpreter."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def run_and_leave(main: Callable[[], int]) -> NoReturn:
    """Run ``main``, then end the process without finalizing the interpreter. Finalizing may block for ever, when a
    thread of the Temporal client or of chDB still waits for Python's lock
    (https://docs.python.org/3/c-api/init.html#c.Py_FinalizeEx).

    A usage error is raised as usual: argparse raises it before anything has begun. Any other error is printed, and
    the exit code is 1.
    """
    try:
        code = main()
    except Exception:  # noqa: BLE001 - printed as Python would print it
        traceback.print_exc()
        code = 1
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Nobody may read the stream any more, which is no failure.
        with suppress(OSError):
            stream.flush()
    os._exit(code)

"""Runs a command that must not outlive the sandbox: `tether.py PARENT_PID COMMAND…`, with stdin held by the parent.

A script of its own that imports little: it is started in front of every process of the sandbox.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType

_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> int:
    parent, command = int(arguments[0]), arguments[1:]
    if os.uname().sysname == "Linux":
        _die_with_parent(parent)
        os.execvp(command[0], list(command))
    return watch_stdin(command)


def _die_with_parent(parent: int) -> None:
    """The kernel kills this process, whatever it has become by exec, when its parent ends however it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was asked
        sys.exit(1)


def watch_stdin(command: Sequence[str]) -> int:
    """Where the kernel has no such service: the end of stdin is the end of the parent."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def pass_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    def kill_when_alone() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        child.kill()

    signal.signal(signal.SIGTERM, pass_on)
    threading.Thread(target=kill_when_alone, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

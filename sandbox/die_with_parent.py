"""`die_with_parent.py PARENT_PID COMMAND…` runs the command so that it does not outlive the parent.

This is a separate script that imports little, because it runs before every process of the sandbox. The script's stdin
is a pipe from the parent, and reaches its end when the parent ends.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05


def main(arguments: Sequence[str]) -> int:
    parent, command = int(arguments[0]), arguments[1:]
    if os.uname().sysname == "Linux":
        _die_with_parent(parent)
        os.execvp(command[0], list(command))
    return watch_stdin(command)


def _die_with_parent(parent: int) -> None:
    """Asks the kernel to kill this process, also after exec, when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before the kernel was asked
        sys.exit(1)


def watch_stdin(command: Sequence[str]) -> int:
    """Runs the command, kills it at the end of stdin, and returns its exit code. Used on systems whose kernel cannot
    kill a process when its parent ends."""
    requests: list[int] = []
    # The handler is set before the child starts. Otherwise a signal that arrives in between would end this process
    # and leave the child running.
    signal.signal(signal.SIGTERM, lambda number, _: requests.append(number))
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def kill_when_alone() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        child.kill()

    threading.Thread(target=kill_when_alone, daemon=True).start()
    # The loop polls, because a waitpid call would sleep through a signal that arrives just before it.
    while child.poll() is None:
        while requests:
            child.send_signal(requests.pop())
        time.sleep(POLL_SECONDS)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

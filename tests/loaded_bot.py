"""Runs the bot's short tasks, as ``check``, each in a process of its own that begins with everything loaded.

To load everything takes a process two seconds, and the tasks themselves less. So one process loads it, and is copied
for each task. How a process begins by itself is in tests/test_main.py and tests/test_shutdown.py.
"""

import atexit
import functools
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent


class LoadedBot:
    """The process that is copied. It ends with the process of the tests."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.loaded_bot"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self, arguments: Sequence[str], folder: Path, environ: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """``python -m bot`` with these arguments in this folder, without a terminal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as written, self._turn:
            order = {
                "arguments": list(arguments),
                "folder": str(folder.absolute()),
                "environ": {"PATH": os.environ["PATH"], **environ},
                "written": written,
            }
            print(json.dumps(order), file=self._process.stdin, flush=True)
            code = int(self._process.stdout.readline())
            stdout, stderr = ((Path(written) / name).read_text() for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(["bot", *arguments], code, stdout, stderr)

    def end(self) -> None:
        """End the process, with the task that it still runs if a test has given it up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@functools.cache
def loaded_bot() -> LoadedBot:
    """The one that all tests of this process share, started for the first of them."""
    bot = LoadedBot()
    atexit.register(bot.end)
    return bot


def _serve() -> None:
    """Copy this process for each order from stdin, and answer it with the exit code of the copy."""
    import bot.init_command  # noqa: PLC0415
    import bot.run_command  # noqa: F401, PLC0415

    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _carry_out(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  (the answer)


def _carry_out(order: Mapping[str, Any]) -> NoReturn:
    from bot.__main__ import run_and_leave  # noqa: PLC0415
    from bot.command_line import MODULE  # noqa: PLC0415
    from bot.signals import StopSignals  # noqa: PLC0415

    written, arguments = Path(order["written"]), order["arguments"]
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environ"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    for stream, name in ((sys.stdout, "stdout"), (sys.stderr, "stderr")):
        with (written / name).open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    run_and_leave(StopSignals.installed_for(arguments), MODULE, arguments)


if __name__ == "__main__":
    _serve()

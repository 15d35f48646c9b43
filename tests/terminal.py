"""A person at a terminal: answers what a program asks, and sees what it shows."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Makes the terminal the controlling one, so that Ctrl-C is a signal and getpass finds it.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bot", *sys.argv[1:]])
"""
LIMIT = 60.0  # seconds for each question; far above what a quiet machine takes


@dataclass
class Terminal:
    """One program at a terminal. ``seen`` is everything that was shown."""

    process: "subprocess.Popen[bytes]"
    master: int
    seen: str = ""
    _waited_for: int = 0

    def wait_for(self, text: str) -> None:
        """Wait until this is shown, in what was not waited for yet."""
        deadline = time.monotonic() + LIMIT
        while (found := self.seen.find(text, self._waited_for)) < 0:
            assert time.monotonic() < deadline, f"{text!r} is not in {self.seen!r}"
            assert self._read() or text in self.seen, f"ended without {text!r}: {self.seen!r}"
        self._waited_for = found + len(text)

    def answer(self, prompt: str, text: str) -> None:
        """Type this line once the question is shown."""
        self.wait_for(prompt)
        os.write(self.master, f"{text}\n".encode())

    def type(self, keys: bytes) -> None:
        """Press keys, such as Ctrl-C."""
        os.write(self.master, keys)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self) -> int:
        """The exit code, once the program has ended."""
        while self._read():
            pass
        return self.process.wait(LIMIT)

    def _read(self) -> bool:
        """Read what is shown next; False at the end."""
        if not select.select([self.master], [], [], 0.1)[0]:
            return True
        try:
            part = os.read(self.master, 10_000)
        except OSError:
            return False
        self.seen += re.sub(r"\r\n", "\n", part.decode(errors="replace"))
        return bool(part)


@contextmanager
def terminal(folder: Path, *arguments: str, **environ: str) -> Iterator[Terminal]:
    """``python -m bot`` in this folder at a terminal of its own."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "dumb", **environ},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(LIMIT)
        os.close(master)

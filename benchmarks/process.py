"""Runs a row in a process of its own, within a time limit. The row's servers belong to the process group, which is
killed at the end: neither memory nor servers of one row affect the next."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from benchmarks.alone import SAVE, YIELD
from benchmarks.result import Broken
from benchmarks.table import Line

MINUTES_FROM = 120


def lines_of(module: str, name: str, within: timedelta) -> Sequence[Line]:
    """The lines that the module yields. If it fails, takes too long or yields nothing, the last one is a
    ``Broken``."""
    with tempfile.TemporaryDirectory() as folder:
        saved, errors = Path(folder) / "lines", Path(folder) / "errors"
        with errors.open("wb") as stderr:
            reason = _reason_to_break([sys.executable, "-m", module, SAVE, str(saved)], stderr.fileno(), within)
        lines: list[Line] = list(map(YIELD.validate_json, saved.read_bytes().splitlines() if saved.exists() else ()))
        if reason and (last := _last_line(errors)):
            reason = f"{reason}: {last}"
    if not (reason or lines):
        reason = "it has measured nothing"
    return [*lines, Broken(name, reason)] if reason else lines


def _reason_to_break(command: Sequence[str], stderr: int, within: timedelta) -> str:
    """Run the command until it ends or the time is over. Returns what went wrong; "" for nothing."""
    process = subprocess.Popen(command, stderr=stderr, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        code = process.wait(timeout=within.total_seconds())
    except subprocess.TimeoutExpired:
        return f"not done within {_span(within)}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return f"ended with code {code}" if code else ""


def _span(within: timedelta) -> str:
    seconds = within.total_seconds()
    return f"{seconds / 60:.0f} minutes" if seconds >= MINUTES_FROM else f"{seconds:.0f} seconds"


def _last_line(errors: Path) -> str:
    """The last line of stderr that is not blank, which is the exception if there was one."""
    lines = errors.read_text(errors="replace").split("\n")
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

"""Whether a process lives: one that only waits to be reaped does not."""

from contextlib import suppress
from pathlib import Path


def alive(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False

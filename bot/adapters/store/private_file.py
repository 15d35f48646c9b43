"""Keeps the store's file private to the bot's user, because it records who did what and why.

Also identifies files.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import structlog

# SQLite creates these files beside the store, with the mode of the store's file. A bot that ran earlier may have left
# some.
_SUFFIXES = ("", "-wal", "-shm", "-journal")
_OWNER_ONLY = 0o600
_OTHERS = 0o077

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a file. Another file that later gets the same name has another identity."""

    device: int
    number: int

    @classmethod
    def of(cls, path: Path) -> "Identity | None":
        """The identity of the file at this path; None if there is no file. Raises OSError when the path cannot be
        read."""
        try:
            stat_result = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(stat_result.st_dev, stat_result.st_ino)


def is_device(path: Path) -> bool:
    """Whether the path is a device, pipe or socket. It can hold no database, and the bot must not change its mode.
    False for a path that cannot be read: SQLite reports why."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def make_private(path: Path) -> None:
    """Make the file and SQLite's files beside it unreadable for other users, whatever the umask is. Logs a warning
    when that fails."""
    for suffix in _SUFFIXES:
        _restrict(path.with_name(path.name + suffix))
    _warn_about_folder(path.parent)


def _restrict(file: Path) -> None:
    try:
        if stat.S_IMODE(file.stat().st_mode) & _OTHERS and not is_device(file):
            file.chmod(_OWNER_ONLY)
    except FileNotFoundError:
        return
    except OSError as exc:
        advice = f"give {file} to the bot's user, with mode 0600"
        _log.warning("others may read the store", file=str(file), reason=exc.strerror, advice=advice)


def _warn_about_folder(folder: Path) -> None:
    """Log a warning when other users could replace the store's file. They can if the folder belongs to another user,
    or if others may write to the folder and its sticky bit is not set."""
    stat_result = folder.stat()
    is_open = stat_result.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not stat_result.st_mode & stat.S_ISVTX
    if stat_result.st_uid != os.geteuid() or is_open:
        advice = "give the store a folder of the bot's own user, with mode 0700"
        _log.warning("others may replace the store", folder=str(folder), owner=stat_result.st_uid, advice=advice)

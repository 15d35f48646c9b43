"""The store's file is for the bot's own user: it holds who did what, and why. And it is to stay the file it was."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import structlog

# SQLite makes them beside it, with its mode; those of an earlier bot may be there already.
_SUFFIXES = ("", "-wal", "-shm", "-journal")
_OWNER_ONLY = 0o600
_OTHERS = 0o077

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a file from another one of its name."""

    device: int
    number: int

    @classmethod
    def of(cls, path: Path) -> "Identity | None":
        """None where there is no file. Raises OSError when nobody can tell."""
        try:
            stat_result = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(stat_result.st_dev, stat_result.st_ino)


def is_device(path: Path) -> bool:
    """Also a pipe, or a socket: it holds no database, and its mode is not the bot's to change. Where nobody can look
    SQLite tells why."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def make_private(path: Path) -> None:
    """Nobody else may read it, or what SQLite makes beside it, whatever the umask is. Where that is not to be had the
    log tells."""
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
    """Who may write there may put another file in its place; in a sticky one only the owners may."""
    stat_result = folder.stat()
    is_open = stat_result.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not stat_result.st_mode & stat.S_ISVTX
    if stat_result.st_uid != os.geteuid() or is_open:
        advice = "give the store a folder of the bot's own user, with mode 0700"
        _log.warning("others may replace the store", folder=str(folder), owner=stat_result.st_uid, advice=advice)

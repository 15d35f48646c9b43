"""Writes files completely or not at all, and never over an existing file."""

import os
import secrets
from contextlib import suppress
from itertools import count
from pathlib import Path

from bot.errors import Refused

PRIVATE, READABLE = 0o600, 0o644


def read_if_there(path: Path) -> str:
    """The text of the file; "" if there is no such file. Raises Refused when it cannot be read."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused(str(path), f"cannot be read: {exc}") from exc


def write_new(path: Path, text: str, mode: int) -> Path:
    """Write the text to ``path`` or, if a file is there already, to the first free path of ``path.new``,
    ``path.new2`` and so on. Returns the path of the written file.

    The text is complete before the file gets its name, so a process that ends at any moment leaves no incomplete file
    of that name. Raises Refused when the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            _write(part, text, mode)
            return _name(part, path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    except OSError as exc:
        raise Refused(str(path), f"cannot be written: {exc.strerror}") from exc


def _write(part: Path, text: str, mode: int) -> None:
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _name(part: Path, path: Path) -> Path:
    """Link the complete file ``part`` to the first free name for ``path``, as in ``write_new``. Returns the path with
    that name. Making a link fails if a file of that name exists, so no file is overwritten."""
    for number in count():
        target = path.with_name(f"{path.name}{('', '.new')[min(number, 1)]}{number if number > 1 else ''}")
        try:
            os.link(part, target)
        except FileExistsError:
            continue
        return target
    raise AssertionError

"""OpenedFile: detects that the file of an open SQLite store was deleted, replaced or overwritten.

SQLite does not notice such a change (https://www.sqlite.org/howtocorrupt.html): it goes on, and its writes are lost
or damage another database. OpenedFile keeps one connection open all the time, because SQLite deletes its write-ahead
log and the index of the log when the last connection closes. So if the log or its index disappears or is replaced,
somebody else has done that.
"""

import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bot.adapters.store.backend import START_AGAIN, SYSTEM
from bot.adapters.store.private_file import Identity
from bot.errors import Gone, Unavailable

_LOG, _INDEX = "-wal", "-shm"
# The mark is the application id in the header of the file, for which SQLite has four bytes, signed.
_LARGEST_MARK = 2**31 - 1
_AGAIN_WITHOUT_BOTS = (
    "the bot ends: put the right copy there, without its -wal and -shm, while no bot runs, and start it again"
)


@dataclass(frozen=True, slots=True)
class _State:
    """Time of change and size of the file. They change only when SQLite copies the log into the file, or when
    somebody else writes to it."""

    changed: int
    size: int


class OpenedFile:
    """The file of an open store. ``verify`` raises when it is no longer the file that was opened."""

    def __init__(self, configured_path: Path, path: Path, held: sqlite3.Connection, shown: str) -> None:
        """``configured_path`` may be a link to ``path``. Raises sqlite3.Error when the file cannot be marked."""
        self._path = path
        self._held = held
        self._shown = shown
        self._mark = _ensure_mark(held)
        names = {configured_path.absolute(): "the file", path: "the file"}
        for beside in (path.with_name(path.name + suffix) for suffix in (_LOG, _INDEX)):
            names[beside] = f"{beside.name}, which belongs to it,"
        self._opened = [(file, name, Identity.of(file)) for file, name in names.items()]
        self._state = _state(path)
        self._version = _version(held)

    def verify(self) -> None:
        """Raise Gone when the file was replaced, Unavailable when the disk fails, sqlite3.Error when the database is
        broken."""
        try:
            for path, name, opened in self._opened:
                self._compare(path, name, opened)
            state = _state(self._path)
        except OSError as exc:
            raise Unavailable(SYSTEM, f"the disk cannot be read or written ({exc.strerror})") from exc
        if state != self._state:
            self._verify_header(state)

    def close(self) -> None:
        """Close the connection that was kept open."""
        self._held.close()

    def _compare(self, path: Path, name: str, opened: Identity | None) -> None:
        identity = Identity.of(path)
        # A path without a file at the start is not one of the store's files: the configured name was a URI, or there
        # is no log.
        if opened is not None and identity != opened:
            problem = "is not there any more" if identity is None else "is another one than the bot has opened"
            raise Gone(SYSTEM, f"{self._shown}: {name} {problem}: {START_AGAIN}")

    def _verify_header(self, state: _State) -> None:
        is_shorter = state.size < self._state.size
        try:
            mark, version = _header(self._path)
        except sqlite3.DatabaseError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            # While the log is being copied into the file, it may have fewer pages than its header says.
            mark, version = self._mark, self._version
        # SQLite shortens the file only in a VACUUM, which increments the schema version.
        if is_shorter and version <= self._version:
            problem = "the file was cut, or an older copy was written over it"
            raise Gone(SYSTEM, f"{self._shown}: {problem}: {_AGAIN_WITHOUT_BOTS}")
        if mark != self._mark:
            raise Gone(SYSTEM, f"{self._shown}: another database was written over the file: {_AGAIN_WITHOUT_BOTS}")
        self._state, self._version = state, version


def _state(path: Path) -> _State:
    stat = path.stat()
    return _State(stat.st_mtime_ns, stat.st_size)


def _ensure_mark(connection: sqlite3.Connection) -> int:
    """The random number that identifies this database. It is written into the file if it is not there yet."""
    mark = _mark(connection)
    if mark:
        return mark
    connection.execute("BEGIN IMMEDIATE")
    # Ask again: another bot may have written it before this transaction began.
    if not (mark := _mark(connection)):
        mark = secrets.randbelow(_LARGEST_MARK) + 1
        connection.execute(f"PRAGMA application_id = {mark}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(FULL)")
    return mark


def _header(path: Path) -> tuple[int, int]:
    """The mark and the schema version in the file itself, without the log. They are read through SQLite: if this
    process opened and closed the file without SQLite, SQLite would lose its locks on the file."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?immutable=1", uri=True)) as connection:
        return _mark(connection), _version(connection)


def _mark(connection: sqlite3.Connection) -> int:
    return _number(connection, "PRAGMA application_id")


def _version(connection: sqlite3.Connection) -> int:
    return _number(connection, "PRAGMA schema_version")


def _number(connection: sqlite3.Connection, statement: str) -> int:
    number: int = connection.execute(statement).fetchone()[0]
    return number

"""The file of an SQLite store that is open: whether it still is the one that was opened.

SQLite does not see when its files are deleted, replaced or copied over while they are open
(https://www.sqlite.org/howtocorrupt.html): it goes on, and what it writes is lost, or mixed into another database.
One connection is held all the time. So the write-ahead log and its index are there until the bot closes them, and
whatever happens to them was done by somebody else.
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
# Four bytes of the header that are the application's own.
_LARGEST_MARK = 2**31 - 1
_AGAIN_WITHOUT_BOTS = (
    "the bot ends: put the right copy there, without its -wal and -shm, while no bot runs, and start it again"
)


@dataclass(frozen=True, slots=True)
class _State:
    """Changes whenever the file itself is written: by SQLite that is now and then, when the log is copied into it."""

    changed: int
    size: int


class OpenedFile:
    """``look`` raises what the bot knows when the file is not the one any more that it has opened."""

    def __init__(self, named: Path, path: Path, held: sqlite3.Connection, shown: str) -> None:
        """``named`` may be a link to ``path``. Raises sqlite3.Error when it cannot be marked."""
        self._path = path
        self._held = held
        self._shown = shown
        self._mark = _ensure_mark(held)
        names = {named.absolute(): "the file", path: "the file"}
        for beside in (path.with_name(path.name + suffix) for suffix in (_LOG, _INDEX)):
            names[beside] = f"{beside.name}, which belongs to it,"
        self._opened = [(file, name, Identity.of(file)) for file, name in names.items()]
        self._state = _state(path)
        self._version = _version(held)

    def verify(self) -> None:
        """Raises Gone; Unavailable when the disk does not tell; sqlite3.Error for what is no database any more."""
        try:
            for path, name, opened in self._opened:
                self._compare(path, name, opened)
            state = _state(self._path)
        except OSError as exc:
            raise Unavailable(SYSTEM, f"the disk cannot be read or written ({exc.strerror})") from exc
        if state != self._state:
            self._verify_header(state)

    def close(self) -> None:
        """Let go of it."""
        self._held.close()

    def _compare(self, path: Path, name: str, opened: Identity | None) -> None:
        identity = Identity.of(path)
        # What was not there is none of its files: a URI instead of a name, or a log where the disk takes none.
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
            # It has fewer pages than it says: the log is being copied into it, which makes it longer.
            mark, version = self._mark, self._version
        # SQLite shortens it in a VACUUM only, which counts as a change of the schema.
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
    """A number by which this database is told from any other, written once into the file itself."""
    mark = _mark(connection)
    if mark:
        return mark
    connection.execute("BEGIN IMMEDIATE")
    # Another bot may have been first.
    if not (mark := _mark(connection)):
        mark = secrets.randbelow(_LARGEST_MARK) + 1
        connection.execute(f"PRAGMA application_id = {mark}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(FULL)")
    return mark


def _header(path: Path) -> tuple[int, int]:
    """Mark and version of the schema, as they are on the disk, without the log. SQLite itself opens the file: another
    close() in this process would drop its locks."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?immutable=1", uri=True)) as connection:
        return _mark(connection), _version(connection)


def _mark(connection: sqlite3.Connection) -> int:
    return _number(connection, "PRAGMA application_id")


def _version(connection: sqlite3.Connection) -> int:
    return _number(connection, "PRAGMA schema_version")


def _number(connection: sqlite3.Connection, statement: str) -> int:
    number: int = connection.execute(statement).fetchone()[0]
    return number

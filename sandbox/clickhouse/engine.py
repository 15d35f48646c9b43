"""Runs statements in the chDB engine, each on a connection of its own, so that its settings affect no other
statement.

A connection of an open engine costs about a millisecond, connections run at the same time, and a SET on one does not
affect the others (measured with chdb 4.4).
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chdb import ChdbError
from chdb.state.sqlitelike import Connection

from sandbox.clickhouse.request import READONLY, Request

_CODE = re.compile(r"Code: (\d+)\.")
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
UNKNOWN_SETTING = 115
UNKNOWN_EXCEPTION = 1002


class StatementFailed(Exception):
    """The engine refused or failed a statement; the message is ClickHouse's, beginning with `Code: N.`."""

    def __init__(self, message: str) -> None:
        begin = message.find("Code: ")
        super().__init__(message[begin:] if begin >= 0 else f"Code: {UNKNOWN_EXCEPTION}. DB::Exception: {message}")
        found = _CODE.search(str(self))
        self.code = int(found.group(1)) if found else UNKNOWN_EXCEPTION


@dataclass(frozen=True)
class Answer:
    """Rows in the requested format, and the counts of ClickHouse's summary header."""

    body: bytes
    read_rows: int
    written_rows: int


class Engine:
    """The engine over one directory; a process can have only one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept_open = Connection(str(path))

    def close(self) -> None:
        self._kept_open.close()

    def run(self, request: Request) -> Answer:
        """Blocks until the statement has ended. Raises StatementFailed."""
        connection = Connection(str(self._path))
        try:
            _prepare(connection, request)
            result = self._insert(connection, request) if request.data is not None else _query(connection, request)
            return Answer(result.bytes() or b"", result.storage_rows_read(), int(result.rows_written()))
        except (ChdbError, RuntimeError) as error:
            raise StatementFailed(str(error)) from error
        finally:
            connection.close()

    def _insert(self, connection: Connection, request: Request) -> Any:
        with tempfile.NamedTemporaryFile(dir=self._path.parent, suffix=".insert") as rows:
            rows.write(request.data or b"")
            rows.flush()
            statement = f"{request.statement} FROM INFILE {_quoted(rows.name)} FORMAT {request.format}"
            return connection.query(statement, params=dict(request.parameters))


def _query(connection: Connection, request: Request) -> Any:
    return connection.query(request.statement, request.format, params=dict(request.parameters))


def _prepare(connection: Connection, request: Request) -> None:
    if request.database:
        connection.query(f"USE `{request.database.replace('`', '')}`")
    others = {name: value for name, value in request.settings.items() if name != READONLY}
    if others:
        connection.query(_set(others))
    if READONLY in request.settings:  # readonly is set last, because it forbids changing the other settings
        connection.query(_set({READONLY: request.settings[READONLY]}))


def _set(settings: Mapping[str, str]) -> str:
    for name in settings:
        if not _SETTING_NAME.match(name):
            raise StatementFailed(
                f"Code: {UNKNOWN_SETTING}. DB::Exception: Unknown setting {name!r}. (UNKNOWN_SETTING)"
            )
    return "SET " + ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items())


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

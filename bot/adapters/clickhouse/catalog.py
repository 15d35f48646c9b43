"""ClickHouseCatalog: ``bot.ports.catalog.Catalog`` for one ClickHouse."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from string import Template

from pydantic import SecretStr

from bot.adapters.clickhouse.connection import Connection, Reach, Statement
from bot.adapters.clickhouse.text import NAME, quoted, unquoted
from bot.config import ClickHouseAddress
from bot.model.catalog import ListedTable

_COLUMNS = """
SELECT c.database, c.table, t.engine, t.sorting_key, c.name, c.type
FROM system.columns AS c
INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE c.database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA')
  AND NOT startsWith(c.table, '.inner') AND NOT t.is_temporary
ORDER BY c.database, c.table, c.position
LIMIT 20000
"""
# The rows that are read, and the values that are kept, are bounded.
_VALUES = Template(
    "SELECT DISTINCT ifNull(toString(value), '') AS value"
    " FROM (SELECT $column AS value FROM $table LIMIT 5000000) LIMIT 5000"
)
# A name, a text, or any other character of a sorting key. A quote that is not closed takes all the rest.
_PIECE = re.compile(r"`(?:[^`\\]|\\.|``)*`?|'(?:[^'\\]|\\.)*'?|\w+|.", re.DOTALL)
_OPENING, _CLOSING = ("(", "["), (")", "]")
_COMMENT = json.dumps({"app": "backfill-bot", "does": "init"})


class ClickHouseCatalog:
    """One ClickHouse; every call ends within ``limit``."""

    def __init__(self, address: ClickHouseAddress, password: SecretStr, limit: timedelta) -> None:
        self._connection = Connection("ClickHouse", address, password, limit)

    async def tables(self) -> Sequence[ListedTable]:
        """See ``bot.ports.catalog.Catalog``."""
        rows = await self._texts(_COLUMNS, 6)
        return [
            ListedTable(database, name, engine, {row[4]: row[5] for row in columns}, _names(sorting_key))
            for (database, name, engine, sorting_key), columns in groupby(rows, key=lambda row: row[:4])
        ]

    async def values(self, table: ListedTable, column: str) -> frozenset[str]:
        """See ``bot.ports.catalog.Catalog``."""
        place = f"{quoted(table.database)}.{quoted(table.name)}"
        rows = await self._texts(_VALUES.substitute(column=quoted(column), table=place), 1)
        return frozenset(text for (text,) in rows if text)

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()

    async def _texts(self, sql: str, columns: int) -> Sequence[tuple[str, ...]]:
        async with self._connection.asking() as client:
            answer = await self._connection.query(client, Statement(sql, {}, Reach.HERE, _COMMENT))
        return answer.texts(columns)


def _names(sorting_key: str) -> tuple[str, ...]:
    """The plain columns of a sorting key. Expressions are left out: nothing here needs them."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(sorting_key):
        depth += (piece in _OPENING) - (piece in _CLOSING)
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(unquoted(part.strip()) for part in parts if re.fullmatch(NAME, part.strip(), re.DOTALL))

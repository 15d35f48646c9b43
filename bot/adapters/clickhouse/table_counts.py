"""Counts a table. Looks up how the table is stored, and counts again if the table has been replaced meanwhile."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from clickhouse_connect.driver.exceptions import DatabaseError

from bot.adapters.clickhouse import answers, counting
from bot.adapters.clickhouse.connection import Connection
from bot.adapters.clickhouse.engines import Storage
from bot.adapters.clickhouse.errors import is_about_statement, is_illegal_final
from bot.adapters.clickhouse.explaining import explain
from bot.adapters.clickhouse.rows import Answer
from bot.adapters.clickhouse.storages import Ask, Storages, seen_bound
from bot.computing import compute
from bot.errors import Unavailable
from bot.model import DayCount, TableSpec

# At most this many tries: the table may be replaced between look-up and count, and a try of FINAL may fail first.
COUNTED_AT_MOST = 4

Counts = Mapping[str, Mapping[date, DayCount]]


class TableCounts:
    """The counts of one server's tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._storages = Storages()

    async def count(self, table: TableSpec, whose: counting.Whose, values: Mapping[str, Any], ask: Ask) -> Counts:
        """The rows of each day, by customer. ``values`` bind the customers and the range."""
        for _ in range(COUNTED_AT_MOST):
            storage = await self._storages.of(table, ask)
            answer = await self._ask_once(
                table, storage, counting.counts_statement(table, storage, whose), values, ask
            )
            if answer is None:
                continue
            # In a thread, because a hundred thousand rows would block the event loop.
            seen, counts = await compute(counting.seen_and_counts, answer, table, storage)
            if seen == storage.seen:
                return counts
            self._storages.forget(table)
        raise self._is_replaced_each_time(table)

    async def probe(self, table: TableSpec, values: Mapping[str, Any], ask: Ask) -> Storage:
        """Run the statement of ``count`` without reading rows. Returns how the table is stored."""

        def statement(storage: Storage) -> str:
            return counting.without_rows(counting.counts_statement(table, storage))

        storage, _ = await self.ask_as_stored(table, statement, values, ask)
        return storage

    async def ask_as_stored(
        self, table: TableSpec, statement: Callable[[Storage], str], values: Mapping[str, Any], ask: Ask
    ) -> tuple[Storage, Answer]:
        """The answer to a statement that depends on how the table is stored, and the storage for which the statement
        was built. Raises StatementRefused if the table has a checksum, but the answer has no column ``checksum``."""
        for _ in range(COUNTED_AT_MOST):
            storage = await self._storages.of(table, ask)
            answer = await self._ask_once(table, storage, statement(storage), values, ask)
            if answer is not None:
                return storage, answer
        raise self._is_replaced_each_time(table)

    async def storage_of(self, table: TableSpec, ask: Ask) -> Storage:
        """How the table is stored: from the cache, or else looked up with ``ask``."""
        return await self._storages.of(table, ask)

    async def _ask_once(
        self, table: TableSpec, storage: Storage, statement: str, values: Mapping[str, Any], ask: Ask
    ) -> Answer | None:
        """The answer; None if another try may succeed."""
        with self._connection.in_section(f"table {table.name} in [[verify.tables]]"):
            try:
                answer = await ask(statement, {**values, **seen_bound(table, storage.places)})
            except DatabaseError as exc:
                await self._recover(table, storage, exc, ask)
                return None
            if table.checksum:
                answers.require_columns(answer, (answers.CHECKSUM,))
        return answer

    async def _recover(self, table: TableSpec, storage: Storage, error: DatabaseError, ask: Ask) -> None:
        """Prepare another try if the table turns out to be stored differently than assumed: then another try may
        succeed. Otherwise raise ``error``, or its reason in terms of the configuration."""
        if is_illegal_final(error) and storage.final is None:
            self._storages.note_no_final(table)
            return
        if not is_about_statement(error):
            raise error
        self._storages.forget(table)
        if (await self._storages.of(table, ask)).seen == storage.seen:
            await explain(table, storage, error, ask)
            raise error

    def _is_replaced_each_time(self, table: TableSpec) -> Unavailable:
        return Unavailable(self._connection.system, f"{table.table} is another table each time it is counted")

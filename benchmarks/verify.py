"""Measures the statement of ``verify``, which counts stored rows and rows under FINAL by day.

The reference is two statements that a person would type, one for each count, run side by side. Both are measured
over the whole range, and over five days of a table whose key contains the time. Further results are the rows that
ClickHouse reads, and the ratio to the FINAL statement alone, which does not show duplicates.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import SecretStr

from benchmarks import alone
from benchmarks.pairs import compare
from benchmarks.result import Figure, Measuring, Result, Target
from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.model import TableSpec, Window
from tests.adapters.clickhouse.conftest import config
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.temporal.server import eventually

ROWS = 57_000_000
DAYS = 51
# Rows in one INSERT, which stays well within the fixture's time limit.
AT_ONCE = 10_000_000
RANGE = Window.of_days(date(2026, 1, 1), DAYS)
# Five days of the range.
PART = Window.of_days(date(2026, 1, 20), 5)
TABLE = TableSpec("scores", "analytics.scores", "customer", "scored_at", expected=None)
BY_TIME = TableSpec("by_time", "analytics.by_time", "customer", "scored_at", expected=None)
CLUSTER = "voice-prod"
FILL = f"""
INSERT INTO analytics.{{table}}
SELECT number, 'hilton', toDateTime('2026-01-01', 'UTC') + number % ({DAYS} * 86400), 1, 1
FROM numbers({{first}}, {{rows}})
"""
CREATE_BY_TIME = (
    "CREATE TABLE analytics.by_time AS analytics.scores"
    " ENGINE = ReplacingMergeTree(version) ORDER BY (customer, scored_at, id)"
)
BY_DAY = (
    "SELECT toDate(scored_at) AS day, count() FROM {table} WHERE customer = 'hilton'"
    " AND scored_at >= '{days.start}' AND scored_at < '{days.end}' GROUP BY day"
)
# In seconds. A log that stays the same for this long is complete.
NOTED_WITHIN = 0.5
TIME, READ = Target(1.15), Target(1.1)
BOTH, FINAL_ALONE = "stored and FINAL by day, side by side", "FINAL by day alone"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked in three ways: by the bot's adapter, by two statements, and by the FINAL statement alone."""

    name: str
    by_bot: Callable[[], Awaitable[object]]
    both: Callable[[], Awaitable[object]]
    final: Callable[[], Awaitable[object]]


def _asked(name: str, table: TableSpec, days: Window, warehouse: ClickHouseWarehouse, client: AsyncClient) -> Asked:
    stored, final = (BY_DAY.format(table=f"{table.table}{how}", days=days) for how in ("", " FINAL"))
    return Asked(
        name,
        lambda: warehouse.counts(table, "hilton", days),
        lambda: asyncio.gather(client.query(stored), client.query(final)),
        lambda: client.query(final),
    )


async def measure(rows: str = str(ROWS)) -> Measuring:
    """Measure with this many rows of one customer, over 51 days."""
    async with _filled(int(rows)) as (server, warehouse, client):
        for asked in (
            _asked(f"verify, {int(rows):,} rows", TABLE, RANGE, warehouse, client),
            _asked("verify, 5 days of them, key with the time", BY_TIME, PART, warehouse, client),
        ):
            yield await compare(asked.name, asked.by_bot, asked.both, BOTH, TIME)
            yield await _rows_read(asked, server)
            yield await compare(f"{asked.name}, FINAL alone", asked.by_bot, asked.final, FINAL_ALONE)


async def _rows_read(asked: Asked, server: ClickHouseServer) -> Result:
    """The rows that ClickHouse reads for the bot and for the two statements, by its own count."""
    bot, bare = [await _read(work, server) for work in (asked.by_bot, asked.both)]
    name = f"{asked.name}, rows read"
    return Result(name, Figure.single(bot), "rows", READ, Figure.single(bare), BOTH, Figure.single(bot / bare))


async def _read(work: Callable[[], Awaitable[object]], server: ClickHouseServer) -> int:
    """The rows read for ``work``. The server logs a statement after it has answered, so the log is read until it
    stays the same."""
    before, last = server.last_id(), 0
    await work()

    async def noted() -> tuple[int, int]:
        nonlocal last
        await asyncio.sleep(NOTED_WITHIN)
        earlier, last = last, sum(int(statement["read_rows"]) for statement in server.log(before))
        return earlier, last

    read, _ = await eventually(noted, lambda rows: rows[0] and rows[0] == rows[1])
    return read


@asynccontextmanager
async def _filled(rows: int) -> AsyncIterator[tuple[ClickHouseServer, ClickHouseWarehouse, AsyncClient]]:
    with _server() as server:
        server.run(CREATE_BY_TIME)
        for table in ("scores", "by_time"):
            for first in range(0, rows, AT_ONCE):
                server.run(FILL.format(table=table, first=first, rows=min(AT_ONCE, rows - first)))
        async with AsyncExitStack() as stack:
            warehouse = ClickHouseWarehouse(CLUSTER, config(server.url), SecretStr(""))
            stack.push_async_callback(warehouse.close)
            client: AsyncClient = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port)
            stack.push_async_callback(client.close)
            yield server, warehouse, client


@contextmanager
def _server() -> Iterator[ClickHouseServer]:
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    alone.run(measure)

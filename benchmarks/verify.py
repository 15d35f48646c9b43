"""``verify``'s statement, raw and FINAL by day, against FINAL by day alone, as a person would type it; and the rows
that it reads of a day, against those that the day has.

Run alone, ``python -m benchmarks.verify``.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import SecretStr

from benchmarks.pairs import Ratio, compare, line
from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.model import TableSpec, Window
from tests.adapters.clickhouse.conftest import config
from tests.adapters.clickhouse.server import ClickHouseServer

ROWS = 5_000_000
DAYS = 51
RANGE = Window.of_days(date(2026, 1, 1), DAYS)
TABLE = TableSpec("scores", "analytics.scores", "customer", "scored_at", expected=None)
CLUSTER = "voice-prod"
FILL = f"""
INSERT INTO analytics.scores
SELECT number, 'hilton', toDateTime('2026-01-01', 'UTC') + number % ({DAYS} * 86400), 1, 1
FROM numbers({ROWS})
"""
BY_DAY = "SELECT toDate(scored_at) AS day, count() FROM analytics.scores FINAL WHERE customer = 'hilton' GROUP BY day"

# One day of fifty, in a table whose key holds the time.
DAY = Window.of_days(date(2026, 1, 20), 1)
BY_TIME = TableSpec("by_time", "analytics.by_time", "customer", "scored_at", expected=None)
FILL_BY_TIME = (
    "CREATE TABLE analytics.by_time AS analytics.scores"
    " ENGINE = ReplacingMergeTree(version) ORDER BY (customer, scored_at, id)",
    "INSERT INTO analytics.by_time SELECT * FROM analytics.scores",
)


async def verify_lines() -> tuple[str, str]:
    """Five million rows of one customer over 51 days: the ratio of times, and that of rows read."""
    with _filled() as server:
        return line(await _measured(server)), await _rows_read_of_a_day(server)


async def _rows_read_of_a_day(server: ClickHouseServer) -> str:
    for statement in FILL_BY_TIME:
        server.run(statement)
    warehouse = ClickHouseWarehouse(CLUSTER, config(server.url), SecretStr(""))
    try:
        (count,) = (await warehouse.counts(BY_TIME, "hilton", DAY)).values()
        before = server.last_id()
        await warehouse.counts(BY_TIME, "hilton", DAY)
    finally:
        await warehouse.close()
    read = server.log(before)[-1]["read_rows"]
    return f"reads     {read / (2 * count.final):.2f} times the rows of a day ({read:,} of {ROWS:,} stored rows)"


@contextmanager
def _filled() -> Iterator[ClickHouseServer]:
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            server.run(FILL)
            yield server
        finally:
            server.stop()


async def _measured(server: ClickHouseServer) -> Ratio:
    warehouse = ClickHouseWarehouse(CLUSTER, config(server.url), SecretStr(""))
    client: AsyncClient = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port)
    try:
        return await compare("verify", lambda: warehouse.counts(TABLE, "hilton", RANGE), lambda: client.query(BY_DAY))
    finally:
        await client.close()
        await warehouse.close()


async def main() -> None:
    """Measure and print."""
    print("\n".join(await verify_lines()))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())

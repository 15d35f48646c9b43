"""``verify``'s statement, raw and FINAL by day, against FINAL by day alone, as a person would type it."""

import tempfile
from datetime import date
from pathlib import Path

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import SecretStr

from benchmarks.pairs import Ratio, compare
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


async def verify_to_bare_final() -> Ratio:
    """Five million rows of one customer over 51 days."""
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            server.run(FILL)
            return await _measured(server)
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

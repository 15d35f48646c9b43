"""``verify all`` of a cluster with 95 customers, against one grouped statement for each table and its source, as a
person would type them; and the same when each customer is asked about alone, as ``verify`` of a customer is.

Run alone, ``python -m benchmarks.verify_all``.
"""

import asyncio
import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import clickhouse_connect
import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import SecretStr

from benchmarks import alone
from benchmarks.pairs import compare
from benchmarks.result import Figure, Measuring, Result, Target
from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.commands import Verify
from bot.config import Config
from bot.errors import Refused
from bot.model import DayCount, ExpectedDay, TableSpec, Window
from bot.services import Services
from bot.usecases.verify import verify
from tests.adapters.clickhouse.conftest import config
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.services import FakeWorld

CUSTOMERS = tuple(f"customer-{number:03}" for number in range(95))
CLUSTER = "voice-prod"
DAYS = 51
ROWS_A_DAY = 200
RANGE = Window.of_days(date(2026, 1, 1), DAYS)
TABLES = ("scorecards", "scores")
MOST = Target(1.3)
EXPECTED = """
SELECT customer, toDate(scored_at, {{timezone:String}}) AS day, count() AS rows
FROM source.{table}
WHERE customer IN {{customers:Array(String)}}
  AND scored_at >= toDateTime({{start:Date}}, {{timezone:String}})
  AND scored_at < toDateTime({{end:Date}}, {{timezone:String}})
GROUP BY customer, day
"""
FILL = f"""
INSERT INTO {{table}} SELECT number, 'customer-' || leftPad(toString(number % {len(CUSTOMERS)}), 3, '0'),
toDateTime('2026-01-01', 'UTC') + intDiv(number, {len(CUSTOMERS)}) % ({DAYS} * 86400), 1, 1
FROM numbers({len(CUSTOMERS) * DAYS * ROWS_A_DAY})
"""
BY_DAY = "SELECT customer, toDate(scored_at) AS day, count() FROM {table} GROUP BY customer, day"


class Apart(ClickHouseWarehouse):
    """Answers about one customer at a time."""

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        raise Refused(table.name, f"{len(customers)} customers over {window}")

    async def expected_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, ExpectedDay]]:
        raise Refused(table.name, f"{len(customers)} customers over {window}")


async def measure() -> Measuring:
    """Two tables and their sources."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            for table in TABLES:
                for schema in ("source", "analytics"):
                    server.run(FILL.format(table=f"{schema}.{table}"))
            async for result in _results(server):
                yield result
        finally:
            server.stop()


async def _results(server: ClickHouseServer) -> Measuring:
    configured = _config(server.url)
    client: AsyncClient = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port)

    async def floor() -> object:
        statements = [BY_DAY.format(table=f"source.{table}") for table in TABLES]
        statements += [BY_DAY.format(table=f"analytics.{table} FINAL") for table in TABLES]
        return await asyncio.gather(*(client.query(statement) for statement in statements))

    for how, kind, target in (("", ClickHouseWarehouse, MOST), (", each customer alone", Apart, None)):
        warehouse = kind(CLUSTER, configured, SecretStr(""))
        services = _services(configured, warehouse)
        await verify(Verify(target="all", range=RANGE), services)
        before = server.last_id()
        await verify(Verify(target="all", range=RANGE), services)
        statements = len(server.log(before))
        name = f"verify all, {len(CUSTOMERS)} customers{how}"
        ask = partial(verify, Verify(target="all", range=RANGE), services)
        yield await compare(name, ask, floor, "one grouped statement a table and source", target)
        yield Result(f"{name}, statements", Figure.single(statements), "")
        await warehouse.close()
    await client.close()


def _config(url: str) -> Config:
    configured = config(url)
    tables = tuple(
        table.model_copy(update={"expected": EXPECTED.format(table=table.name)}) for table in configured.verify.tables
    )
    cluster = configured.clusters[CLUSTER].model_copy(update={"customers": CUSTOMERS})
    update = {"verify": configured.verify.model_copy(update={"tables": tables}), "clusters": {CLUSTER: cluster}}
    return configured.model_copy(update=update)


def _services(configured: Config, warehouse: ClickHouseWarehouse) -> Services:
    services = FakeWorld(config=configured).services
    return replace(services, clusters={CLUSTER: replace(services.clusters[CLUSTER], warehouse=warehouse)})


if __name__ == "__main__":
    alone.run(measure)

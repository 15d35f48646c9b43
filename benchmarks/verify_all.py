"""Measures ``verify all`` of a cluster with 95 customers against grouped statements that a person would type.

The reference has three statements for each table: one for the source, one for the stored rows and one for the rows
under FINAL. A second reference leaves the stored rows out, and so does not show duplicates. A further result is for
statements about each customer alone, as ``verify CUSTOMER`` makes them.

Run it alone with ``python -m benchmarks.verify_all``.
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
from benchmarks.pairs import PAIRS, compare, timed_pairs
from benchmarks.result import Figure, Measuring, Result, Target, of_pairs
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
# A day, for each customer and table. The bot's own work does not depend on it: see docs/performance.md.
ROWS_A_DAY = 1_000
RANGE = Window.of_days(date(2026, 1, 1), DAYS)
TABLES = ("scorecards", "scores")
MOST = Target(1.3)
# Each of these pairs runs hundreds of statements.
FEW_PAIRS = 3
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
toDateTime('2026-01-01', 'UTC') + intDiv(number, {len(CUSTOMERS)}) % {DAYS} * 86400
+ intDiv(number, {len(CUSTOMERS) * DAYS}), 1, 1
FROM numbers({{rows}})
"""
BY_DAY = (
    "SELECT customer, toDate(scored_at) AS day, count() FROM {table}"
    f" WHERE customer IN {CUSTOMERS} AND scored_at >= '{RANGE.start}' AND scored_at < '{RANGE.end}'"
    " GROUP BY customer, day"
)
FINAL = [f"{schema}.{table}{how}" for schema, how in (("source", ""), ("analytics", " FINAL")) for table in TABLES]
BOTH = [*FINAL, *(f"analytics.{table}" for table in TABLES)]
AS_MUCH, LESS = "a grouped statement each of source, stored, FINAL", "a grouped statement each of source and FINAL"


class Apart(ClickHouseWarehouse):
    """A warehouse that refuses statements about several customers, so that the bot asks about each alone."""

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        raise Refused(table.name, f"{len(customers)} customers over {window}")

    async def expected_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, ExpectedDay]]:
        raise Refused(table.name, f"{len(customers)} customers over {window}")


async def measure(rows_a_day: str = str(ROWS_A_DAY)) -> Measuring:
    """Measure with two tables and their sources, which have this many rows a day for each customer."""
    rows = len(CUSTOMERS) * DAYS * int(rows_a_day)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            for table in TABLES:
                for schema in ("source", "analytics"):
                    server.run(FILL.format(table=f"{schema}.{table}", rows=rows))
            async for result in _results(server):
                yield result
        finally:
            server.stop()


async def _results(server: ClickHouseServer) -> Measuring:
    configured = _config(server.url)
    client: AsyncClient = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port)

    async def grouped(tables: Sequence[str]) -> object:
        return await asyncio.gather(*(client.query(BY_DAY.format(table=table)) for table in tables))

    for how, kind, target in (("", ClickHouseWarehouse, MOST), (", each customer alone", Apart, None)):
        warehouse = kind(CLUSTER, configured, SecretStr(""))
        services = _services(configured, warehouse)
        await verify(Verify(target="all", range=RANGE), services)
        before = server.last_id()
        await verify(Verify(target="all", range=RANGE), services)
        statements = len(server.log(before))
        name = f"verify all, {len(CUSTOMERS)} customers{how}"
        ask = partial(verify, Verify(target="all", range=RANGE), services)
        pairs = PAIRS if target else FEW_PAIRS
        yield of_pairs(name, await timed_pairs(ask, partial(grouped, BOTH), pairs), "s", target, AS_MUCH)
        if target:
            yield await compare(f"{name}, FINAL alone", ask, partial(grouped, FINAL), LESS)
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

"""One ClickHouse server for all tests here; each test has customers of its own."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.config import Config
from bot.config.verify import TableConfig
from bot.model import TableSpec, Window
from tests.adapters.clickhouse.server import ClickHouseServer

EXPECTED = """
SELECT toDate(scored_at, {{timezone:String}}) AS day, count() AS rows
FROM source.{table}
WHERE customer = {{customer:String}}
  AND scored_at >= toDateTime({{start:Date}}, {{timezone:String}})
  AND scored_at < toDateTime({{end:Date}}, {{timezone:String}})
GROUP BY day
"""
VOLUME = """
SELECT customer, toDate(scored_at, {timezone:String}) AS day, count() AS rows
FROM source.scorecards
WHERE customer IN {customers:Array(String)}
  AND scored_at >= toDateTime({start:Date}, {timezone:String})
  AND scored_at < toDateTime({end:Date}, {timezone:String})
GROUP BY customer, day
"""
CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))

Connect = Callable[..., ClickHouseWarehouse]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    first = ClickHouseServer(tmp_path_factory.mktemp("clickhouse") / "data")
    first.start()
    yield first
    first.stop()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes warehouses that are closed when the test ends."""
    made: list[ClickHouseWarehouse] = []

    def make(url: str, password: str = "", **changes: Any) -> ClickHouseWarehouse:
        made.append(ClickHouseWarehouse("voice-prod", config(url, **changes), SecretStr(password)))
        return made[-1]

    yield make
    for warehouse in made:
        await warehouse.close()


@pytest.fixture
def warehouse(server: ClickHouseServer, connect: Connect) -> ClickHouseWarehouse:
    return connect(server.url)


@pytest.fixture
def customer() -> str:
    return f"customer-{uuid.uuid4().hex[:12]}"


def config(
    url: str,
    *,
    timezone: str = "UTC",
    time_limit: str = "20s",
    username: str = "default",
    volume: str = VOLUME,
    expected: str | None = None,
    tables: Sequence[TableConfig] = (),
) -> Config:
    usual = [
        {
            "name": name,
            "table": f"analytics.{name}",
            "customer_column": "customer",
            "time_column": "scored_at",
            "expected": expected or EXPECTED.format(table=name),
        }
        for name in ("scorecards", "scores")
    ]
    return Config.model_validate(
        {
            "campaign": {"start": CAMPAIGN.start, "end": CAMPAIGN.end, "timezone": timezone},
            "workflow": {"types": ["CustomerBackfill"], "task_queue": "backfill"},
            "slack": {"channel": "C0BACKFILLS"},
            "verify": {"tables": tables or usual, "time_limit": time_limit},
            "volume": {"query": volume},
            "clusters": {
                "voice-prod": {
                    "temporal": {"address": "127.0.0.1:7233", "namespace": "voice-prod"},
                    "clickhouse": {"url": url, "username": username},
                }
            },
        }
    )


def table(name: str = "scores", **changes: Any) -> TableSpec:
    known = {
        "name": name,
        "table": f"analytics.{name}",
        "customer_column": "customer",
        "time_column": "scored_at",
        "expected": EXPECTED.format(table=name),
    }
    return TableSpec(**known | changes)

"""The contract of ``Catalog``: the fake, and a real ClickHouse."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.adapters.clickhouse.catalog import ClickHouseCatalog
from bot.config import ClickHouseAddress
from bot.errors import DependencyError, Unavailable
from bot.model.catalog import ListedTable
from bot.ports.catalog import Catalog
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.catalog import FakeCatalog

ODD = "it`s"


@dataclass
class Shelf:
    """A catalog, and a database of its own in it."""

    catalog: Catalog
    database: str

    async def tables(self) -> list[ListedTable]:
        """Those of this test."""
        return [table for table in await self.catalog.tables() if table.database == self.database]


@pytest.fixture(params=["fake", "clickhouse"])
async def shelf(request: pytest.FixtureRequest) -> AsyncIterator[Shelf]:
    database = f"shelf_{uuid.uuid4().hex[:8]}"
    columns = {"tenant": "Nullable(String)", ODD: "Date", "id": "UInt64"}
    orders = ListedTable(database, "orders", "MergeTree", columns, (ODD, "id"))
    if request.param == "fake":
        texts = {(orders, "tenant"): frozenset({"acme", "globex"}), (orders, ODD): frozenset({"2026-01-01"})}
        yield Shelf(FakeCatalog([orders, ListedTable(database, "a_log", "Log", {"n": "Int8"})], texts), database)
        return
    server: ClickHouseServer = request.getfixturevalue("server")
    server.run(f"CREATE DATABASE {database}")
    listed = "tenant Nullable(String), `it\\`s` Date, id UInt64"
    server.run(f"CREATE TABLE {database}.orders ({listed}) ENGINE = MergeTree ORDER BY (`it\\`s`, id)")
    server.run(f"CREATE TABLE {database}.a_log (n Int8) ENGINE = Log")
    rows = (
        "('acme', '2026-01-01', 1), ('globex', '2026-01-01', 2), ('acme', '2026-01-01', 3), (NULL, '2026-01-01', 4)"
    )
    server.run(f"INSERT INTO {database}.orders VALUES {rows}")
    catalog = ClickHouseCatalog(ClickHouseAddress(url=server.url), SecretStr(""), timedelta(seconds=20))
    yield Shelf(catalog, database)
    await catalog.close()


async def test_tables_are_listed_in_order_with_engine_columns_and_sorting_key(shelf: Shelf) -> None:
    log, orders = await shelf.tables()

    assert (log.name, orders.name, orders.engine) == ("a_log", "orders", "MergeTree")
    assert orders.columns == {"tenant": "Nullable(String)", ODD: "Date", "id": "UInt64"}
    assert orders.sorting_key == (ODD, "id")


async def test_the_arguments_of_an_expression_are_no_sorting_columns(server: ClickHouseServer) -> None:
    database = f"shelf_{uuid.uuid4().hex[:8]}"
    server.run(f"CREATE DATABASE {database}")
    key = "id, cityHash64(a, b, c), [d, e], concat(c, ' , a, ('), `f, g`, `it\\`s`"
    columns = "id UInt8, a UInt8, b UInt8, c String, d UInt8, e UInt8, `f, g` UInt8, `it\\`s` UInt8"
    server.run(f"CREATE TABLE {database}.orders ({columns}) ENGINE = MergeTree ORDER BY ({key})")
    catalog = ClickHouseCatalog(ClickHouseAddress(url=server.url), SecretStr(""), timedelta(seconds=20))
    (orders,) = await Shelf(catalog, database).tables()
    await catalog.close()

    assert orders.sorting_key == ("id", "f, g", ODD)


async def test_the_values_of_a_column_are_different_texts(shelf: Shelf) -> None:
    _, orders = await shelf.tables()

    assert await shelf.catalog.values(orders, "tenant") == {"acme", "globex"}
    assert await shelf.catalog.values(orders, ODD) == {"2026-01-01"}


async def test_tables_of_the_server_itself_are_left_out(shelf: Shelf) -> None:
    databases = {table.database.lower() for table in await shelf.catalog.tables()}

    assert not databases & {"system", "information_schema"}


async def test_no_answer_is_an_error_of_the_bot() -> None:
    address = ClickHouseAddress(url="http://127.0.0.1:2")
    real = ClickHouseCatalog(address, SecretStr(""), timedelta(seconds=5))
    for catalog in (real, FakeCatalog(away=Unavailable("ClickHouse", "no answer"))):
        with pytest.raises(DependencyError):
            await catalog.tables()
    await real.close()

"""The contract of bot.ports.Warehouse about single rows, on the fake and on the adapter."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import pytest

from bot.errors import Unavailable
from bot.model.row_differences import BUCKETS, Cell, CellCount, HashedRow, Hour
from bot.ports import Warehouse
from tests.adapters.clickhouse.conftest import Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.warehouse import FakeWarehouse

JAN_5, JAN_6 = date(2026, 1, 5), date(2026, 1, 6)
ONE, TWO, NEXT = Hour(JAN_5, 1), Hour(JAN_5, 2), Hour(JAN_6, 1)
# The value is the checksum.
SPEC = table(
    key=("id",),
    checksum="toUInt64(value)",
    expected_rows="SELECT id AS key, scored_at AS moment, toUInt64(value) AS checksum FROM source.scores"
    " WHERE customer = {customer:String}",
)
TABLE = {1: (ONE, 10), 2: (TWO, 20), 3: (NEXT, 30)}
SOURCE = {1: (ONE, 10), 2: (TWO, 21), 4: (NEXT, 40)}

Rows = Mapping[int, tuple[Hour, int]]


class World(Protocol):
    """A warehouse with a hand on its rows, by id; ``away`` is one whose server does not answer."""

    warehouse: Warehouse
    away: Warehouse

    def put(self, customer: str, stored: Rows, source: Rows) -> None:
        """Put rows into the table ``scores`` and into its source."""


class RealWorld:
    def __init__(self, server: ClickHouseServer, connect: Connect) -> None:
        self._server = server
        self.warehouse: Warehouse = connect(server.url)
        self.away: Warehouse = connect("http://127.0.0.1:9")

    def put(self, customer: str, stored: Rows, source: Rows) -> None:
        for place, rows in (("analytics.scores", stored), ("source.scores", source)):
            values = ", ".join(
                f"({number}, '{customer}', '{hour.day} {hour.hour:02}:30:00', {value}, 1)"
                for number, (hour, value) in rows.items()
            )
            self._server.run(f"INSERT INTO {place} VALUES {values}")


class FakeWorld:
    def __init__(self) -> None:
        self._fake = FakeWarehouse()
        self.warehouse: Warehouse = self._fake
        self.away: Warehouse = FakeWarehouse(away=Unavailable("ClickHouse", "no answer"))

    def put(self, customer: str, stored: Rows, source: Rows) -> None:
        for kept, rows in ((self._fake.rows, stored), (self._fake.source_rows, source)):
            kept["scores", customer] = [HashedRow(n, f"({n})", hour, value) for n, (hour, value) in rows.items()]


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    return RealWorld(request.getfixturevalue("server"), request.getfixturevalue("connect"))


async def test_rows_are_counted_by_the_hours_of_the_days_asked_for(world: World, customer: str) -> None:
    world.put(customer, TABLE, SOURCE)
    world.put(f"{customer}-other", TABLE, SOURCE)

    counted = await world.warehouse.count_by_hour(SPEC, customer, [JAN_5])

    assert counted.table == {ONE: CellCount(1, 10), TWO: CellCount(1, 20)}
    assert counted.source == {ONE: CellCount(1, 10), TWO: CellCount(1, 21)}


async def test_a_key_is_in_one_bucket_on_both_sides(world: World, customer: str) -> None:
    world.put(customer, TABLE, SOURCE)

    counted = await world.warehouse.count_by_bucket(SPEC, customer, [ONE, NEXT])

    assert {cell.hour for cell in (*counted.table, *counted.source)} == {ONE, NEXT}
    assert all(0 <= cell.bucket < BUCKETS for cell in counted.table)
    assert len(counted.table.keys() & counted.source.keys()) == 1


async def test_only_the_rows_of_the_cells_asked_for_are_returned(world: World, customer: str) -> None:
    world.put(customer, TABLE, SOURCE)
    cells = (await world.warehouse.count_by_bucket(SPEC, customer, [TWO, NEXT])).source

    rows = await world.warehouse.rows_of(SPEC, customer, cells)

    assert {(row.key, row.hour, row.checksum) for row in rows.source} == {("(2)", TWO, 21), ("(4)", NEXT, 40)}
    assert {(row.key, row.hour, row.checksum) for row in rows.table} == {("(2)", TWO, 20)}
    assert {row.key_id for row in rows.table} < {row.key_id for row in rows.source}


async def test_a_customer_without_rows_has_none(world: World, customer: str) -> None:
    counted = await world.warehouse.count_by_hour(SPEC, customer, [JAN_5])

    assert (counted.table, counted.source) == ({}, {})


async def test_a_server_that_is_away_is_unavailable(world: World) -> None:
    for ask in (
        world.away.count_by_hour(SPEC, "hilton", [JAN_5]),
        world.away.count_by_bucket(SPEC, "hilton", [ONE]),
        world.away.rows_of(SPEC, "hilton", [Cell(ONE, 7)]),
    ):
        with pytest.raises(Unavailable):
            await ask

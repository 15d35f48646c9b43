"""The contract of bot.ports.Warehouse, on the fake and on the adapter."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import pytest

from bot.errors import Unavailable
from bot.model import DayCount, Window
from bot.ports import Warehouse
from tests.adapters.clickhouse.conftest import Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.warehouse import FakeWarehouse

JAN = Window(date(2026, 1, 1), date(2026, 2, 1))
JAN_5, JAN_6, FEB_1 = date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 1)


class World(Protocol):
    """A warehouse with a hand on what is in it; ``away`` is one whose server does not answer."""

    warehouse: Warehouse
    away: Warehouse

    def store(self, customer: str, days: Mapping[date, DayCount]) -> None:
        """Put rows into the table ``scores``."""

    def produce(self, customer: str, days: Mapping[date, int]) -> None:
        """Put rows into the sources: of ``scores``, and of the volume query."""


class RealWorld:
    def __init__(self, server: ClickHouseServer, connect: Connect) -> None:
        self._server = server
        self.warehouse: Warehouse = connect(server.url)
        self.away: Warehouse = connect("http://127.0.0.1:9")

    def store(self, customer: str, days: Mapping[date, DayCount]) -> None:
        for day, count in days.items():
            self._insert("analytics.scores", customer, day, count.final)
            self._insert("analytics.scores", customer, day, count.duplicates)

    def produce(self, customer: str, days: Mapping[date, int]) -> None:
        for day, rows in days.items():
            self._insert("source.scores", customer, day, rows)
            self._insert("source.scorecards", customer, day, rows)

    def _insert(self, into: str, customer: str, day: date, rows: int) -> None:
        """Ids are of the day, so that inserting fewer rows of the same day again makes duplicates."""
        self._server.run(
            f"INSERT INTO {into} SELECT {day.toordinal()} * 1000 + number, '{customer}',"
            f" toDateTime('{day}', 'UTC') + 60, 1, 1 FROM numbers({rows})"
        )


class FakeWorld:
    def __init__(self) -> None:
        self._fake = FakeWarehouse()
        self.warehouse: Warehouse = self._fake
        self.away: Warehouse = FakeWarehouse(away=Unavailable("ClickHouse", "no answer"))

    def store(self, customer: str, days: Mapping[date, DayCount]) -> None:
        self._fake.stored[("scores", customer)] = dict(days)

    def produce(self, customer: str, days: Mapping[date, int]) -> None:
        self._fake.source[("scores", customer)] = dict(days)
        self._fake.volume[customer] = dict(days)


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    return RealWorld(request.getfixturevalue("server"), request.getfixturevalue("connect"))


async def test_counts_only_the_customer_and_the_days_asked_for(world: World, customer: str) -> None:
    world.store(customer, {JAN_5: DayCount(7, 5), JAN_6: DayCount(3, 3), FEB_1: DayCount(9, 9)})
    world.store(f"{customer}-other", {JAN_5: DayCount(1, 1)})

    counted = await world.warehouse.counts(table(), customer, JAN)

    assert counted == {JAN_5: DayCount(7, 5), JAN_6: DayCount(3, 3)}


async def test_expects_what_the_source_holds(world: World, customer: str) -> None:
    world.produce(customer, {JAN_5: 5, FEB_1: 9})

    assert await world.warehouse.expected(table(), customer, JAN) == {JAN_5: 5}


async def test_a_customer_nobody_knows_has_nothing(world: World, customer: str) -> None:
    assert await world.warehouse.counts(table(), customer, JAN) == {}
    assert await world.warehouse.expected(table(), customer, JAN) == {}
    assert await world.warehouse.volumes([customer], JAN) == {}
    assert await world.warehouse.volumes([], JAN) == {}


async def test_without_an_expected_statement_nothing_can_be_expected(world: World, customer: str) -> None:
    with pytest.raises(ValueError, match="no expected statement"):
        await world.warehouse.expected(table(expected=None), customer, JAN)


async def test_volumes_are_by_customer_and_leave_out_who_has_none(world: World, customer: str) -> None:
    world.produce(customer, {JAN_5: 5, JAN_6: 6, FEB_1: 9})
    world.produce(f"{customer}-other", {JAN_6: 1})

    told = await world.warehouse.volumes([customer, f"{customer}-other", f"{customer}-none"], JAN)

    assert told == {customer: {JAN_5: 5, JAN_6: 6}, f"{customer}-other": {JAN_6: 1}}


async def test_a_server_that_is_away_is_unavailable_whatever_is_asked(world: World) -> None:
    for ask in (
        world.away.counts(table(), "hilton", JAN),
        world.away.expected(table(), "hilton", JAN),
        world.away.volumes(["hilton"], JAN),
        world.away.check(),
    ):
        with pytest.raises(Unavailable):
            await ask

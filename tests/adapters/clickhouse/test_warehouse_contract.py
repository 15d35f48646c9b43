"""The contract of bot.ports.Warehouse, on the fake and on the adapter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

import pytest

from bot.errors import Unavailable
from bot.model import DayCount, ExpectedDay, Window
from bot.ports import Warehouse
from tests.adapters.clickhouse.conftest import EXPECTED, Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.warehouse import FakeWarehouse

JAN = Window(date(2026, 1, 1), date(2026, 2, 1))
HASH, SUM = "cityHash64(id, value)", "sum(cityHash64(id, value)) AS checksum"
EXPECTED_OF_MANY = f"""
SELECT customer, toDate(scored_at, {{timezone:String}}) AS day, count() AS rows, {SUM}
FROM source.scores
WHERE customer IN {{customers:Array(String)}} AND toDate(scored_at, {{timezone:String}}) < {{end:Date}}
GROUP BY customer, day
"""
JAN_5, JAN_6, FEB_1 = date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 1)


class World(Protocol):
    """A warehouse with a hand on what is in it; ``away`` is one whose server does not answer."""

    warehouse: Warehouse
    away: Warehouse

    def store(self, customer: str, days: Mapping[date, DayCount]) -> None:
        """Put rows into the table ``scores``."""

    def produce(self, customer: str, days: Mapping[date, int]) -> None:
        """Put rows into the sources: of ``scores``, and of the volume query."""

    def change(self, customer: str, day: date) -> None:
        """Give a row of that day in the table ``scores`` other contents than in the source."""


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

    def change(self, customer: str, day: date) -> None:
        self._insert("analytics.scores", customer, day, 1, value=2)

    def _insert(self, into: str, customer: str, day: date, rows: int, value: int = 1) -> None:
        """Ids are of the day, so that inserting fewer rows of the same day again makes duplicates."""
        self._server.run(
            f"INSERT INTO {into} SELECT {day.toordinal()} * 1000 + number, '{escaped(customer)}',"
            f" toDateTime('{day}', 'UTC') + 60, {value}, 1 FROM numbers({rows})"
        )


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


class FakeWorld:
    def __init__(self) -> None:
        self._fake = FakeWarehouse()
        self.warehouse: Warehouse = self._fake
        self.away: Warehouse = FakeWarehouse(away=Unavailable("ClickHouse", "no answer"))

    def store(self, customer: str, days: Mapping[date, DayCount]) -> None:
        self._fake.stored[("scores", customer)] = {day: replace(n, checksum=n.final) for day, n in days.items()}

    def produce(self, customer: str, days: Mapping[date, int]) -> None:
        self._fake.source[("scores", customer)] = dict(days)
        self._fake.checksums[("scores", customer)] = dict(days)
        self._fake.volume[customer] = dict(days)

    def change(self, customer: str, day: date) -> None:
        stored = self._fake.stored["scores", customer]
        stored[day] = replace(stored[day], raw=stored[day].raw + 1, checksum=0)


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

    assert await world.warehouse.expected(table(), customer, JAN) == {JAN_5: ExpectedDay(5)}


async def test_checksums_are_equal_where_the_contents_are(world: World, customer: str) -> None:
    hashed = table(checksum=HASH, expected=EXPECTED.format(table="scores").replace("AS rows", f"AS rows, {SUM}"))
    world.store(customer, {JAN_5: DayCount(5, 5), JAN_6: DayCount(6, 6)})
    world.produce(customer, {JAN_5: 5, JAN_6: 6})
    world.change(customer, JAN_6)

    counted = await world.warehouse.counts(hashed, customer, JAN)
    expected = await world.warehouse.expected(hashed, customer, JAN)

    assert counted[JAN_5].checksum == expected[JAN_5].checksum is not None
    assert counted[JAN_6].final == expected[JAN_6].rows
    assert counted[JAN_6].checksum != expected[JAN_6].checksum


@pytest.mark.parametrize("key", [(), ("id",)], ids=["rows", "keys"])
@pytest.mark.parametrize("checksum", [None, HASH], ids=["numbers", "contents"])
async def test_many_customers_together_have_the_counts_that_each_has_alone(
    world: World, customer: str, key: tuple[str, ...], checksum: str | None
) -> None:
    spec = table(key=key, checksum=checksum)
    others = [f"{customer}-{name}" for name in ("same-ids", "empty", "it's \\ odd", "Ünï")]
    world.store(customer, {JAN_5: DayCount(7, 5), JAN_6: DayCount(3, 3), FEB_1: DayCount(9, 9)})
    world.store(others[0], {JAN_5: DayCount(6, 6)})
    world.change(others[0], JAN_5)
    world.store(f"{customer}-not-asked-for", {JAN_5: DayCount(4, 4)})
    for odd in others[2:]:
        world.store(odd, {JAN_6: DayCount(2, 2)})

    together = await world.warehouse.counts_by_customer(spec, [customer, *others], JAN)

    assert together == {name: await world.warehouse.counts(spec, name, JAN) for name in (customer, *others)}
    assert together[f"{customer}-empty"] == {}
    assert len(together[others[2]]) == 1


@pytest.mark.parametrize("checksum", [None, HASH], ids=["numbers", "contents"])
async def test_many_customers_together_are_expected_what_each_is_alone(
    world: World, customer: str, checksum: str | None
) -> None:
    other, empty = f"{customer}-other", f"{customer}-empty"
    spec = table(
        expected=EXPECTED_OF_MANY if checksum else EXPECTED_OF_MANY.replace(f", {SUM}", ""), checksum=checksum
    )
    world.produce(customer, {JAN_5: 5, FEB_1: 9})
    world.produce(other, {JAN_6: 6})

    together = await world.warehouse.expected_by_customer(spec, [customer, other, empty], JAN)

    assert together == {name: await world.warehouse.expected(spec, name, JAN) for name in (customer, other, empty)}
    assert [len(days) for days in together.values()] == [1, 1, 0]
    assert together[other][JAN_6].rows == 6


async def test_a_statement_about_one_customer_is_not_asked_about_many(world: World, customer: str) -> None:
    for spec in (table(), table(expected=None)):
        with pytest.raises(ValueError, match="no expected statement about many customers"):
            await world.warehouse.expected_by_customer(spec, [customer], JAN)


async def test_without_a_checksum_nothing_is_hashed(world: World, customer: str) -> None:
    world.store(customer, {JAN_5: DayCount(5, 5)})
    world.produce(customer, {JAN_5: 5})

    assert (await world.warehouse.counts(table(), customer, JAN))[JAN_5].checksum is None
    assert (await world.warehouse.expected(table(), customer, JAN))[JAN_5].checksum is None


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

    shown = await world.warehouse.volumes([customer, f"{customer}-other", f"{customer}-none"], JAN)

    assert shown == {customer: {JAN_5: 5, JAN_6: 6}, f"{customer}-other": {JAN_6: 1}}


async def test_a_server_that_is_away_is_unavailable_whatever_is_asked(world: World) -> None:
    for ask in (
        world.away.counts(table(), "hilton", JAN),
        world.away.expected(table(), "hilton", JAN),
        world.away.counts_by_customer(table(), ["hilton"], JAN),
        world.away.expected_by_customer(table(expected=EXPECTED_OF_MANY), ["hilton"], JAN),
        world.away.volumes(["hilton"], JAN),
        world.away.check(),
    ):
        with pytest.raises(Unavailable):
            await ask

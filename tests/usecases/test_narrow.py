"""verify of a single customer goes on to the rows that differ."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.commands import Verify
from bot.errors import Unavailable
from bot.fleet.diagnostics.contents_facts import RowsAgree, RowsDisagree, RowsUnproven
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.verification.narrowing import (
    MOST_DAYS,
    MOST_HOURS,
    Narrowed,
    NothingDiffers,
    RowsNotAnswered,
    RowsNotConfigured,
    StatementsDisagree,
)
from bot.model import DayCount, TableSpec, Window
from bot.model.row_differences import BothSides, CellCount, DifferingRow, HashedRow, Hour, RowDifference
from bot.usecases.check import cluster_probes
from bot.usecases.check_expected_rows import check_expected_rows
from bot.usecases.verify import verify
from tests.fakes.services import FakeWorld, config
from tests.fakes.warehouse import FakeWarehouse

JAN_7 = date(2026, 1, 7)
DAY = Window.of_days(JAN_7, 1)
PLACE = ("scores", "hilton")
STATEMENT = "SELECT key, moment, checksum"


def table(**more: Any) -> dict[str, Any]:
    return {
        "name": "scores",
        "table": "analytics.scores",
        "customer_column": "customer",
        "time_column": "scored_at",
        "key": ["id"],
        "expected": "SELECT day, rows, checksum",
        "checksum": "cityHash64(id, value)",
        "expected_rows": STATEMENT,
        **more,
    }


class World(FakeWorld):
    """hilton has ten rows on Jan 7, of which the third has other contents."""

    def __init__(self, **of_table: Any) -> None:
        super().__init__(config=config({"voice-prod": ("hilton",)}, verify={"tables": [table(**of_table)]}))
        self.warehouse = self.warehouses["voice-prod"]
        rows = [HashedRow(n, f"({n})", Hour(JAN_7, 14), 100 + n) for n in range(10)]
        self.warehouse.source_rows[PLACE] = rows
        self.warehouse.rows[PLACE] = [*rows[:3], HashedRow(3, "(3)", Hour(JAN_7, 14), 1), *rows[4:]]
        self.warehouse.source[PLACE] = {JAN_7: 10}
        self.warehouse.checksums[PLACE] = {JAN_7: sum(row.checksum for row in rows)}
        self.warehouse.stored[PLACE] = {JAN_7: DayCount(10, 10, checksum=7)}

    async def narrowings(self, target: str = "hilton") -> tuple[object, ...]:
        return (await verify(Verify(target=target, range=DAY), self.services)).narrowings


CHANGED = DifferingRow("(3)", Hour(JAN_7, 14), RowDifference.OTHER_CONTENTS)


async def test_the_row_that_differs_is_named() -> None:
    assert await World().narrowings() == (
        Narrowed("scores", (Hour(JAN_7, 14),), 0, (CHANGED,), is_all=True, shows_keys=False, timezone="UTC"),
    )


async def test_where_counts_differ_rows_are_named_too() -> None:
    world = World()
    world.warehouse.stored[PLACE] = {JAN_7: DayCount(9, 9, checksum=7)}
    del world.warehouse.rows[PLACE][3]

    [narrowed] = await world.narrowings()

    assert isinstance(narrowed, Narrowed)
    assert narrowed.rows == (DifferingRow("(3)", Hour(JAN_7, 14), RowDifference.MISSING),)


async def test_a_customer_that_matches_is_not_narrowed() -> None:
    world = World()
    world.warehouse.stored[PLACE] = {JAN_7: DayCount(10, 10, checksum=1_045)}

    assert await world.narrowings() == ()


async def test_several_customers_are_not_narrowed() -> None:
    assert await World().narrowings("voice-prod") == ()


async def test_without_the_statement_the_answer_says_so_where_contents_are_compared() -> None:
    assert await World(expected_rows=None).narrowings() == (RowsNotConfigured("scores"),)
    assert await World(expected_rows=None, checksum=None, expected="SELECT day, rows").narrowings() == ()


async def test_a_statement_about_other_rows_is_named() -> None:
    world = World()
    del world.warehouse.source_rows[PLACE][9]

    assert await world.narrowings() == (StatementsDisagree("scores", JAN_7, 9, 10),)


async def test_rows_that_arrived_since_the_count_differ_no_more() -> None:
    world = World()
    world.warehouse.rows = world.warehouse.source_rows

    assert await world.narrowings() == (NothingDiffers("scores"),)


async def test_of_more_hours_than_are_compared_the_first_are_compared() -> None:
    world = World()
    rows = [HashedRow(n, f"({n})", Hour(JAN_7, n), 1) for n in range(24)]
    world.warehouse.source_rows[PLACE] = rows
    world.warehouse.rows[PLACE] = [HashedRow(row.key_id, row.key, row.hour, 2) for row in rows]
    world.warehouse.source[PLACE], world.warehouse.checksums[PLACE] = {JAN_7: 24}, {JAN_7: 24}

    [narrowed] = await world.narrowings()

    assert isinstance(narrowed, Narrowed)
    assert (len(narrowed.hours), narrowed.more_hours, narrowed.is_all) == (MOST_HOURS, 4, False)
    assert len(narrowed.rows) == MOST_HOURS


class ManyDays(World):
    """On each of 25 days, the only row has other contents."""

    def __init__(self) -> None:
        super().__init__()
        days = tuple(Window.of_days(JAN_7, 25).each_day())
        rows = [HashedRow(n, f"({n})", Hour(day, 14), 1) for n, day in enumerate(days)]
        self.warehouse.source_rows[PLACE] = rows
        self.warehouse.rows[PLACE] = [replace(row, checksum=2) for row in rows]
        self.warehouse.source[PLACE] = self.warehouse.checksums[PLACE] = dict.fromkeys(days, 1)
        self.warehouse.stored[PLACE] = dict.fromkeys(days, DayCount(1, 1, checksum=2))

    async def narrowing(self) -> object:
        command = Verify(target="hilton", range=Window.of_days(JAN_7, 25))
        [narrowing] = (await verify(command, self.services)).narrowings
        return narrowing


async def test_of_more_days_than_are_compared_the_first_are_compared_and_more_rows_may_differ() -> None:
    narrowed = await ManyDays().narrowing()

    assert isinstance(narrowed, Narrowed)
    assert [row.hour.day.day for row in narrowed.rows] == [*range(7, 27)]
    assert not narrowed.is_all


async def test_if_no_row_of_the_compared_days_differs_any_more_others_may_still_differ() -> None:
    world = ManyDays()
    world.warehouse.rows = world.warehouse.source_rows

    assert await world.narrowing() == NothingDiffers("scores", first_days=MOST_DAYS)


class NarrowlessWarehouse(FakeWarehouse):
    async def count_by_hour(
        self, table: TableSpec, customer: str, days: Collection[date]
    ) -> BothSides[Mapping[Hour, CellCount]]:
        del table, customer, days
        raise Unavailable("ClickHouse of voice-prod", "no answer within 30 s")


async def test_a_failure_of_the_narrowing_leaves_the_counts() -> None:
    world = World()
    world.warehouses["voice-prod"] = NarrowlessWarehouse(**vars(world.warehouse))

    result = await verify(Verify(target="hilton", range=DAY), world.services)

    assert result.narrowings == (RowsNotAnswered("scores", "no answer within 30 s"),)
    assert result.clusters[0].customers[0].counted


async def checked(world: World) -> Answer:
    return await check_expected_rows(world.warehouse, "hilton", world.config)


async def test_check_proves_that_both_statements_are_about_the_same_rows() -> None:
    assert await checked(World()) == Answer(facts=(RowsAgree(("scores",)),))


async def test_check_refuses_statements_about_other_rows() -> None:
    world = World()
    del world.warehouse.source_rows[PLACE][9]

    assert await checked(world) == Answer(problems=(RowsDisagree("scores", "hilton", JAN_7, 9, 10),))


async def test_check_asks_a_cluster_with_customers_only_where_a_table_has_the_statement() -> None:
    def probed(world: FakeWorld) -> list[str]:
        probes = cluster_probes(world.services.clusters, world.config, world.services.recogniser)
        return [probe.cluster for probe in probes if probe.name == "expected rows"]

    assert probed(World()) == ["voice-prod"]
    assert probed(World(expected_rows=None)) == []
    tables = {"tables": [table()]}
    assert probed(FakeWorld(config=config({"voice-prod": ()}, verify=tables))) == []


async def test_check_warns_where_it_can_prove_nothing() -> None:
    world = World()
    world.warehouse.source.clear()

    assert await checked(world) == Answer(warnings=(RowsUnproven("scores", "hilton", ""),))
    world.warehouse.away = Unavailable("ClickHouse", "no answer")
    assert await checked(world) == Answer(warnings=(RowsUnproven("scores", "hilton", "no answer"),))

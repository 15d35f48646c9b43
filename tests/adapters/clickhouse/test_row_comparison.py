"""Rows are compared key by key: however they are stored, however many they are."""

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.fleet.verification.narrowing import cells_to_read, differing, differing_rows
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.adapters.clickhouse.compared_rows import (
    JAN_1,
    JAN_2,
    ROWS,
    config_of,
    expected_rows,
    found,
    spec,
    store,
)
from tests.adapters.clickhouse.server import ClickHouseServer


@pytest.mark.parametrize("engine", ["MergeTree ORDER BY id", "ReplacingMergeTree ORDER BY id", "Memory"])
async def test_rows_that_are_missing_surplus_or_changed_are_found_by_their_keys(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, engine: str
) -> None:
    changed = f"SELECT * REPLACE (if(id = 65, 'wrong', note) AS note) FROM ({ROWS}) WHERE id != 1500"
    surplus = "SELECT 9999, 'hilton', toDateTime('2026-01-02 05:00:00', 'UTC'), 'new'"
    store(server, engine, f"{changed} UNION ALL {surplus}")

    assert await found(warehouse, spec()) == (
        DifferingRow("(65)", Hour(JAN_1, 1), RowDifference.OTHER_CONTENTS),
        DifferingRow("(1500)", Hour(JAN_2, 1), RowDifference.MISSING),
        DifferingRow("(9999)", Hour(JAN_2, 5), RowDifference.EXTRA),
    )


async def test_what_is_equal_has_no_differing_hour(server: ClickHouseServer, warehouse: ClickHouseWarehouse) -> None:
    store(server, "ReplacingMergeTree ORDER BY id", ROWS)
    server.run(f"INSERT INTO analytics.compared {ROWS} WHERE id % 7 = 0")

    assert await found(warehouse, spec()) == ()


async def test_only_the_days_asked_for_are_compared(server: ClickHouseServer, warehouse: ClickHouseWarehouse) -> None:
    store(server, "MergeTree ORDER BY id", f"{ROWS} WHERE id NOT IN (3, 1500)")

    assert [row.key for row in await found(warehouse, spec(), [JAN_2])] == ["(1500)"]


async def test_the_rows_of_a_view_are_compared_as_it_shows_them(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    store(server, "MergeTree ORDER BY id", f"{ROWS} UNION ALL {ROWS} WHERE id = 5")
    server.run("CREATE OR REPLACE VIEW analytics.shown AS SELECT * FROM analytics.compared WHERE id != 70")
    table = config_of(expected_rows(), table="analytics.shown").spec

    assert await found(warehouse, table) == (DifferingRow("(70)", Hour(JAN_1, 1), RowDifference.MISSING),)


async def test_copies_with_other_contents_differ_where_nothing_replaces_them(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    store(server, "MergeTree ORDER BY id", ROWS)
    server.run(f"INSERT INTO analytics.compared SELECT * REPLACE ('old' AS note) FROM ({ROWS}) WHERE id = 5")

    assert await found(warehouse, spec()) == (DifferingRow("(5)", Hour(JAN_1, 0), RowDifference.OTHER_CONTENTS),)


async def test_rows_that_were_written_in_another_time_zone_have_moved(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    late = f"SELECT * FROM ({ROWS}) WHERE id BETWEEN 1380 AND 1389"
    store(server, "MergeTree ORDER BY id", f"SELECT * REPLACE (at + 7200 AS at) FROM ({late})")

    rows = await found(warehouse, spec(late))

    assert len(rows) == 10
    assert rows[0] == DifferingRow("(1380)", Hour(JAN_1, 23), RowDifference.MOVED)
    assert {row.difference for row in rows} == {RowDifference.MOVED}


async def test_of_a_million_rows_with_one_that_differs_few_are_read(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    many = ROWS.replace("number * 60", "intDiv(number * 172800, 1000000)").replace("2880", "1000000")
    store(
        server,
        "ReplacingMergeTree ORDER BY id",
        f"SELECT * REPLACE (if(id = 700001, 'x', note) AS note) FROM ({many})",
    )
    table = spec(many)

    hours = differing(await warehouse.count_by_hour(table, "hilton", [JAN_1, JAN_2]))
    cells = cells_to_read(await warehouse.count_by_bucket(table, "hilton", hours))
    rows = await warehouse.rows_of(table, "hilton", cells)

    assert hours == [Hour(JAN_2, 9)]
    assert len(cells) == 1
    assert len(rows.table) + len(rows.source) < 50
    assert [row.key for row in differing_rows(rows)] == ["(700001)"]

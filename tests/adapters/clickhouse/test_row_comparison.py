"""Rows are compared key by key: however they are stored, whatever the types of their keys, however many they are."""

import re
import textwrap
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.config.verify import TableConfig
from bot.errors import Refused
from bot.fleet.verification.narrowing import cells_to_read, differing, differing_rows
from bot.model import TableSpec
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.adapters.clickhouse.conftest import Connect
from tests.adapters.clickhouse.server import ClickHouseServer

PAGE = Path(__file__).parents[3] / "docs" / "your-workflow.md"
JAN_1, JAN_2 = date(2026, 1, 1), date(2026, 1, 2)
HASH = "cityHash64(note)"
# A row a minute for two days.
ROWS = (
    "SELECT number AS id, 'hilton' AS customer, toDateTime('2026-01-01', 'UTC') + number * 60 AS at,"
    " toString(number) AS note FROM numbers(2880)"
)


def expected_rows(rows: str = ROWS, key: str = "id", moment: str = "at") -> str:
    return f"SELECT {key} AS key, {moment} AS moment, {HASH} AS checksum FROM ({rows})"


def config_of(statement: str, *, key: Sequence[str] = ("id",), table: str = "analytics.compared") -> TableConfig:
    return TableConfig(
        name="compared",
        table=table,
        customer_column="customer",
        time_column="at",
        key=tuple(key),
        expected=f"SELECT toDate(at) AS day, count() AS rows, sum({HASH}) AS checksum FROM ({ROWS}) GROUP BY day",
        checksum=HASH,
        expected_rows=statement,
    )


def spec(rows: str = ROWS, *, key: Sequence[str] = ("id",), source_key: str = "id", moment: str = "at") -> TableSpec:
    return config_of(expected_rows(rows, source_key, moment), key=key).spec


def columns(**types: str) -> str:
    """The columns of the table, of these types where they are others than usual."""
    usual = {"id": "Int64", "customer": "String", "at": "DateTime('UTC')", "note": "String"}
    return ", ".join(f"{name} {kind}" for name, kind in (usual | types).items())


def store(server: ClickHouseServer, engine: str, rows: str, of: str = "") -> None:
    server.run(f"CREATE OR REPLACE TABLE analytics.compared ({of or columns()}) ENGINE = {engine}")
    server.run("SYSTEM STOP MERGES analytics.compared")
    server.run(f"INSERT INTO analytics.compared {rows}")


async def found(
    warehouse: ClickHouseWarehouse, table: TableSpec, days: Sequence[date] = (JAN_1, JAN_2)
) -> tuple[DifferingRow, ...]:
    hours = differing(await warehouse.count_by_hour(table, "hilton", days))
    if not hours:
        return ()
    buckets = await warehouse.count_by_bucket(table, "hilton", hours)
    return differing_rows(await warehouse.rows_of(table, "hilton", cells_to_read(buckets)))


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


A_UUID = "toUUID(concat('00000000-0000-4000-8000-', leftPad(toString(id), 12, '0')))"
UUIDS = f"SELECT * REPLACE ({A_UUID} AS id) FROM ({ROWS})"


@pytest.mark.parametrize(
    "case",
    [
        (ROWS, "UInt32", "toInt64(id)", "(7)"),
        (ROWS, "Int64", "id", "(7)"),
        (ROWS, "Nullable(Int64)", "id", "(7)"),
        (ROWS, "LowCardinality(String)", "toString(id)", "('7')"),
        (UUIDS, "UUID", "toString(id)", "('00000000-0000-4000-8000-000000000007')"),
        (UUIDS, "String", "id", "('00000000-0000-4000-8000-000000000007')"),
    ],
)
async def test_a_key_may_have_other_types_on_the_two_sides(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, case: tuple[str, str, str, str]
) -> None:
    rows, kind, source_key, shown = case
    engine = "MergeTree ORDER BY id SETTINGS allow_nullable_key = 1"
    store(server, engine, f"SELECT * FROM ({rows}) WHERE note != '7'", columns(id=kind))

    assert await found(warehouse, spec(rows, source_key=source_key)) == (
        DifferingRow(shown, Hour(JAN_1, 0), RowDifference.MISSING),
    )


async def test_a_key_of_several_columns_is_a_tuple_in_the_source(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    store(server, "MergeTree ORDER BY id", f"{ROWS} WHERE number != 7")
    table = spec(key=("customer", "id"), source_key="tuple(customer, toInt32(id))")

    assert await found(warehouse, table) == (DifferingRow("('hilton',7)", Hour(JAN_1, 0), RowDifference.MISSING),)


@pytest.mark.parametrize(
    ("kind", "moment"),
    [("DateTime64(6, 'UTC')", "at"), ("DateTime('Asia/Tokyo')", "at"), ("DateTime", "toDateTime64(at, 3, 'UTC')")],
)
async def test_the_hour_is_the_same_whatever_the_type_of_the_moment(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, kind: str, moment: str
) -> None:
    store(
        server,
        "MergeTree ORDER BY id",
        f"{ROWS} WHERE id != 65",
        columns(at=kind),
    )

    assert await found(warehouse, spec(moment=moment)) == (
        DifferingRow("(65)", Hour(JAN_1, 1), RowDifference.MISSING),
    )


@pytest.mark.parametrize(("kind", "moment"), [("Date", "at"), ("Date32", "toDate(at)"), ("DateTime", "toDate(at)")])
async def test_without_times_on_both_sides_there_are_days_and_no_hours(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, kind: str, moment: str
) -> None:
    store(
        server,
        "MergeTree ORDER BY id",
        f"{ROWS} WHERE id != 65",
        columns(at=kind),
    )

    assert await found(warehouse, spec(moment=moment)) == (
        DifferingRow("(65)", Hour(JAN_1, None), RowDifference.MISSING),
    )


async def test_hours_are_those_of_the_campaign(server: ClickHouseServer, connect: Connect) -> None:
    store(server, "MergeTree ORDER BY id", f"{ROWS} WHERE id != 65")
    warehouse = connect(server.url, timezone="Asia/Kolkata")

    [row] = await found(warehouse, spec(), [JAN_1])

    # 01:05 in UTC is 06:35 in India.
    assert row.hour == Hour(JAN_1, 6)


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


@pytest.mark.parametrize(
    ("statement", "key", "problem"),
    [
        (expected_rows(), ("id",), ""),
        (f"{expected_rows()} -- all of them", ("id",), ""),
        (f"{expected_rows()};", ("id",), ""),
        (expected_rows(key="tuple(id, note)"), ("id", "customer"), ""),
        (expected_rows(), ("id", "customer"), "key is UInt64, not a tuple of 2 columns, as .id, customer."),
        (expected_rows(key="tuple(id, note, 1)"), ("id", "customer"), "not a tuple of 2 columns"),
        (f"SELECT 1 AS key, now() AS moment FROM ({ROWS})", ("id",), "but no column checksum"),
        (
            expected_rows(moment="note"),
            ("id",),
            "moment is String, not a Date, Date32, DateTime or DateTime64",
        ),
        (expected_rows().replace(HASH, "id"), ("id",), ""),
        (expected_rows().replace(HASH, "toInt64(id)"), ("id",), "its column checksum is Int64, not UInt64"),
        (expected_rows().replace(HASH, "toNullable(id)"), ("id",), r"its column checksum is Nullable\(UInt64\)"),
        ("SELECT nothing", ("id",), "Code 47"),
    ],
)
async def test_check_refuses_a_statement_whose_rows_cannot_be_compared(
    server: ClickHouseServer, connect: Connect, statement: str, key: tuple[str, ...], problem: str
) -> None:
    store(server, "MergeTree ORDER BY id", ROWS)
    config = config_of(statement, key=key)
    problems = (await connect(server.url, tables=(config,)).check()).problems

    assert bool(problems) is bool(problem)
    assert re.search(problem, "".join(problems))
    if problem:
        assert "the expected_rows statement of compared in [[verify.tables]]" in problems[0]
        with pytest.raises(Refused, match=problem):
            await connect(server.url).count_by_hour(config.spec, "hilton", [JAN_1])


async def test_a_statement_and_an_expression_may_hold_percent_and_dollar_signs(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    store(server, "MergeTree ORDER BY id", f"{ROWS} WHERE id != 7")
    odd = "cityHash64(note, '%s $rows ${x} %', id % 3)"
    table = replace(spec(), checksum=odd, expected_rows=expected_rows().replace(HASH, odd))

    assert [row.key for row in await found(warehouse, table)] == ["(7)"]


async def test_the_example_of_the_page_about_workflows_names_the_key_that_differs(
    server: ClickHouseServer, connect: Connect
) -> None:
    page = textwrap.dedent("\n".join(re.findall(r"^    .*$", section_of_page(), re.MULTILINE)))
    [example] = tomllib.loads(page)["verify"]["tables"]
    stored = "id UInt32, customer String, at DateTime64(3, 'UTC'), price Decimal(18, 4), note Nullable(String)"
    produced = "id Int64, customer String, at DateTime('UTC'), price Decimal(9, 2), note String"
    for name, of, price in (
        ("analytics.calls", stored, "if(id = 65, 0.5, 0.25)"),
        ("source.calls", produced, "0.25"),
    ):
        server.run(f"CREATE OR REPLACE TABLE {name} ({of}) ENGINE = MergeTree ORDER BY id")
        server.run(f"INSERT INTO {name} SELECT id, customer, at, {price}, note FROM ({ROWS})")
    table = TableConfig.model_validate(example)
    warehouse = connect(server.url, tables=(table,))

    assert (await warehouse.check()).problems == ()
    assert await found(warehouse, table.spec) == (DifferingRow("(65)", Hour(JAN_1, 1), RowDifference.OTHER_CONTENTS),)


def section_of_page() -> str:
    """The section about rows that are there and wrong."""
    _, _, section = PAGE.read_text().partition("## When rows are there and wrong")
    return section.partition("\n## ")[0]

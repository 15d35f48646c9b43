"""Rows are compared whatever the types of keys and moments on both sides, and statements without rows to compare are
refused."""

import re
import textwrap
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.config.verify import TableConfig
from bot.errors import Refused
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.adapters.clickhouse.compared_rows import (
    HASH,
    JAN_1,
    ROWS,
    columns,
    config_of,
    expected_rows,
    found,
    spec,
    store,
)
from tests.adapters.clickhouse.conftest import Connect
from tests.adapters.clickhouse.server import ClickHouseServer

PAGE = Path(__file__).parents[3] / "docs" / "your-workflow.md"
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

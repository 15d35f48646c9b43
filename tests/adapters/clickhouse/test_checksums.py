"""Contents are hashed as a reader of the table sees them: copies once, NULLs not left out, types as they are."""

import re
import textwrap
import tomllib
from datetime import date
from pathlib import Path

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.config.verify import TableConfig
from bot.errors import Refused
from bot.fleet.verification.verdict import Day, judge
from bot.model import TableSpec, Window
from tests.adapters.clickhouse.conftest import Connect
from tests.adapters.clickhouse.server import ClickHouseServer

PAGE = Path(__file__).parents[3] / "docs" / "your-workflow.md"
JAN_1 = date(2026, 1, 1)
TWO_DAYS = Window(JAN_1, date(2026, 1, 3))
REPLACING = "ReplacingMergeTree ORDER BY (customer, id)"
PLAIN = "MergeTree ORDER BY (customer, id)"
HASH = "cityHash64(id, ifNull(note, ''))"
# A row an hour for two days; every third is without a note.
ROWS = (
    "SELECT toInt64(number) AS id, 'hilton' AS customer, toDateTime('2026-01-01', 'UTC') + number * 3600 AS at,"
    " if(number % 3 = 0, NULL, toString(number)) AS note FROM numbers(48)"
)


def source(hashed: str = HASH, rows: str = ROWS) -> str:
    return f"SELECT toDate(at) AS day, count() AS rows, sum({hashed}) AS checksum FROM ({rows}) GROUP BY day"


class Table:
    """The table ``analytics.hashed`` as one engine stores it."""

    def __init__(self, server: ClickHouseServer, engine: str) -> None:
        self._server = server
        columns = "id Int64, customer String, at DateTime('UTC'), note Nullable(String)"
        server.run(f"CREATE OR REPLACE TABLE analytics.hashed ({columns}) ENGINE = {engine}")
        server.run("SYSTEM STOP MERGES analytics.hashed")

    def fill(self, rows: str = ROWS) -> None:
        self._server.run(f"INSERT INTO analytics.hashed {rows}")


def spec(*, checksum: str | None = HASH, expected: str | None = None, keyed: bool = False) -> TableSpec:
    return config_of(checksum=checksum, expected=expected or source(), key=("id",) if keyed else ()).spec


def config_of(*, checksum: str | None, expected: str, key: tuple[str, ...] = ()) -> TableConfig:
    return TableConfig(
        name="hashed",
        table="analytics.hashed",
        customer_column="customer",
        time_column="at",
        key=key,
        expected=expected,
        checksum=checksum,
    )


async def days(warehouse: ClickHouseWarehouse, table: TableSpec) -> tuple[Day, ...]:
    counts = await warehouse.counts(table, "hilton", TWO_DAYS)
    return judge("hashed", TWO_DAYS, counts, await warehouse.expected(table, "hilton", TWO_DAYS)).days


async def agreeing(warehouse: ClickHouseWarehouse, table: TableSpec) -> list[bool | None]:
    return [day.contents_agree for day in await days(warehouse, table)]


@pytest.mark.parametrize(("engine", "keyed"), [(REPLACING, False), (REPLACING, True), (PLAIN, False), (PLAIN, True)])
async def test_the_same_rows_have_the_same_checksum(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, engine: str, keyed: bool
) -> None:
    Table(server, engine).fill()

    assert await agreeing(warehouse, spec(keyed=keyed)) == [True, True]


@pytest.mark.parametrize(("engine", "keyed"), [(REPLACING, False), (REPLACING, True), (PLAIN, True)])
async def test_copies_of_a_row_count_once(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, engine: str, keyed: bool
) -> None:
    table = Table(server, engine)
    table.fill()
    table.fill(f"{ROWS} WHERE number < 5")

    first, _ = await days(warehouse, spec(keyed=keyed))

    assert (first.count.duplicates, first.contents_agree) == (5, True)


@pytest.mark.parametrize("keyed", [False, True])
async def test_of_versions_of_a_row_the_latest_counts_where_the_engine_replaces(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, keyed: bool
) -> None:
    table = Table(server, REPLACING)
    table.fill(f"SELECT * REPLACE ('wrong' AS note) FROM ({ROWS}) WHERE id < 3")
    table.fill()

    assert await agreeing(warehouse, spec(keyed=keyed)) == [True, True]


async def test_copies_with_other_contents_show_where_nothing_replaces_them(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    table = Table(server, PLAIN)
    table.fill()
    table.fill(f"SELECT * REPLACE ('wrong' AS note) FROM ({ROWS}) WHERE id = 3")

    assert await agreeing(warehouse, spec(keyed=True)) == [False, True]


async def test_one_changed_value_of_as_many_rows_shows_on_its_day(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    Table(server, REPLACING).fill(f"SELECT * REPLACE (if(id = 30, 'wrong', note) AS note) FROM ({ROWS})")

    assert [(day.difference, day.contents_agree) for day in await days(warehouse, spec())] == [(0, True), (0, False)]


async def test_where_rows_are_missing_contents_are_not_compared(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    Table(server, REPLACING).fill(f"{ROWS} WHERE number != 7")

    assert await agreeing(warehouse, spec()) == [None, True]


async def test_several_rows_of_a_day_in_the_source_add_up_as_one(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    Table(server, REPLACING).fill()

    assert await agreeing(warehouse, spec(expected=f"{source()}, id % 5")) == [True, True]


async def test_the_same_values_in_another_type_are_other_contents(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    negative = f"SELECT * REPLACE (-id - 1 AS id) FROM ({ROWS})"
    Table(server, REPLACING).fill(negative)
    narrow = source("cityHash64(toInt32(id), ifNull(note, ''))", negative)
    cast = source("cityHash64(toInt64(toInt32(id)), ifNull(note, ''))", negative)

    assert await agreeing(warehouse, spec(expected=narrow)) == [False, False]
    assert await agreeing(warehouse, spec(expected=cast)) == [True, True]


@pytest.mark.parametrize("end", ["", " ", " -- of all columns", " /* all */ ", ";"])
async def test_an_expression_may_end_in_a_comment(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, end: str
) -> None:
    Table(server, REPLACING).fill()

    assert await agreeing(warehouse, spec(checksum=HASH + end)) == [True, True]
    assert await agreeing(warehouse, spec(checksum=HASH + end, keyed=True)) == [True, True]


@pytest.mark.parametrize("keyed", [False, True])
async def test_a_table_may_have_columns_of_any_names(server: ClickHouseServer, connect: Connect, keyed: bool) -> None:
    names = "id AS rows, customer, at, ifNull(note, '') AS checksum, id AS bot_hashed, id AS day"
    server.run(
        "CREATE OR REPLACE TABLE analytics.hashed ENGINE = MergeTree ORDER BY (customer, rows)"
        f" AS SELECT {names} FROM ({ROWS})"
    )
    hashed = "cityHash64(rows, checksum, bot_hashed, day)"
    expected = source("cityHash64(id, ifNull(note, ''), id, id)")
    config = config_of(checksum=hashed, expected=expected, key=("rows",) if keyed else ())
    warehouse = connect(server.url, tables=(config,))

    assert (await warehouse.check()).problems == ()
    assert await agreeing(warehouse, config.spec) == [True, True]


@pytest.mark.parametrize("keyed", [False, True])
async def test_a_hash_that_may_be_null_is_refused_because_its_rows_would_be_left_out(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, keyed: bool
) -> None:
    Table(server, REPLACING).fill()
    bare = "cityHash64(id, note)"

    with pytest.raises(Refused, match=r"its column checksum is Nullable\(UInt64\), not UInt64; .* with ifNull"):
        await warehouse.counts(spec(checksum=bare, keyed=keyed), "hilton", TWO_DAYS)
    with pytest.raises(Refused, match=r"its column checksum is Nullable\(UInt64\), not UInt64; .* with ifNull"):
        await warehouse.expected(spec(expected=source(bare)), "hilton", TWO_DAYS)


@pytest.mark.parametrize(
    ("checksum", "expected", "problem"),
    [
        (HASH, source(), ""),
        ("cityHash64(id, note)", source(), r"the checksum of hashed .* is Nullable\(UInt64\), not UInt64"),
        ("toFloat64(id)", source(), "the checksum of hashed .* is Float64, not UInt64"),
        ("id", source(), "the checksum of hashed .* is Int64, not UInt64"),
        ("note", source(), "the checksum of hashed .* Code 43"),
        ("cityHash64(nothing)", source(), "the checksum of hashed .* Code 47"),
        (f"sum({HASH})", source(), "the checksum of hashed .* Code 184"),
        (HASH, source("toInt64(id)"), "the expected statement of hashed .* is Int64, not UInt64"),
        (HASH, "SELECT today() AS day, 1 AS rows", "the expected statement of hashed .* but no column checksum"),
    ],
)
async def test_check_refuses_expressions_whose_checksums_cannot_be_compared(
    server: ClickHouseServer, connect: Connect, checksum: str, expected: str, problem: str
) -> None:
    Table(server, REPLACING)
    problems = (await connect(server.url, tables=(config_of(checksum=checksum, expected=expected),)).check()).problems

    assert bool(problems) is bool(problem)
    assert re.search(problem, "".join(problems))


async def test_what_is_wrong_with_the_table_is_not_said_of_its_checksum(
    server: ClickHouseServer, connect: Connect
) -> None:
    server.run("DROP TABLE IF EXISTS analytics.hashed")

    [problem] = (await connect(server.url, tables=(config_of(checksum=HASH, expected=source()),)).check()).problems

    assert problem.startswith("table hashed in [[verify.tables]]")


async def test_the_example_of_the_page_about_workflows_agrees_over_columns_of_other_types(
    server: ClickHouseServer, connect: Connect
) -> None:
    [section] = re.findall(r"\n    \[\[verify.tables\]\]\n(?:    .*\n)*", PAGE.read_text())
    [example] = tomllib.loads(textwrap.dedent(section))["verify"]["tables"]
    stored = "id UInt32, customer String, at DateTime64(3, 'UTC'), price Decimal(18, 4), note Nullable(String)"
    produced = "id Int64, customer String, at DateTime('UTC'), price Decimal(9, 2), note String"
    for name, columns in (("analytics.calls", stored), ("source.calls", produced)):
        server.run(f"CREATE OR REPLACE TABLE {name} ({columns}) ENGINE = {REPLACING}")
        note = "note" if columns is stored else "ifNull(note, '')"
        server.run(f"INSERT INTO {name} SELECT id, customer, at, 0.25, {note} FROM ({ROWS})")
    table = TableConfig.model_validate(example)
    warehouse = connect(server.url, tables=(table,))

    assert (await warehouse.check()).problems == ()
    assert await agreeing(warehouse, table.spec) == [True, True]

"""Names of tables and columns: how they are written, and that none of them ends its quotes on the real engine."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.clickhouse.text import quoted, unquoted
from bot.model import DayCount, place_of, unquoted_name
from tests.adapters.clickhouse.conftest import CAMPAIGN, table
from tests.adapters.clickhouse.server import ClickHouseServer

# What may be written into backfill.toml: anything but control characters.
names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)


def backticked(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def double_quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '""') + '"'


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("analytics.scores", ("analytics", "scores")),
        ("analytics.scores.v2", ("analytics", "scores.v2")),
        ("analytics.my scores", ("analytics", "my scores")),
        ("analytics.`scores.v2`", ("analytics", "scores.v2")),
        ('"ana.lytics"."sco""res"', ("ana.lytics", 'sco"res')),
        ("`a\\`b``c`.`d\\\\e`", ("a`b`c", "d\\e")),
        ("`ana.lytics`.scores", ("ana.lytics", "scores")),
        ("analytics.odd-`table`; DROP", ("analytics", "odd-`table`; DROP")),
        ('analytics.`a""b`', ("analytics", 'a""b')),
        ("аналитика.оценки", ("аналитика", "оценки")),
    ],
)
def test_a_database_ends_at_the_first_dot_unless_it_is_quoted(written: str, place: tuple[str, str]) -> None:
    assert place_of(written) == place


@pytest.mark.parametrize(
    "written",
    ["", ".", "scores", "analytics.", ".scores", "``.scores", "analytics.``", "analytics.`scores", '"a"b.c', "`a`",
     "analytics.`a`b`", "analytics. scores", "analytics.a\nb", "analytics.`a\tb`",
     "analytics.`a\\nb`", "`a`.`b`.`c`"],
    ids=repr,
)  # fmt: skip
def test_what_is_no_place_says_how_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not database and table|do not match|a space|control character"):
        place_of(written)


@settings(deadline=None)
@given(names, names)
def test_quoted_names_are_read_back_however_they_are_quoted(database: str, name: str) -> None:
    assert place_of(f"{backticked(database)}.{backticked(name)}") == (database, name)
    assert place_of(f"{double_quoted(database)}.{double_quoted(name)}") == (database, name)
    assert unquoted_name(backticked(name)) == name
    assert unquoted(quoted(name)) == name


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names)
@example("a`; DROP TABLE analytics.scores; --")
@example("a\\`; DROP TABLE analytics.scores; --")
@example("{customer:String}")
@example("a\\")
@example("$day")
@example("日本 🙂")
def test_every_name_stays_a_name_on_the_real_engine(server: ClickHouseServer, name: str) -> None:
    assert server.run(f"SELECT {quoted(name)} FROM (SELECT 7 AS {quoted(name)})") == "7"


@pytest.mark.parametrize("name", ["scores.v2", "my scores", "a`b", "a\\b", 'a"b', "日本", "a; DROP TABLE x", "--"])
async def test_tables_and_columns_of_odd_names_are_counted(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, name: str
) -> None:
    place, column = f"analytics.{quoted(name)}", quoted(f"{name} key")
    server.run(
        f"CREATE OR REPLACE TABLE {place} ({column} UInt64, customer String, at DateTime('UTC'))"
        " ENGINE = MergeTree ORDER BY at"
    )
    server.run(f"INSERT INTO {place} SELECT 1, 'hilton', toDateTime('2026-01-02 10:00:00', 'UTC') FROM numbers(3)")
    spec = table(table=place, time_column="at", key=(backticked(f"{name} key"),))

    assert await warehouse.counts(spec, "hilton", CAMPAIGN) == {date(2026, 1, 2): DayCount(3, 1)}

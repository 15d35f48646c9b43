"""Bounds in the time column's own type select the rows that the day of each row selects, and read no others."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.clickhouse.time_bounds import time_sql
from bot.fleet.runs.day_start import first_moment
from bot.model import Window
from tests.adapters.clickhouse.conftest import Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer

HOLDS_MOMENTS = (
    "DateTime", "DateTime('UTC')", "DateTime('Asia/Kolkata')", "DateTime64(0)", "DateTime64(3, 'America/New_York')",
    "DateTime64(9, 'Pacific/Chatham')", "Nullable(DateTime('UTC'))", "Nullable(DateTime64(6))",
)  # fmt: skip
HOLDS_DAYS = ("Date", "Date32", "Nullable(Date)")
# Their clocks change at midnight, by half an hour, at one minute past midnight, or over a whole day.
ODD_ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Asia/Beirut", "America/Santiago",
    "America/Asuncion", "America/Havana", "Atlantic/Azores", "Pacific/Apia", "Australia/Lord_Howe",
    "America/St_Johns", "Pacific/Kiritimati", "Asia/Tehran",
)  # fmt: skip
START = st.dates(date(1970, 1, 2), date(2105, 12, 31))
AROUND = [timedelta(seconds=s) for s in (-90_000, -3_600, -1, 0, 1, 59, 60, 61, 1_800, 3_600, 43_200, 86_399)]


@pytest.fixture(scope="module")
def made(server: ClickHouseServer) -> Mapping[str, str]:
    """For each type, a table with a column of it."""
    names = {}
    for kind in (*HOLDS_MOMENTS, *HOLDS_DAYS):
        names[kind] = f"bounds_{uuid.uuid4().hex[:8]}"
        server.run(
            f"CREATE TABLE analytics.{names[kind]} (id UInt64, customer String, at {kind})"
            " ENGINE = ReplacingMergeTree ORDER BY (customer, id)"
        )
    return names


@dataclass(frozen=True)
class Engine:
    """What a test needs of the server."""

    server: ClickHouseServer
    connect: Connect
    tables: Mapping[str, str]


@pytest.fixture
def engine(server: ClickHouseServer, connect: Connect, made: Mapping[str, str]) -> Engine:
    return Engine(server, connect, made)


def insert(server: ClickHouseServer, into: str, moments: list[datetime]) -> str:
    """A customer with a row of each moment."""
    customer = uuid.uuid4().hex[:10]
    rows = ", ".join(f"({n}, '{customer}', {int(at.timestamp())})" for n, at in enumerate(moments))
    server.run(f"INSERT INTO analytics.{into} VALUES {rows}")
    return customer


def by_the_day_of_each_row(server: ClickHouseServer, into: str, customer: str, zone: str) -> dict[date, int]:
    """Every row of the customer by its day, without bounds."""
    answer = server.run(
        f"SELECT toDate(toDateTime64(at, 0, '{zone}')) AS day, count() FROM analytics.{into}"
        f" WHERE customer = '{customer}' GROUP BY day"
    )
    return {date.fromisoformat(day): int(rows) for day, rows in (line.split("\t") for line in answer.splitlines())}


def moments_around(window: Window, zone: str) -> list[datetime]:
    starts = [first_moment(day, ZoneInfo(zone)) for day in (window.start, window.end)]
    moments = [start + offset for start in starts for offset in AROUND]
    return [at for at in moments if at >= datetime(1970, 1, 1, tzinfo=UTC)]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(HOLDS_MOMENTS), st.sampled_from(ODD_ZONES), st.builds(Window.of_days, START, st.integers(1, 3))
)
@example("DateTime('UTC')", "America/St_Johns", Window.of_days(date(2006, 10, 29), 1))
@example("DateTime64(3, 'America/New_York')", "Pacific/Apia", Window.of_days(date(2011, 12, 30), 1))
@example("DateTime", "Africa/Cairo", Window.of_days(date(2026, 4, 24), 1))
@example("DateTime", "America/Havana", Window.of_days(date(2026, 11, 1), 1))
async def test_rows_are_counted_on_the_days_that_they_are_of(
    engine: Engine, kind: str, zone: str, window: Window
) -> None:
    customer = insert(engine.server, engine.tables[kind], moments_around(window, zone))
    warehouse = engine.connect(engine.server.url, timezone=zone)

    counted = await warehouse.counts(table(engine.tables[kind], time_column="at"), customer, window)
    await warehouse.close()

    every = by_the_day_of_each_row(engine.server, engine.tables[kind], customer, zone)
    assert {day: count.final for day, count in counted.items()} == {
        day: rows for day, rows in every.items() if window.start <= day < window.end
    }


@pytest.mark.parametrize("kind", HOLDS_DAYS)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
async def test_a_column_of_days_is_bounded_by_days(
    server: ClickHouseServer, connect: Connect, made: Mapping[str, str], kind: str, zone: str
) -> None:
    customer = f"days-{zone}"
    server.run(
        f"INSERT INTO analytics.{made[kind]} SELECT number, '{customer}', toDate('2026-01-01') + number"
        " FROM numbers(9)"
    )

    counted = await connect(server.url, timezone=zone).counts(
        table(made[kind], time_column="at"), customer, Window(date(2026, 1, 3), date(2026, 1, 5))
    )

    assert {day: count.final for day, count in counted.items()} == {date(2026, 1, 3): 1, date(2026, 1, 4): 1}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("kind", ["DateTime('UTC')", "DateTime64(3, 'America/New_York')", "Date"])
async def test_the_first_and_the_last_days_that_a_column_can_hold_do_not_wrap_around(
    server: ClickHouseServer, connect: Connect, made: Mapping[str, str], kind: str, zone: str
) -> None:
    values = ", ".join(
        f"({n}, 'edges-{zone}', {days if kind == 'Date' else days * 86_400 + 43_200})"
        for n, days in enumerate((0, (date(2106, 2, 6) - date(1970, 1, 1)).days))
    )
    server.run(f"INSERT INTO analytics.{made[kind]} VALUES {values}")

    counted = await connect(server.url, timezone=zone).counts(
        table(made[kind], time_column="at"), f"edges-{zone}", Window(date(1970, 1, 1), date(2149, 6, 1))
    )

    assert {day: count.final for day, count in counted.items()} == {date(1970, 1, 1): 1, date(2106, 2, 6): 1}


async def test_a_column_that_was_given_another_type_since_is_bounded_anew(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    zone_day = Window.of_days(date(2026, 1, 2), 1)
    spec = table("retyped", time_column="at")
    for kind in ("Date", "DateTime('Asia/Tokyo')", "DateTime64(3, 'America/New_York')", "Date"):
        server.run(
            f"CREATE OR REPLACE TABLE analytics.retyped (id UInt64, customer String, at {kind})"
            " ENGINE = ReplacingMergeTree ORDER BY id"
        )
        server.run(
            "INSERT INTO analytics.retyped SELECT number, 'hilton',"
            " toDateTime('2026-01-01', 'UTC') + number * 3600 FROM numbers(72)"
        )
        counts = await warehouse.counts(spec, "hilton", zone_day)

        every = by_the_day_of_each_row(server, "retyped", "hilton", "UTC")
        assert {day: count.final for day, count in counts.items()} == {zone_day.start: every[zone_day.start]}


@pytest.mark.parametrize("kind", ["String", "Dynamic", "Variant(Date, DateTime)", "DateTime64(3, 'UTC') x", ""])
def test_of_an_unknown_type_each_row_tells_its_day(kind: str) -> None:
    assert "toDate(toDateTime64($time, 0" in time_sql(kind).within


@pytest.mark.parametrize("kind", [*HOLDS_MOMENTS, *HOLDS_DAYS, "LowCardinality(Nullable(Date32))"])
def test_of_a_known_type_the_stored_value_is_compared_as_it_is(kind: str) -> None:
    assert "($time" not in time_sql(kind).within


@pytest.mark.parametrize("kind", ["DateTime('UTC')", "DateTime64(3, 'Asia/Tokyo')", "Date"])
async def test_a_count_reads_the_rows_of_its_days_alone_where_the_key_holds_the_time(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, kind: str
) -> None:
    server.run(
        f"CREATE OR REPLACE TABLE analytics.pruned (id UInt64, customer String, at {kind})"
        " ENGINE = ReplacingMergeTree ORDER BY (customer, at, id) SETTINGS index_granularity = 1"
    )
    server.run(
        "INSERT INTO analytics.pruned SELECT number, 'hilton',"
        " toDateTime('2026-01-01', 'UTC') + intDiv(number * 86400, 100) FROM numbers(5000)"
    )
    spec, day = table("pruned", time_column="at"), Window.of_days(date(2026, 1, 20), 1)
    await warehouse.counts(spec, "hilton", day)
    before = server.last_id()

    await warehouse.counts(spec, "hilton", day)

    (entry,) = server.log(before)
    # Twice a hundred rows, stored ones and those of FINAL, the marks beside them, and the table's own line.
    assert entry["read_rows"] <= 2 * (100 + 2) + 4

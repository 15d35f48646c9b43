"""Days without midnight, and with two, on a real engine: it draws the same lines between days as the bot does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.fleet.runs.day_start import first_moment
from bot.model import DayCount, ExpectedDay, Window
from tests.adapters.clickhouse.conftest import Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer

ODD_DAYS = [
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/Asuncion", date(2023, 10, 1)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Atlantic/Azores", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
]


# Apia has left out the day before: no column of its days holds that one.
KNOWN_EVERYWHERE = [odd for odd in ODD_DAYS if odd[0] != "Pacific/Apia"]


def stored(moments: list[datetime]) -> str:
    return ", ".join(
        f"({number}, 'hilton', toDateTime({int(at.timestamp())}, 'UTC'))" for number, at in enumerate(moments)
    )


@pytest.mark.parametrize(("zone", "day"), ODD_DAYS, ids=lambda value: str(value).replace("/", "-"))
@pytest.mark.parametrize("column", ["DateTime('UTC')", "DateTime64(3, 'Asia/Tokyo')"])
async def test_a_row_of_a_days_first_moment_is_that_days_and_one_of_the_second_before_is_not(
    server: ClickHouseServer, connect: Connect, zone: str, day: date, column: str
) -> None:
    begins, after = (first_moment(each, ZoneInfo(zone)) for each in (day, day + timedelta(days=1)))
    second = timedelta(seconds=1)
    moments = [begins - second, begins, after - second, after]
    for name in ("analytics.odd_days", "source.odd_days"):
        server.run(
            f"CREATE OR REPLACE TABLE {name} (id UInt64, customer String, scored_at {column})"
            " ENGINE = ReplacingMergeTree ORDER BY (customer, id)"
        )
        server.run(f"INSERT INTO {name} VALUES {stored(moments)}")
    warehouse, one_day = connect(server.url, timezone=zone), Window.of_days(day, 1)

    assert await warehouse.counts(table("odd_days"), "hilton", one_day) == {day: DayCount(2, 2)}
    assert await warehouse.expected(table("odd_days"), "hilton", one_day) == {day: ExpectedDay(2)}
    assert begins.tzinfo is UTC


@pytest.mark.parametrize("kept", ["Date", "Date32"])
@pytest.mark.parametrize(("zone", "day"), KNOWN_EVERYWHERE, ids=lambda value: str(value).replace("/", "-"))
async def test_a_column_of_days_keeps_its_days(
    server: ClickHouseServer, connect: Connect, zone: str, day: date, kept: str
) -> None:
    server.run(
        f"CREATE OR REPLACE TABLE analytics.odd_days (id UInt64, customer String, scored_at {kept})"
        " ENGINE = ReplacingMergeTree ORDER BY (customer, id)"
    )
    server.run(
        f"INSERT INTO analytics.odd_days SELECT number, 'hilton', toDate('{day}') + number - 1 FROM numbers(3)"
    )
    counted = await connect(server.url, timezone=zone).counts(table("odd_days"), "hilton", Window.of_days(day, 1))

    assert counted == {day: DayCount(1, 1)}

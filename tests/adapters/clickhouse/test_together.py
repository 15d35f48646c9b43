"""Many customers in one statement: how many fit, and whose rows a customer's are."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.clickhouse.chunks import LARGEST_ROW, MOST_CUSTOMERS, chunks
from bot.adapters.clickhouse.connection import MOST_ROWS
from bot.adapters.clickhouse.http import LARGEST_ANSWER
from bot.errors import Refused
from bot.model import DayCount, Window
from tests.adapters.clickhouse.conftest import CAMPAIGN, Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.clickhouse.test_verify_objects import CASES, made

JAN_1, JAN_2 = date(2026, 1, 1), date(2026, 1, 2)


@given(st.lists(st.text(max_size=300), max_size=700), st.integers(1, 40_000))
def test_each_customer_is_in_one_chunk_whose_answer_fits(customers: list[str], days: int) -> None:
    split = list(chunks(customers, days))

    assert [name for chunk in split for name in chunk] == list(dict.fromkeys(customers))
    for chunk in split:
        size = days * sum(LARGEST_ROW + len(json.dumps(name)) for name in chunk)
        assert len(chunk) <= MOST_CUSTOMERS
        assert len(chunk) == 1 or (len(chunk) * days < MOST_ROWS and size <= LARGEST_ANSWER)


def test_a_chunk_takes_as_many_customers_as_fit() -> None:
    names = [f"customer-{number}" for number in range(600)]

    assert [len(chunk) for chunk in chunks(names, 51)] == [500, 100]
    assert [len(chunk) for chunk in chunks(names, 400)] == [249, 249, 102]
    assert [len(chunk) for chunk in chunks(["a" * 300_000, "b"], 51)] == [2]
    assert [len(chunk) for chunk in chunks(["é" * 60_000, "b"], 51)] == [1, 1]
    assert list(chunks([], 51)) == []


@pytest.mark.parametrize("what", CASES)
async def test_every_kind_of_object_is_counted_together_as_it_is_alone(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, what: str
) -> None:
    name = made(server, CASES[what])
    for key in ((), ("id",)):
        spec = table(table=name, time_column="at", key=key)

        together = await warehouse.counts_by_customer(spec, ["hilton", "vivint"], CAMPAIGN)

        assert together == {"hilton": await warehouse.counts(spec, "hilton", CAMPAIGN), "vivint": {}}
        assert together["hilton"]


@pytest.mark.parametrize(
    "kind",
    [
        "String", "FixedString(9)", "LowCardinality(String)", "Nullable(String)", "LowCardinality(Nullable(String))",
        "Enum8('hilton' = 1, 'vivint' = 2)",
    ],
)  # fmt: skip
async def test_whatever_holds_names_is_counted_together(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, kind: str
) -> None:
    of_kind(server, kind, "'hilton', 'vivint', 'hilton'")

    for key in ((), ("id",)):
        assert await warehouse.counts_by_customer(table("named", key=key), ["hilton", "vivint"], CAMPAIGN) == {
            "hilton": {JAN_1: DayCount(1, 1), JAN_2: DayCount(1, 1)},
            "vivint": {JAN_1: DayCount(1, 1)},
        }


@pytest.mark.parametrize(
    ("kind", "values", "customers"),
    [
        ("UInt64", "7, 8, 7", ["7", "007", "8"]),
        (
            "UUID",
            "'61f0c404-5cb3-11e7-907b-a6006ad3dba0', '61f0c404-5cb3-11e7-907b-a6006ad3dba1',"
            " '61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
            ["61F0C404-5CB3-11E7-907B-A6006AD3DBA0"],
        ),
    ],
)
async def test_names_that_may_be_written_in_two_ways_are_not_counted_together(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, kind: str, values: str, customers: list[str]
) -> None:
    of_kind(server, kind, values)

    with pytest.raises(Refused):
        await warehouse.counts_by_customer(table("named"), customers, CAMPAIGN)
    for name in customers[:2]:
        alone = await warehouse.counts(table("named"), name, CAMPAIGN)
        assert alone == {JAN_1: DayCount(1, 1), JAN_2: DayCount(1, 1)}


async def test_rows_of_a_customer_who_was_not_asked_for_are_refused(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    """A statement that ignores the binding, or compares names without case, may mean one of those that were."""
    day = "SELECT 'Hilton' AS customer, toDate('2026-01-01') AS day, 7 AS rows"
    everyone = f"{day} WHERE notEmpty({{customers:Array(String)}})"
    spec = table(expected=everyone)

    with pytest.raises(Refused, match="it returns rows of Hilton, which was not asked for"):
        await warehouse.expected_by_customer(spec, ["hilton", "vivint"], CAMPAIGN)
    with pytest.raises(Refused, match="it returns rows of Hilton, which was not asked for"):
        await warehouse.expected(spec, "hilton", CAMPAIGN)


async def test_check_wants_the_customer_of_a_statement_about_many(server: ClickHouseServer, connect: Connect) -> None:
    without = "SELECT today() AS day, 7 AS rows WHERE 'x' IN {customers:Array(String)}"

    checked = await connect(server.url, expected=without).check()

    assert "it returns day and rows, but no column customer" in checked.problems[0]
    assert (await connect(server.url, expected=f"SELECT 'x' AS customer, {without[7:]}").check()).problems == ()


async def test_many_customers_over_many_days_take_several_statements(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    server.run(
        f"INSERT INTO analytics.scores SELECT number, '{customer}', toDateTime('2026-01-01'), 1, 1 FROM numbers(3)"
    )
    names = [*(f"nobody-{number}" for number in range(600)), customer]
    await warehouse.counts(table(), customer, CAMPAIGN)
    before = server.last_id()

    counts = await warehouse.counts_by_customer(table(), names, Window(date(2025, 1, 1), date(2026, 2, 5)))

    assert {name: days for name, days in counts.items() if days} == {customer: {JAN_1: DayCount(3, 3)}}
    assert len(counts) == 601
    assert len(server.log(before)) == 3


def of_kind(server: ClickHouseServer, kind: str, customers: str) -> None:
    """The table ``named``, with rows of these customers on Jan 1, Jan 1 and Jan 2."""
    server.run(
        f"CREATE OR REPLACE TABLE analytics.named (id UInt64, customer {kind}, scored_at DateTime('UTC'))"
        " ENGINE = ReplacingMergeTree ORDER BY id"
    )
    first, second, third = customers.split(", ")
    server.run(
        f"INSERT INTO analytics.named VALUES (1, {first}, '2026-01-01'), (2, {second}, '2026-01-01'),"
        f" (3, {third}, '2026-01-02')"
    )

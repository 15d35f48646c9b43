"""What the real engine counts, by the campaign's days, and what goes wrong around it."""

import asyncio
import json
import re
import socket
from datetime import date
from typing import Any

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.commands.ranges import FIRST_DAY
from bot.config.verify import TableConfig
from bot.errors import Refused, StatementRefused, Unavailable
from bot.model import DayCount, ExpectedDay, Window
from tests.adapters.clickhouse.conftest import CAMPAIGN, Connect, table
from tests.adapters.clickhouse.server import ClickHouseServer

JAN_1, JAN_2, JAN_3 = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)
THREE_DAYS = Window(JAN_1, date(2026, 1, 4))


def insert(
    server: ClickHouseServer, customer: str, hours: int, version: int = 1, into: str = "analytics.scores"
) -> None:
    """One row an hour, ids counting from 0, beginning at 2026-01-01 00:00 UTC."""
    literal = customer.replace("\\", "\\\\").replace("'", "\\'")
    server.run(
        f"INSERT INTO {into} SELECT number, '{literal}', toDateTime('2026-01-01', 'UTC') + number * 3600,"
        f" 1, {version} FROM numbers({hours})"
    )


async def test_raw_and_final_rows_of_each_day_come_from_one_statement(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    insert(server, customer, hours=30)
    insert(server, customer, hours=10, version=2)
    await warehouse.check()
    before = server.last_id()

    counted = await warehouse.counts(table(), customer, CAMPAIGN)

    assert counted == {JAN_1: DayCount(34, 24), JAN_2: DayCount(6, 6)}
    assert len(server.log(before)) == 1


async def test_statements_are_read_only_bounded_bound_and_say_who_asks(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    before = server.last_id()
    await warehouse.counts(table(), customer, THREE_DAYS)
    await warehouse.expected(table(), customer, THREE_DAYS)
    await warehouse.volumes([customer], THREE_DAYS)

    counts, expected, volumes = server.log(before)[-3:]
    for entry in (counts, expected, volumes):
        assert customer not in entry["statement"]
        assert entry["settings"]["max_execution_time"] == "20"
        assert entry["settings"]["max_result_rows"] == "100000"
        assert entry["settings"]["result_overflow_mode"] == "throw"
        assert entry["settings"]["use_query_cache"] == "0"
        assert json.loads(entry["settings"]["log_comment"])["app"] == "backfill-bot"
    assert counts["settings"]["readonly"] == "1"
    assert expected["settings"]["readonly"] == volumes["settings"]["readonly"] == "2"
    assert json.loads(counts["settings"]["log_comment"])["customer"] == customer
    assert counts["parameters"]["customer"] == customer


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "column_type",
    ["Date", "Date32", "DateTime('UTC')", "DateTime('Asia/Kolkata')", "DateTime64(3, 'America/New_York')"],
)
async def test_days_are_days_of_the_campaigns_time_zone_whatever_the_column_keeps(
    server: ClickHouseServer, connect: Connect, timezone: str, column_type: str
) -> None:
    name = f"days_{abs(hash(column_type))}"
    server.run(
        f"CREATE OR REPLACE TABLE analytics.{name} (id UInt64, customer String, at {column_type})"
        " ENGINE = ReplacingMergeTree ORDER BY (customer, id)"
    )
    server.run(
        f"INSERT INTO analytics.{name} SELECT number, 'hilton',"
        " toDateTime('2025-12-30 15:00:00', 'UTC') + number * 3600 FROM numbers(96)"
    )
    kept_as_date = column_type.startswith("Date3") or column_type == "Date"
    by = "at" if kept_as_date else f"toDate(at, '{timezone}')"
    shown = server.run(
        f"SELECT {by} AS day, count() FROM analytics.{name} WHERE day >= '2026-01-01' AND day < '2026-01-04'"
        " GROUP BY day"
    )
    wanted = {date.fromisoformat(day): int(rows) for day, rows in (line.split("\t") for line in shown.splitlines())}

    spec = table(name, time_column="at")
    counted = await connect(server.url, timezone=timezone).counts(spec, "hilton", THREE_DAYS)

    assert {day: count.final for day, count in counted.items()} == wanted
    assert len(wanted) >= 2


async def test_a_window_from_the_first_day_that_can_be_asked_for_counts_all_the_same(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    insert(server, customer, hours=24)

    counted = await warehouse.counts(table(), customer, Window(FIRST_DAY, JAN_3))

    assert counted == {JAN_1: DayCount(24, 24)}


async def test_the_end_of_a_window_is_not_in_it(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    insert(server, customer, hours=72)

    counted = await warehouse.counts(table(), customer, Window(JAN_2, JAN_3))

    assert counted == {JAN_2: DayCount(24, 24)}


async def test_of_a_table_without_final_duplicates_are_not_known(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    server.run(
        "CREATE OR REPLACE TABLE analytics.plain AS analytics.scores ENGINE = MergeTree ORDER BY (customer, id)"
    )
    insert(server, "hilton", hours=24, into="analytics.plain")
    insert(server, "hilton", hours=12, into="analytics.plain")

    counted = await warehouse.counts(table("plain"), "hilton", CAMPAIGN)
    by_key = await warehouse.counts(table("plain", key=("customer", "id")), "hilton", CAMPAIGN)

    assert counted == {JAN_1: DayCount(36, 36, duplicates_known=False)}
    assert by_key == {JAN_1: DayCount(36, 24)}


async def test_odd_identifiers_are_quoted(server: ClickHouseServer, warehouse: ClickHouseWarehouse) -> None:
    server.run(
        "CREATE OR REPLACE TABLE analytics.`odd-``table``; DROP` (day DateTime, `the customer` String)"
        " ENGINE = ReplacingMergeTree ORDER BY `the customer`"
    )
    server.run("INSERT INTO analytics.`odd-``table``; DROP` VALUES ('2026-01-02 10:00:00', 'hilton')")
    odd = table(table="analytics.odd-`table`; DROP", customer_column="the customer", time_column="day")

    assert await warehouse.counts(odd, "hilton", CAMPAIGN) == {JAN_2: DayCount(1, 1)}


@pytest.mark.parametrize(
    "odd", ["O'Brien", "back\\slash", "50%s {customer:String}", "tab\there", "日本-1", "'; DROP TABLE x"]
)
async def test_odd_customers_are_only_values(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str, odd: str
) -> None:
    name = f"{customer} {odd}"
    insert(server, name, hours=24)
    insert(server, name, hours=24, into="source.scores")
    insert(server, name, hours=24, into="source.scorecards")

    assert await warehouse.counts(table(), name, CAMPAIGN) == {JAN_1: DayCount(24, 24)}
    assert await warehouse.expected(table(), name, CAMPAIGN) == {JAN_1: ExpectedDay(24)}
    assert await warehouse.volumes([name, "other"], CAMPAIGN) == {name: {JAN_1: 24}}


async def test_a_statement_without_placeholders_or_with_percent_signs_runs_as_it_is(
    warehouse: ClickHouseWarehouse,
) -> None:
    spec = table(
        expected="SELECT toDate('2026-01-02') AS day, toUInt8(7) AS rows WHERE 'a%b' LIKE 'a%' AND 5 % 2 = 1"
    )

    assert await warehouse.expected(spec, "hilton", CAMPAIGN) == {JAN_2: ExpectedDay(7)}


@pytest.mark.parametrize("placeholder", ["{ customer : String }", "{customer :String}", "{\n customer:\tString}"])
async def test_placeholders_may_have_spaces_in_them(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str, placeholder: str
) -> None:
    insert(server, customer, hours=24)
    sql = f"SELECT toDate(scored_at) AS day, count() AS rows FROM analytics.scores WHERE customer = {placeholder}"

    assert await warehouse.expected(table(expected=f"{sql} GROUP BY day"), customer, THREE_DAYS) == {
        JAN_1: ExpectedDay(24)
    }


async def test_days_outside_the_range_are_left_out_and_several_rows_of_a_day_are_added(
    warehouse: ClickHouseWarehouse,
) -> None:
    statement = "SELECT toDate('2026-01-01') + intDiv(number, 2) AS day, toInt64(10) AS rows FROM numbers(20)"

    shown = await warehouse.expected(table(expected=statement), "hilton", THREE_DAYS)

    assert shown == dict.fromkeys((JAN_1, JAN_2, JAN_3), ExpectedDay(20))


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT today() AS date, 1 AS rows", "it returns date and rows, but no column day"),
        ("SELECT now() AS day, 1 AS rows", r"its column day is DateTime, not a Date; toDate\(…\) makes one"),
        ("SELECT '2026-01-01' AS day, 1 AS rows", "its column day is String, not a Date"),
        ("SELECT toDate('2026-01-01') AS day, 1.5 AS rows", "its column rows holds 1.5, not a number of rows"),
        ("SELECT toDate('2026-01-01') AS day, -1 AS rows", "its column rows holds -1"),
        ("SELECT toDate('2026-01-01') AS day, toNullable(toUInt8(NULL)) AS rows", "its column rows (holds|is) "),
        ("SELECT (1", "Code 62: Syntax error"),
        ("SELECT * FROM no.such_table", "Code (60|81): "),
        ("SELECT {unheard_of:String} AS day", "Code 456: "),
        ("INSERT INTO analytics.scores SELECT 1, 'x', now(), 1, 1", "Code (164|62): "),
    ],
)
async def test_a_statement_of_no_use_is_refused_with_what_is_wrong(
    warehouse: ClickHouseWarehouse, statement: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await warehouse.expected(table(expected=statement), "hilton", CAMPAIGN)


async def test_nothing_to_compare_with_is_a_mistake_of_the_caller(warehouse: ClickHouseWarehouse) -> None:
    with pytest.raises(ValueError, match="no expected statement"):
        await warehouse.expected(table(expected=None), "hilton", CAMPAIGN)


async def test_volumes_of_more_customers_than_one_statement_takes(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    insert(server, customer, hours=30, into="source.scorecards")
    before = server.last_id()

    shown = await warehouse.volumes([*(f"nobody-{n}" for n in range(1200)), customer], CAMPAIGN)

    assert shown == {customer: {JAN_1: 24, JAN_2: 6}}
    assert len([e for e in server.log(before) if "scorecards" in e["statement"]]) == 3


async def test_check_says_which_server_and_tables_answer(
    warehouse: ClickHouseWarehouse, server: ClickHouseServer
) -> None:
    shown = await warehouse.check()

    assert shown.line.startswith("ClickHouse 2")
    assert shown.line.endswith(f"answers at 127.0.0.1:{server.port}, with scorecards and scores as configured")
    assert (shown.problems, shown.warnings) == ((), ())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"volume": "SELECT 'x' AS customer"},
            "the volume query in .volume. .* of no use: it returns customer, but no column day",
        ),
        (
            {"volume": "SELECT 'x' AS customer, now() AS day, 1 AS rows"},
            "the volume query in .volume. .* of no use: its column day is DateTime, not a Date",
        ),
        ({"volume": "SELECT 1 +"}, "the volume query in .volume. .* of no use: Code 62: "),
        (
            {"expected": "SELECT 1 AS rows -- rows"},
            "the expected statement of scorecards in ..verify.tables.. .* but no column day",
        ),
        ({"expected": "SELECT day, rows FROM source.nothing"}, "the expected statement of scorecards .* Code 60: "),
        ({"expected": "SELECT day, rows"}, "the expected statement of scorecards .* Code 47: "),
        (
            {"expected": "SELECT today() AS day, count() AS rows FROM source.scores GROUP BY day FORMAT CSV"},
            "the expected statement of scorecards .* Code 62: ",
        ),
    ],
)
async def test_check_names_the_statement_that_is_wrong_and_goes_on(
    server: ClickHouseServer, connect: Connect, changes: dict[str, str], why: str
) -> None:
    shown = await connect(server.url, **changes).check()

    assert re.search(why, shown.problems[0])
    assert "as configured" not in shown.line
    assert len(shown.problems) == (1 if "volume" in changes else 2)


@pytest.mark.parametrize(
    "end",
    ["", ";", " ;\n", "; -- by day; as the source has it", ";\n/* by; day */", "-- a comment;", " # by day\n;", ";;"],
    ids=repr,
)
async def test_check_takes_a_statement_however_it_ends(
    server: ClickHouseServer, connect: Connect, customer: str, end: str
) -> None:
    expected = f"SELECT toDate('2026-01-02') AS day, 7 AS rows, '; -- /*' AS note{end}"
    warehouse = connect(server.url, expected=expected)

    assert (await warehouse.check()).problems == ()
    assert await warehouse.expected(table(expected=expected), customer, CAMPAIGN) == {JAN_2: ExpectedDay(7)}


async def test_check_does_not_take_the_first_of_two_statements(server: ClickHouseServer, connect: Connect) -> None:
    shown = await connect(server.url, expected="SELECT today() AS day, 7 AS rows; SELECT 1").check()

    assert "Code 62: " in shown.problems[0]


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [
        ("Date", True), ("Date32", True), ("DateTime", True), ("DateTime64(3)", True), ("Nullable(DateTime)", True),
        ("Nullable(DateTime64(6, 'Asia/Kolkata'))", True), ("UInt32", False), ("UInt64", False), ("String", False),
        ("LowCardinality(String)", False), ("FixedString(10)", False), ("Float64", False), ("UUID", False),
        ("Decimal(18, 3)", False), ("Array(DateTime)", False),
    ],
)  # fmt: skip
async def test_check_refuses_the_time_columns_that_a_count_cannot_read_and_no_other(
    server: ClickHouseServer, connect: Connect, kind: str, is_read: bool
) -> None:
    name = f"times_{abs(hash(kind))}"
    server.run(
        f"CREATE OR REPLACE TABLE analytics.{name} (id UInt64, customer String, at {kind})"
        " ENGINE = ReplacingMergeTree ORDER BY id"
    )
    spec = TableConfig(name="scores", table=f"analytics.{name}", customer_column="customer", time_column="at")
    warehouse = connect(server.url, tables=(spec,))

    shown = await warehouse.check()

    if is_read:
        assert shown.problems == ()
        assert await warehouse.counts(spec.spec, "hilton", CAMPAIGN) == {}
    else:
        (problem,) = shown.problems
        assert (
            f"table scores in [[verify.tables]] of backfill.toml is of no use: time_column at of analytics.{name}"
            in problem
        )
        assert f"is {kind}, and verify reads Date, Date32, DateTime and DateTime64" in problem
        with pytest.raises(StatementRefused, match="time_column at of"):
            await warehouse.counts(spec.spec, "hilton", CAMPAIGN)


async def test_rows_without_a_time_are_of_no_day(server: ClickHouseServer, warehouse: ClickHouseWarehouse) -> None:
    server.run(
        "CREATE OR REPLACE TABLE analytics.timeless (customer String, at Nullable(DateTime('UTC')))"
        " ENGINE = MergeTree ORDER BY customer"
    )
    server.run("INSERT INTO analytics.timeless VALUES ('hilton', NULL), ('hilton', '2026-01-02 10:00:00')")

    counted = await warehouse.counts(table("timeless", time_column="at", key=("at",)), "hilton", CAMPAIGN)

    assert counted == {JAN_2: DayCount(1, 1)}


async def test_check_warns_of_tables_whose_duplicates_cannot_be_told_and_says_what_to_configure(
    server: ClickHouseServer, connect: Connect
) -> None:
    server.run("CREATE OR REPLACE VIEW analytics.looked_through AS SELECT * FROM analytics.scores")
    spec = {"table": "analytics.looked_through", "customer_column": "customer", "time_column": "scored_at"}
    without, with_key = (TableConfig(name="v", **spec), TableConfig(name="v", **spec, key=("id",)))

    (warning,) = (await connect(server.url, tables=(without,)).check()).warnings

    assert "duplicates in v cannot be told: analytics.looked_through is a View" in warning
    assert 'key = ["id"]' in warning
    assert (await connect(server.url, tables=(with_key,)).check()).warnings == ()


async def test_a_table_that_is_not_there_is_refused(warehouse: ClickHouseWarehouse) -> None:
    with pytest.raises(Refused, match=r"table scores in ..verify.tables.. .*Code 60: .*nothing"):
        await warehouse.counts(table(table="analytics.nothing"), "hilton", CAMPAIGN)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"customer_column": "who"}, "customer_column names who, and analytics.scores has no such column"),
        ({"time_column": "at"}, "time_column names at, and analytics.scores has no such column"),
        ({"key": ("id", "ID")}, "key names ID, and analytics.scores has no such column; it has id, customer"),
    ],
)
async def test_a_column_that_is_not_there_is_named_with_its_table_and_those_that_are(
    warehouse: ClickHouseWarehouse, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await warehouse.counts(table(**wrong), "hilton", CAMPAIGN)


async def test_a_user_who_may_not_log_in_is_refused_and_the_password_is_not_told(
    server: ClickHouseServer, connect: Connect
) -> None:
    stranger = connect(server.url, "s3cret", username="stranger")
    with pytest.raises(Refused, match="Code 516: stranger: Authentication failed") as caught:
        await stranger.check()

    assert "s3cret" not in str(caught.value)


async def test_a_server_that_goes_and_comes_back_is_unavailable_and_then_answers(
    server: ClickHouseServer, tmp_path_factory: pytest.TempPathFactory, connect: Connect, customer: str
) -> None:
    other = ClickHouseServer(tmp_path_factory.mktemp("restarted") / "data")
    other.start()
    try:
        warehouse = connect(other.url)
        other.stop()
        with pytest.raises(Unavailable, match=f"no answer from 127.0.0.1:{other.port}: nobody listens there"):
            await warehouse.counts(table(), customer, CAMPAIGN)
        other.start()
        assert await warehouse.counts(table(), customer, CAMPAIGN) == {}
        other.stop()
        with pytest.raises(Unavailable):
            await warehouse.counts(table(), customer, CAMPAIGN)
        other.start()
        assert await warehouse.counts(table(), customer, CAMPAIGN) == {}
    finally:
        other.stop()


async def test_a_server_that_accepts_and_says_nothing_is_unavailable_within_the_limit(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        warehouse = connect(f"http://127.0.0.1:{silent.getsockname()[1]}", time_limit="1s")
        counts = (warehouse.counts(table(), "hilton", CAMPAIGN) for _ in range(3))
        # Far beyond the limit, and far below what the client would wait for by itself.
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*counts, return_exceptions=True)

    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert "within 1 s" in str(answers[0])


async def test_a_statement_that_takes_too_long_is_unavailable(server: ClickHouseServer, connect: Connect) -> None:
    slow = "SELECT today() AS day, sum(sleepEachRow(0.5)) AS rows FROM numbers(20) SETTINGS max_block_size = 1"
    with pytest.raises(Unavailable, match=r"(within 1 s|Code 159|Code 160)"):
        await connect(server.url, time_limit="1s").expected(table(expected=slow), "hilton", CAMPAIGN)


async def test_what_is_no_clickhouse_is_told_as_such(connect: Connect) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    other = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(Refused, match=f"127.0.0.1:{port} is no ClickHouse that lets the bot in"):
            await connect(f"http://127.0.0.1:{port}").check()


async def test_many_counts_at_once_are_all_answered(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, customer: str
) -> None:
    insert(server, customer, hours=48)

    counted = await asyncio.gather(*(warehouse.counts(table(), customer, CAMPAIGN) for _ in range(12)))

    assert counted == [{JAN_1: DayCount(24, 24), JAN_2: DayCount(24, 24)}] * 12

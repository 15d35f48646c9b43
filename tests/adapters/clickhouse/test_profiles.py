"""Settings in a user's profile change no count, and a user who may change no setting can count."""

import json
import uuid
from datetime import date

import pytest

from bot.errors import StatementRefused
from bot.model import DayCount, Window
from tests.adapters.clickhouse.conftest import CAMPAIGN, Connect, table
from tests.adapters.clickhouse.proxy import Query, changing
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.clickhouse.test_verify_objects import CASES, made
from tests.adapters.clickhouse.test_warehouse import insert

JAN_1 = date(2026, 1, 1)
DAYS = Window(JAN_1, date(2026, 1, 11))


async def test_a_user_who_may_only_read_and_change_no_setting_is_let_in(
    server: ClickHouseServer, connect: Connect, customer: str
) -> None:
    insert(server, customer, hours=24)
    before = server.last_id()

    async with changing(server, lambda query, body: ({**query, "readonly": "1"}, body)) as url:
        counted = await connect(url).counts(table(), customer, CAMPAIGN)

    assert counted == {JAN_1: DayCount(24, 24)}
    assert "max_execution_time" not in server.log(before)[-1]["settings"]


async def test_a_user_who_may_not_leave_reading_is_let_in(
    server: ClickHouseServer, connect: Connect, customer: str
) -> None:
    insert(server, customer, hours=24)

    async with changing(server, lambda query, body: ({"readonly": "2", **query}, body)) as url:
        counted = await connect(url).counts(table(), customer, CAMPAIGN)

    assert counted == {JAN_1: DayCount(24, 24)}


async def test_a_profile_that_becomes_read_only_while_the_bot_runs_costs_no_answer(
    server: ClickHouseServer, connect: Connect, customer: str
) -> None:
    insert(server, customer, hours=24)
    is_fixed = False

    def as_profile(query: Query, body: str) -> tuple[Query, str]:
        """As a server does that takes the profile first: it refuses a setting that comes with the statement."""
        if not is_fixed:
            return query, body
        return {**query, "readonly": "1"}, body + " SETTINGS max_threads = 1" * ("max_execution_time" in query)

    async with changing(server, as_profile) as url:
        warehouse = connect(url)
        await warehouse.counts(table(), customer, CAMPAIGN)
        is_fixed = True
        counted = await warehouse.counts(table(), customer, CAMPAIGN)
        before = server.last_id()
        await warehouse.counts(table(), customer, CAMPAIGN)

    assert counted == {JAN_1: DayCount(24, 24)}
    assert len(server.log(before)) == 1


@pytest.mark.parametrize("setting", ["final=1", "limit=1", "extremes=1", "prefer_column_name_to_alias=1"])
async def test_settings_of_a_profile_change_no_count(
    server: ClickHouseServer, connect: Connect, setting: str
) -> None:
    name, value = setting.split("=")
    place = made(server, CASES["a ReplacingMergeTree with every third row three times"])
    spec = table(table=place, time_column="at")

    async with changing(server, lambda query, body: ({name: value, **query}, body)) as url:
        counted = await connect(url).counts(spec, "hilton", DAYS)

    assert counted == {day: DayCount(24, 8) for day in DAYS.each_day()}


async def test_a_limit_that_a_profile_only_breaks_at_is_an_error_and_no_short_answer(
    server: ClickHouseServer, connect: Connect, customer: str
) -> None:
    insert(server, customer, hours=24)
    source = (
        "SELECT toDate(scored_at) AS day, count() AS rows FROM analytics.scores"
        " WHERE customer = {customer:String} AND scored_at IN (SELECT scored_at FROM analytics.scores) GROUP BY day"
    )
    breaking = {"max_rows_in_set": "1", "set_overflow_mode": "break"}

    async with changing(server, lambda query, body: ({**breaking, **query}, body)) as url:
        with pytest.raises(StatementRefused, match="Code 191"):
            await connect(url).expected(table(expected=source), customer, CAMPAIGN)


@pytest.mark.parametrize("level", ["", "_leaf"])
async def test_a_limit_of_rows_to_read_is_an_error_and_no_smaller_count(
    server: ClickHouseServer, connect: Connect, level: str
) -> None:
    place = made(server, CASES["a ReplacingMergeTree with every third row three times"])
    breaking = {f"max_rows_to_read{level}": "2", f"read_overflow_mode{level}": "break"}

    async with changing(server, lambda query, body: ({**breaking, **query}, body)) as url:
        with pytest.raises(StatementRefused, match="Code 158"):
            await connect(url).counts(table(table=place, time_column="at"), "hilton", DAYS)


@pytest.mark.parametrize(
    ("setting", "moved_to", "left"),
    [
        ("do_not_merge_across_partitions_select_final=1", "2026-01-01", {JAN_1: DayCount(20, 10)}),
        ("use_skip_indexes_if_final_exact_mode=0", "2026-02-01", {JAN_1: DayCount(10, 0)}),
    ],
)
async def test_rows_that_are_replaced_in_another_partition_or_on_another_day_do_not_count(
    server: ClickHouseServer, connect: Connect, setting: str, moved_to: str, left: dict[date, DayCount]
) -> None:
    name, value = setting.split("=")
    place = f"analytics.replaced_{uuid.uuid4().hex[:10]}"
    server.run(
        f"CREATE TABLE {place} (customer String, id UInt64, at DateTime, loaded Date, version UInt64,"
        " INDEX of_at at TYPE minmax GRANULARITY 1) ENGINE = ReplacingMergeTree(version)"
        " PARTITION BY toYYYYMM(loaded) ORDER BY (customer, id)"
    )
    for version, (day, loaded) in enumerate([("2026-01-01", "2026-02-01"), (moved_to, "2026-03-01")]):
        values = f"'hilton', number, toDateTime('{day} 00:00:00', 'UTC'), '{loaded}', {version}"
        server.run(f"INSERT INTO {place} SELECT {values} FROM numbers(10)")

    async with changing(server, lambda query, body: ({name: value, **query}, body)) as url:
        counted = await connect(url).counts(table(table=place, time_column="at"), "hilton", DAYS)

    assert counted == left


async def test_replicas_that_take_turns_are_one_table(server: ClickHouseServer, connect: Connect) -> None:
    case = CASES["a ReplacingMergeTree"]
    first, other = made(server, case).split(".")[1], made(server, case).split(".")[1]
    turns = iter(range(10_000))

    def balanced(query: Query, body: str) -> tuple[Query, str]:
        settings, sent = json.dumps(query), body
        if next(turns) % 2:
            settings, sent = settings.replace(first, other), body.replace(first, other)
        return json.loads(settings), sent

    async with changing(server, balanced) as url:
        counted = await connect(url).counts(table(table=f"analytics.{first}", time_column="at"), "hilton", DAYS)

    assert counted == {day: DayCount(24, 24) for day in DAYS.each_day()}

"""The ClickHouse of a cluster, as clickhouse-connect's unmodified async client sees it."""

import asyncio
import socket
from datetime import UTC, date, datetime
from itertools import pairwise

import aiohttp
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import DatabaseError

COLUMNS = ["id", "customer", "scored_at", "value", "version"]


async def last_statement(http: aiohttp.ClientSession, url: str, word: str) -> dict[str, object]:
    async with http.get(f"{url}_log") as answer:
        statements = (await answer.json())["statements"]
    return next(entry for entry in reversed(statements) if word in entry["statement"])


async def test_values_of_every_kind_are_bound_and_come_back(clickhouse: AsyncClient) -> None:
    values = {"text": "o'brien\\ \n\t{x}", "day": date(2026, 1, 7), "list": ["a", "b'c"], "number": 7}

    result = await clickhouse.query(
        "SELECT {text:String}, {day:Date}, {list:Array(String)}, {number:UInt8}", parameters=values
    )

    assert result.result_rows == [("o'brien\\ \n\t{x}", date(2026, 1, 7), ["a", "b'c"], 7)]


async def test_the_names_of_thousands_of_customers_are_bound(clickhouse: AsyncClient) -> None:
    names = [f"customer-{number}" for number in range(2_000)]

    result = await clickhouse.query("SELECT length({names:Array(String)})", parameters={"names": names})

    assert result.result_rows == [(2_000,)]


async def test_inserted_rows_are_read_back(clickhouse: AsyncClient) -> None:
    rows = [
        [1, "inserted", datetime(2026, 1, 1, tzinfo=UTC), 1.5, 1],
        [2, "inserted", datetime(2026, 1, 2, tzinfo=UTC), 2.5, 1],
    ]

    await clickhouse.insert("analytics.scores", rows, column_names=COLUMNS)
    result = await clickhouse.query("SELECT id, value FROM analytics.scores WHERE customer = 'inserted' ORDER BY id")

    assert result.result_rows == [(1, 1.5), (2, 2.5)]


async def test_duplicates_are_raw_minus_final(clickhouse: AsyncClient) -> None:
    row = [1, "doubled", datetime(2026, 1, 1, tzinfo=UTC), 1.5, 1]
    for _ in range(3):
        await clickhouse.insert("analytics.scorecards", [row], column_names=COLUMNS)

    raw = await clickhouse.query("SELECT count() FROM analytics.scorecards WHERE customer = 'doubled'")
    final = await clickhouse.query("SELECT count() FROM analytics.scorecards FINAL WHERE customer = 'doubled'")

    assert (raw.result_rows, final.result_rows) == ([(3,)], [(1,)])


async def test_deleted_rows_are_gone(clickhouse: AsyncClient) -> None:
    await clickhouse.insert(
        "analytics.scorecards", [[9, "deleted", datetime(2026, 1, 1, tzinfo=UTC), 1.5, 1]], column_names=COLUMNS
    )

    await clickhouse.command("DELETE FROM analytics.scorecards WHERE customer = 'deleted'")

    left = await clickhouse.query("SELECT count() FROM analytics.scorecards WHERE customer = 'deleted'")
    assert left.result_rows == [(0,)]


async def test_readonly_forbids_to_write(clickhouse: AsyncClient) -> None:
    with pytest.raises(DatabaseError, match=r"code: 164.*READONLY"):
        await clickhouse.query("INSERT INTO analytics.scores (id) SELECT 1", settings={"readonly": 1})


async def test_the_number_of_rows_is_limited(clickhouse: AsyncClient) -> None:
    with pytest.raises(DatabaseError, match="code: 396"):
        await clickhouse.query("SELECT number FROM numbers(10)", settings={"max_result_rows": 5, "readonly": 1})


async def test_a_statement_ends_when_its_time_is_over(clickhouse: AsyncClient) -> None:
    with pytest.raises(DatabaseError, match="code: 159"):
        await clickhouse.query("SELECT count() FROM numbers(1000000000000)", settings={"max_execution_time": 1})


async def test_settings_of_one_statement_are_unknown_to_the_next(clickhouse: AsyncClient) -> None:
    await clickhouse.query("SELECT 1", settings={"max_result_rows": 5})

    result = await clickhouse.query("SELECT number FROM numbers(10)")

    assert len(result.result_rows) == 10


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT * FROM nowhere", 60),
        ("SELEC 1", 62),
        ("SELECT {missing:String}", 456),
        ("SELECT * FROM no.where", 81),
    ],
)
async def test_errors_carry_clickhouse_code_and_words(clickhouse: AsyncClient, statement: str, code: int) -> None:
    with pytest.raises(DatabaseError, match=rf"Code: {code}\. DB::Exception: ") as raised:
        await clickhouse.query(statement)

    assert raised.value.code == code


async def test_statements_run_at_the_same_time(clickhouse: AsyncClient) -> None:
    queries = (clickhouse.query("SELECT toUnixTimestamp64Milli(now64(3)), sleep(3)") for _ in range(4))
    begun = sorted(result.result_rows[0][0] for result in await asyncio.gather(*queries))

    # One after the other, each would begin three seconds after the one before, on any machine.
    assert min(after - before for before, after in pairwise(begun)) < 3_000


async def test_concurrent_statements_keep_their_own_values(clickhouse: AsyncClient) -> None:
    async def ask(number: int) -> int:
        settings = {"max_result_rows": number + 1}
        result = await clickhouse.query(
            "SELECT {n:UInt32} + 0 * sleep(0.01)", parameters={"n": number}, settings=settings
        )
        return int(result.result_rows[0][0])

    assert await asyncio.gather(*(ask(number) for number in range(30))) == list(range(30))


async def test_a_client_that_hangs_up_does_not_hurt_the_others(clickhouse: AsyncClient, clickhouse_port: int) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", clickhouse_port)) as rude:
            rude.sendall(b"POST /?query=SELECT+sleep(0.2) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")

    result = await clickhouse.query("SELECT 1")

    assert result.result_rows == [(1,)]


async def test_the_log_tells_statement_settings_and_parameters(
    clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    await clickhouse.query(
        "SELECT {who:String} AS told", parameters={"who": "hilton"}, settings={"log_comment": "verify", "readonly": 1}
    )

    entry = await last_statement(http, clickhouse_url, "AS told")

    assert entry["parameters"] == {"who": "hilton"}
    assert {"log_comment": "verify", "readonly": "1"}.items() <= dict(entry["settings"]).items()  # type: ignore[call-overload]
    assert entry["error"] == ""


async def test_the_log_tells_errors(
    clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    with pytest.raises(DatabaseError):
        await clickhouse.query("SELECT * FROM told_nowhere")

    entry = await last_statement(http, clickhouse_url, "told_nowhere")

    assert str(entry["error"]).startswith("Code: 60.")


async def test_ping_answers(clickhouse: AsyncClient) -> None:
    assert await clickhouse.ping() is True

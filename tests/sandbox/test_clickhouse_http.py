"""The ClickHouse of a cluster, as curl and a browser see it."""

import base64

import aiohttp
import pytest


async def test_an_unknown_setting_is_refused(http: aiohttp.ClientSession, clickhouse_url: str) -> None:
    async with http.post(clickhouse_url, params={"no_such_setting": "1"}, data="SELECT 1") as answer:
        assert answer.status == 404
        assert answer.headers["X-ClickHouse-Exception-Code"] == "115"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-ClickHouse-User": "default", "X-ClickHouse-Key": ""},
        {"Authorization": "Basic " + base64.b64encode(b"default:").decode()},
        {},
    ],
)
async def test_the_default_user_is_let_in(
    http: aiohttp.ClientSession, clickhouse_url: str, headers: dict[str, str]
) -> None:
    async with http.post(clickhouse_url, data="SELECT 1", headers=headers) as answer:
        assert (answer.status, await answer.text()) == (200, "1\n")


async def test_other_users_are_refused(http: aiohttp.ClientSession, clickhouse_url: str) -> None:
    async with http.get(clickhouse_url, params={"query": "SELECT 1", "user": "nobody"}) as answer:
        assert answer.status == 403
        assert answer.headers["X-ClickHouse-Exception-Code"] == "516"


async def test_a_browser_may_read_and_not_write(http: aiohttp.ClientSession, clickhouse_url: str) -> None:
    async with http.get(clickhouse_url, params={"query": "SELECT 1 AS one FORMAT JSONEachRow"}) as answer:
        assert await answer.json(content_type=None) == {"one": 1}
    async with http.get(clickhouse_url, params={"query": "INSERT INTO analytics.scores (id) SELECT 1"}) as answer:
        assert answer.headers["X-ClickHouse-Exception-Code"] == "164"


async def test_csv_rows_in_the_body_are_inserted(http: aiohttp.ClientSession, clickhouse_url: str) -> None:
    insert = {"query": "INSERT INTO analytics.scores (id, customer) FORMAT CSV"}

    async with http.post(clickhouse_url, params=insert, data="1,by-csv\n2,by-csv\n") as answer:
        assert answer.status == 200
        assert '"written_rows": "2"' in answer.headers["X-ClickHouse-Summary"]


async def test_rows_that_do_not_fit_are_refused_with_their_reason(
    http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    insert = {"query": "INSERT INTO analytics.scores (id, customer) FORMAT CSV"}

    async with http.post(clickhouse_url, params=insert, data="not-a-number,x\n") as answer:
        assert answer.status == 500
        assert "DB::Exception: Cannot parse input" in await answer.text()

"""The rows to be copied: as many as the scenario says, spread over its days, the same every time."""

import aiohttp
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from sandbox.clickhouse.schema import Table
from sandbox.errors import NotReady
from sandbox.scenario.model import Campaign, Customer, Rows
from sandbox.scenario.row_counts import rows_of
from sandbox.source_rows import make_source_rows

CAMPAIGN = Campaign.model_validate({"start": "2026-03-25", "end": "2026-04-04", "timezone": "Europe/Berlin"})
ROWS = Rows(scale=0.001, min_per_day=3)
PER_DAY = """
SELECT toString(toDate(scored_at, 'Europe/Berlin')), count() FROM source.{table:Identifier}
WHERE customer = {customer:String} GROUP BY 1 ORDER BY 1
"""


def customer(scorecards: int, scores: int) -> Customer:
    return Customer(scorecards=scorecards, scores=scores, hours=1)


async def per_day(clickhouse: AsyncClient, table: Table, name: str) -> dict[str, int]:
    result = await clickhouse.query(PER_DAY, parameters={"table": str(table), "customer": name})
    return {str(day): int(rows) for day, rows in result.result_rows}


@pytest.mark.parametrize(("volume", "rows"), [(0, 0), (1, 30), (29_000, 30), (123_456, 124)])
def test_volumes_are_scaled_and_never_too_few_to_see(volume: int, rows: int) -> None:
    assert rows_of(volume, ROWS, days=10) == rows


async def test_rows_are_spread_over_every_day_of_the_campaign(
    clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    customers = {"first o'name\\": customer(1, 95_000), "none": customer(0, 0), "2026-01-01": customer(47_000, 1)}

    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, ROWS)
    odd = await per_day(clickhouse, Table.SCORES, "first o'name\\")
    dated = await per_day(clickhouse, Table.SCORECARDS, "2026-01-01")

    assert list(odd) == list(dated)
    assert (min(odd), max(odd), len(odd)) == ("2026-03-25", "2026-04-03", 10)
    assert sorted(odd.values()) == [9] * 5 + [10] * 5
    assert sum(dated.values()) == 47
    assert await per_day(clickhouse, Table.SCORES, "none") == {}


async def test_the_same_scenario_makes_the_same_rows(
    clickhouse: AsyncClient, http: aiohttp.ClientSession, clickhouse_url: str
) -> None:
    await make_source_rows(http, clickhouse_url, {"twice": customer(50_000, 50_000)}, CAMPAIGN, ROWS)
    await make_source_rows(http, clickhouse_url, {"twice": customer(50_000, 50_000)}, CAMPAIGN, ROWS)

    # ClickHouse may merge equal rows at any moment.
    counted = await clickhouse.query(
        "SELECT count(), uniqExact(id, scored_at, value) FROM source.scores FINAL WHERE customer = 'twice'"
    )

    assert counted.result_rows == [(50, 50)]


async def test_a_refusal_is_told_in_clickhouse_words(http: aiohttp.ClientSession, clickhouse_url: str) -> None:
    with pytest.raises(NotReady, match="could not be made: Code: "):
        await make_source_rows(
            http,
            f"{clickhouse_url}?max_rows_to_read=1&max_execution_time=0.000001",
            {"x": customer(9**9, 0)},
            CAMPAIGN,
            ROWS,
        )

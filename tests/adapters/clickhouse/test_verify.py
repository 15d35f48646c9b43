"""Verify on the real engine: what it says equals what SQL says, before and after the data is damaged."""

from dataclasses import replace
from datetime import date

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.blocks.verify import render
from bot.commands import Breakdown, Verify
from bot.config import Config
from bot.errors import Refused
from bot.fleet.verification.verdict import Outcome
from bot.model import Window
from bot.services import Services
from bot.usecases.verify import verify
from tests.adapters.clickhouse.conftest import Connect, config
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.fakes.services import FakeWorld

EXPECTED_OF_MANY = """
SELECT customer, toDate(scored_at, {timezone:String}) AS day, count() AS rows
FROM source.scores
WHERE customer IN {customers:Array(String)}
GROUP BY customer, day
"""
DAYS = Window(date(2026, 1, 1), date(2026, 1, 11))


@pytest.fixture
def filled(server: ClickHouseServer, customer: str) -> str:
    """A customer with 24 rows a day and table on ten days, copied from the source as it is."""
    for table in ("scorecards", "scores"):
        server.run(
            f"INSERT INTO source.{table} SELECT number, '{customer}',"
            " toDateTime('2026-01-01', 'UTC') + number * 3600, 1, 1 FROM numbers(240)"
        )
        server.run(f"INSERT INTO analytics.{table} SELECT * FROM source.{table} WHERE customer = '{customer}'")
    return customer


def services(configured: Config, warehouse: ClickHouseWarehouse, *customers: str) -> Services:
    known = configured.clusters["voice-prod"].model_copy(update={"customers": customers})
    expecting = configured.model_copy(update={"clusters": {"voice-prod": known}})
    world = FakeWorld(config=expecting)
    others = world.services.clusters["voice-prod"]
    return replace(world.services, clusters={"voice-prod": replace(others, warehouse=warehouse)})


@pytest.fixture
def verifying(server: ClickHouseServer, warehouse: ClickHouseWarehouse, filled: str) -> Services:
    return services(config(server.url), warehouse, filled)


async def test_what_was_copied_matches_what_sql_counts(
    server: ClickHouseServer, verifying: Services, filled: str
) -> None:
    counted = server.run(f"SELECT count() FROM analytics.scores FINAL WHERE customer = '{filled}'")

    message = render(await verify(Verify(target=filled, range=DAYS), verifying), Verify(target=filled))

    assert (
        message.text.splitlines()[0]
        == f"{filled} on voice-prod matches: 240 scorecards and {counted} scores, 10 days."
    )


async def test_a_deleted_day_is_named_and_a_day_inserted_again_is_told_by_its_duplicates(
    server: ClickHouseServer, verifying: Services, filled: str
) -> None:
    of_day = f"customer = '{filled}' AND toDate(scored_at, 'UTC') ="
    server.run(f"ALTER TABLE analytics.scores DELETE WHERE {of_day} '2026-01-07'", mutations_sync=1)
    server.run(f"INSERT INTO analytics.scores SELECT * FROM source.scores WHERE {of_day} '2026-01-09'")

    summary = render(await verify(Verify(target=filled, range=DAYS), verifying), Verify(target=filled))
    by_day = render(
        await verify(Verify(target="voice-prod", range=DAYS, by=Breakdown.DAY), verifying),
        Verify(target="voice-prod"),
    )

    assert summary.text.splitlines()[0] == (
        f"{filled} on voice-prod does not match its source. scores: 24 rows missing (Jan "
        "7, no rows at all), 24 duplicates (Jan 9)."
    )
    assert "Jan 7, scores: expected 24, found 0, difference −24, 0 duplicates." in by_day.text
    assert "Jan 9, scores: expected 24, found 24, difference 0, 24 duplicates." in by_day.text


async def test_a_cluster_is_verified_with_one_statement_for_each_table_and_as_each_customer_alone(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, filled: str
) -> None:
    names = (filled, *(f"{filled}-{number}" for number in range(20)))
    for name in names[1:]:
        for schema in ("source", "analytics"):
            has_all = schema == "source" or name.endswith(("1", "3", "5"))
            server.run(
                f"INSERT INTO {schema}.scores SELECT id, '{name}', scored_at, value, version FROM source.scores"
                f" WHERE customer = '{filled}' AND ({has_all} OR id % 7)"
            )
    world = services(config(server.url, expected=EXPECTED_OF_MANY), warehouse, *names)
    await verify(Verify(target="voice-prod", range=DAYS), world)
    before = server.last_id()

    together = await verify(Verify(target="voice-prod", range=DAYS), world)
    statements = len(server.log(before))
    alone = [await verify(Verify(target=name, range=DAYS), world) for name in names]

    assert statements == 4
    assert together.clusters[0].customers == tuple(result.clusters[0].customers[0] for result in alone)
    assert {customer.outcome for customer in together.clusters[0].customers} == {Outcome.MATCHES, Outcome.DIFFERS}


async def test_a_server_that_does_not_answer_is_told_as_not_verified(
    connect: Connect, server: ClickHouseServer, filled: str
) -> None:
    away = services(config(server.url), connect("http://127.0.0.1:9"), filled)

    message = render(await verify(Verify(target=filled, range=DAYS), away), Verify(target=filled))

    assert message.text.startswith(
        f"{filled} on voice-prod is not verified. ClickHouse did not answer for scorecards "
        "(no answer from 127.0.0.1:9"
    )


async def test_the_statements_of_verify_cannot_write(connect: Connect, server: ClickHouseServer, filled: str) -> None:
    writing = f"INSERT INTO analytics.scores SELECT * FROM analytics.scores WHERE customer = '{filled}'"
    warehouse = connect(server.url, expected=writing)
    spec = config(server.url, expected=writing).verify.tables[0].spec

    with pytest.raises(Refused, match="readonly mode"):
        await warehouse.expected(spec, filled, DAYS)
    assert server.run(f"SELECT count() FROM analytics.scores WHERE customer = '{filled}'") == "240"

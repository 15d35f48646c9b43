"""A person walks through ``backfill-bot init`` on real systems, and answers what the runs leave open."""

import asyncio
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.temporal.server import TemporalServer
from tests.terminal import terminal
from tests.world_of_init import CUSTOMERS, Start, fill_tables, running


@pytest.fixture
def temporal() -> Iterator[TemporalServer]:
    server = TemporalServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouseServer]:
    server = ClickHouseServer(tmp_path / "clickhouse")
    server.start()
    fill_tables(server)
    yield server
    server.stop()


async def test_a_person_answers_what_the_runs_leave_open_and_takes_the_rest(
    temporal: TemporalServer, clickhouse: ClickHouseServer, tmp_path: Path
) -> None:
    """One run of each customer, over all of March: whether the 31st is filled nobody can see."""
    folder = tmp_path / "bot"
    folder.mkdir()
    arguments = [{"tenant": name, "from": "2026-03-01", "to": "2026-03-31", "dry_run": False} for name in CUSTOMERS]
    starts = [Start(f"march-{name}", [argument]) for name, argument in zip(CUSTOMERS, arguments, strict=True)]
    async with running(temporal, "prod", starts):
        code = await asyncio.to_thread(walk, folder, temporal.address, clickhouse.url)

    written = tomllib.loads((folder / "backfill.toml").read_text())
    assert code == 0
    assert written["campaign"]["end"].isoformat() == "2026-04-01"
    assert written["workflow"]["identity"]["end"] == {"input": "included"}
    assert written["workflow"]["start"]["input"] == [
        {"tenant": "{customer}", "from": "{start}", "to": "{last}", "dry_run": False}
    ]
    assert written["clusters"]["prod"]["customers"] == sorted(CUSTOMERS)


def walk(folder: Path, temporal: str, clickhouse: str) -> int:
    """The questions in their order, with an empty line wherever the default is right."""
    with terminal(folder, "init") as person:
        person.answer("[localhost:7233]: ", temporal)
        person.answer("[default]: ", "prod")
        person.answer("[http://localhost:8123]: ", clickhouse)
        person.answer("ClickHouse user; one that may only read will do [default]: ", "")
        person.answer("ClickHouse password, not shown; empty for none: ", "")
        person.answer("[UTC]: ", "")
        person.wait_for("prod: 3 runs of FillTenant (3)")
        person.answer("a run says 2026-03-01 to 2026-03-31. ", "")
        person.wait_for("FillTenant: 3 of 3 runs recognised by input")
        person.wait_for("2026-03-01..2026-04-01")
        person.answer("Tables that prove a backfill [mart.orders]: ", "")
        person.answer("the end not filled any more [2026-03-01..2026-04-01]: ", "")
        person.answer("Slack channel, which begins with C: ", "C07BACKFILL")
        person.answer("separated by commas: ", "U07OLIVIA")
        person.answer("Slack bot token, not shown; empty to fill it in later: ", "xoxb-1")
        person.answer("Slack app-level token, not shown; empty to fill it in later: ", "xapp-1")
        person.wait_for("Next: python -m bot check")
        return person.end()

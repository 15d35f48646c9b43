"""Migrations: the steps lead to the tables that the code uses, from any version, and never from a newer one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.adapters.store import migrate as migration
from bot.adapters.store import open_store
from bot.adapters.store.database import Database, open_database
from bot.adapters.store.migrate import migrate, schema_revision
from bot.adapters.store.tables import audit, metadata
from bot.errors import Refused
from bot.model import JournalEntry
from tests.adapters.store.given import NOW, episode
from tests.adapters.store.raw import sql, tables


@pytest.fixture(params=["file_url", "server_url"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind without tables."""
    found: str = request.getfixturevalue(request.param)
    return found


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    differences: list[Any] = compare_metadata(context, metadata)
    return differences


async def test_an_empty_database_becomes_what_the_code_expects(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)
        async with database.reading() as connection:
            differences = await connection.run_sync(_differences)
            revision = await connection.run_sync(schema_revision)

    assert differences == []
    assert revision == "0013"


async def test_migrating_again_changes_nothing_and_loses_nothing(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    async with open_store(url) as store:
        known = await store.journal.open_episodes()

    assert known == (episode("e1", revision=1),)


async def test_the_audit_of_the_first_version_is_kept(url: str) -> None:
    async with open_database(url) as database:
        await _migrate_to("0001", database)
    known = {"user_id": "U1", "command": "ack", "cluster": "voice-prod", "customer": "hilton", "workflow_id": "w"}
    found_by = {"name": "hilton", "full_name": "voice-prod/hilton"}
    done = {"outcome": "done", "why": "", "before": "not acknowledged", "after": "acknowledged"}
    await sql(url, audit.insert().values(at=NOW, **known, **found_by, **done))
    async with open_store(url) as store:
        trail = await store.journal.audit("hilton", 10)

    (record,) = trail.records
    assert (record.at, record.after, record.reason, record.plan_digest, record.change) == (
        NOW,
        "acknowledged",
        "",
        "",
        "",
    )


async def _migrate_to(revision: str, database: Database) -> None:
    def upgrade(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
        command.upgrade(config, revision)

    async with database.writing() as connection:
        await connection.run_sync(upgrade)


async def test_several_bots_that_start_at_once_migrate_once(url: str) -> None:
    async def start() -> str:
        async with open_store(url) as store:
            return await store.journal.check()

    reports = await asyncio.gather(*(start() for _ in range(4)))

    assert len(set(reports)) == 1


async def test_a_step_that_fails_leaves_the_database_as_it_was(url: str) -> None:
    # In the way of the last table of the first step.
    await sql(url, "CREATE TABLE outbox (mine INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        async with open_store(url):
            pass

    assert await tables(url) == ["outbox"]


async def test_a_database_of_a_newer_version_is_refused_in_one_sentence(url: str) -> None:
    async with open_store(url):
        pass
    await sql(url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Refused, match="schema 9999, which is newer than this program") as caught:
        async with open_store(url):
            pass

    assert "\n" not in str(caught.value)

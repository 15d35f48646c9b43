"""Migrations: the steps lead to the tables that the code uses, from any version, and never from a newer one."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from bot.adapters.store import migrate as migration
from bot.adapters.store import open_store
from bot.adapters.store.database import Database, open_database
from bot.adapters.store.migrate import migrate, schema_revision
from bot.adapters.store.tables import metadata
from bot.errors import Refused
from bot.model import Entry
from tests.adapters.store.given import NOW, episode


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
    assert revision == "0002"


async def test_migrating_again_changes_nothing_and_loses_nothing(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(Entry(episodes=(episode("e1"),)), NOW)
    async with open_store(url) as store:
        known = await store.journal.open_episodes()

    assert known == (episode("e1", revision=1),)


async def test_the_audit_of_the_first_version_is_kept(url: str, tmp_path: Path) -> None:
    async with open_database(url) as database:
        await _migrate_to("0001", database)
    with closing(sqlite3.connect(tmp_path / "store.db")) as older:
        older.execute(
            "INSERT INTO audit VALUES (1, '2026-02-22 09:30:00.000000', 'U1', 'ack', 'voice-prod', 'hilton', 'w',"
            " 'hilton', 'voice-prod/hilton', 'done', '', 'not acknowledged', 'acknowledged')"
        )
        older.commit()
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

    said = await asyncio.gather(*(start() for _ in range(4)))

    assert len(set(said)) == 1


async def test_a_step_that_fails_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as other:
        # In the way of the last table of the first step.
        other.execute("CREATE TABLE outbox (mine)")
    with pytest.raises(Exception, match="already exists"):
        async with open_store(url):
            pass
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    assert tables == ["outbox"]


async def test_a_database_of_a_newer_version_is_refused_in_one_sentence(url: str, tmp_path: Path) -> None:
    async with open_store(url):
        pass
    with closing(sqlite3.connect(tmp_path / "store.db")) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()

    with pytest.raises(Refused, match="schema 9999, which is newer than this program") as caught:
        async with open_store(url):
            pass

    assert "\n" not in str(caught.value)


def test_every_table_can_be_written_for_postgresql_too() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    written = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]

    assert len(written) == 7
    assert sum("TIMESTAMP WITH TIME ZONE" in table for table in written) == 7

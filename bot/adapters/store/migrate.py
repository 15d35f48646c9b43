"""Migrates a database to this version's schema when the bot starts. The steps are in ``migrations``."""

from datetime import timedelta
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, false, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.database import SYSTEM, Database
from bot.adapters.store.tables import leases, metadata
from bot.errors import Refused

_SCRIPTS = Path(__file__).parent / "migrations"
# A migration may rewrite a large table.
_PATIENCE = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


async def migrate(database: Database) -> None:
    """Apply all missing migrations in one transaction. Of several bots that start at once, one applies them.

    Raises Refused when the database is newer than this program, or cannot be written to.
    """
    async with database.writing(at_most=_PATIENCE) as connection:
        await connection.run_sync(_upgrade)
        await prove_writable(connection)


async def prove_writable(connection: AsyncConnection) -> None:
    """Raise Refused for a read-only database, by a statement that changes no row. Beginning a write transaction is
    not enough: SQLite allows BEGIN IMMEDIATE on a read-only file (https://www.sqlite.org/c3ref/db_readonly.html)."""
    await connection.execute(delete(leases).where(false()))


def schema_revision(connection: Connection) -> str:
    """The revision of the last applied migration, or "" in an empty database."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _upgrade(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    # Alembic takes "%" in its options as the beginning of a substitution.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = schema_revision(connection)
    if current and current not in revisions:
        raise Refused(
            SYSTEM,
            f"the database has schema {current}, which is newer than this program:"
            " install the newer version, or name another database in DATABASE_URL",
        )
    command.upgrade(config, "head")
    _recreate_dropped_tables(connection)


def _recreate_dropped_tables(connection: Connection) -> None:
    """Create the tables that somebody has dropped from a database whose schema is current."""
    missing = sorted(metadata.tables.keys() - set(inspect(connection).get_table_names()))
    if missing:
        _log.warning("tables made anew: they had been dropped, with all that was in them", tables=missing)
        metadata.create_all(connection)

"""A store that is gone is reported as gone, once and at once; a transient failure is not."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.adapters.store import Store, open_store
from bot.errors import DependencyError, Gone, Unavailable
from bot.model import JournalEntry
from tests.adapters.store.given import NOW, episode
from tests.adapters.store.raw import sql
from tests.adapters.store.server import Server

HELD = JournalEntry(episodes=(episode("e1"),))


async def answers(store: Store) -> list[DependencyError | None]:
    """What writing and reading come to."""
    found: list[DependencyError | None] = []
    for ask in (lambda: store.leases.hold("me", ["it"], NOW, NOW), store.journal.open_episodes):
        try:
            await ask()
        except DependencyError as exc:
            found.append(exc)
        else:
            found.append(None)
    return found


def deleted(file: Path) -> None:
    file.unlink()


def deleted_with_all_beside_it(file: Path) -> None:
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()


def renamed(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def replaced(file: Path) -> None:
    other = file.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    other.replace(file)


def replaced_by_a_copy(file: Path) -> None:
    shutil.copy(file, file.with_name("other.db"))
    file.with_name("other.db").replace(file)


def with_its_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("unmounted"))


def without_a_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE leases")
        connection.execute("DROP TABLE episodes")


def without_its_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def without_its_index(file: Path) -> None:
    file.with_name(f"{file.name}-shm").unlink()


def with_the_log_of_another(file: Path) -> None:
    other = file.with_name("other-wal")
    other.touch()
    other.replace(file.with_name(f"{file.name}-wal"))


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def written_over_by_text(file: Path) -> None:
    file.write_text("no database\n" * 100_000)


def written_over_by_another(file: Path) -> None:
    with closing(sqlite3.connect(file.with_name("other.db"))) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
        connection.execute("INSERT INTO cats VALUES (zeroblob(1000000))")
        connection.commit()
    shutil.copyfile(file.with_name("other.db"), file)


@pytest.mark.parametrize(
    "disaster",
    [
        without_its_log,
        without_its_index,
        with_the_log_of_another,
        emptied,
        cut,
        written_over_by_text,
        written_over_by_another,
        deleted,
        deleted_with_all_beside_it,
        renamed,
        replaced,
        replaced_by_a_copy,
        with_its_folder,
        without_a_table,
    ],
)
@pytest.mark.parametrize("was_used", [False, True])
async def test_a_file_that_is_gone_is_told_to_whoever_asks_and_to_who_opened_it(
    tmp_path: Path, disaster: Callable[[Path], None], was_used: bool
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    reported: list[Gone] = []
    async with open_store(f"sqlite+aiosqlite:///{folder}/store.db", on_gone=reported.append) as store:
        if was_used:
            await store.journal.record(HELD, NOW)
        disaster(folder / "store.db")
        found = await answers(store)

    assert [type(error) for error in found] == [Gone, Gone]
    assert reported
    assert "start" in reported[0].why
    assert "\n" not in reported[0].why


async def copied_into_the_file(url: str) -> None:
    """As SQLite does by itself after a thousand pages: until then the log holds what was written."""
    await sql(url, "PRAGMA busy_timeout")
    with closing(sqlite3.connect(url.partition(":///")[2])) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def test_a_store_of_another_bot_that_is_copied_over_the_file_is_noticed(tmp_path: Path, file_url: str) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    async with open_store(other) as store:
        await store.journal.record(HELD, NOW)
    async with open_store(file_url) as store:
        await copied_into_the_file(file_url)
        before = await answers(store)
        shutil.copyfile(tmp_path / "other.db", tmp_path / "store.db")
        found = await answers(store)

    assert before == [None, None]
    assert [type(error) for error in found] == [Gone, Gone]
    assert "another database was written over" in str(found[0])


async def test_an_older_copy_that_is_written_over_the_file_is_noticed(tmp_path: Path, file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.journal.record(HELD, NOW)
    shutil.copyfile(tmp_path / "store.db", tmp_path / "old.db")
    async with open_store(file_url) as store:
        many = JournalEntry(episodes=tuple(episode(f"later{number}") for number in range(500)))
        await store.journal.record(many, NOW)
        await copied_into_the_file(file_url)
        before = await answers(store)
        shutil.copyfile(tmp_path / "old.db", tmp_path / "store.db")
        found = await answers(store)

    assert before == [None, None]
    assert [type(error) for error in found] == [Gone, Gone]
    assert "an older copy was written over it" in str(found[0])


async def test_a_link_that_leads_to_another_file_is_noticed(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "store.db")
    async with open_store(f"sqlite+aiosqlite:///{link}") as store:
        link.unlink()
        link.symlink_to(tmp_path / "other.db")
        found = await answers(store)

    assert [type(error) for error in found] == [Gone, Gone]


async def test_what_sqlite_itself_does_to_the_file_is_no_replacement(tmp_path: Path, file_url: str) -> None:
    reported: list[Gone] = []
    async with open_store(file_url, on_gone=reported.append) as store, open_store(file_url) as another:
        many = JournalEntry(episodes=tuple(episode(f"e{number}") for number in range(2_000)))
        await another.journal.record(many, NOW)
        found = await answers(store)
        await sql(file_url, "DELETE FROM episodes")
        with closing(sqlite3.connect(tmp_path / "store.db")) as admin:
            admin.execute("VACUUM")
            admin.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found += await answers(store)
        await another.journal.record(many, NOW)
        found += await answers(store)

    assert set(found) == {None}
    assert reported == []


async def test_a_file_that_is_locked_or_emptied_of_rows_is_not_gone(file_url: str, tmp_path: Path) -> None:
    reported: list[Gone] = []
    async with open_store(file_url, on_gone=reported.append) as store:
        await store.journal.record(HELD, NOW)
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("DELETE FROM episodes")
            other.execute("BEGIN IMMEDIATE")
            found = await answers(store)
            other.execute("ROLLBACK")

    assert [type(error) for error in found] == [Unavailable, type(None)]
    assert reported == []


async def test_tables_of_a_server_that_are_dropped_are_gone(server_url: str) -> None:
    reported: list[Gone] = []
    async with open_store(server_url, on_gone=reported.append) as store:
        await store.journal.record(HELD, NOW)
        await sql(server_url, "DROP TABLE leases, episodes CASCADE")
        found = await answers(store)

    assert [type(error) for error in found] == [Gone, Gone]
    assert "start" in reported[0].why


async def test_a_schema_of_a_server_that_is_dropped_is_gone(server_url: str) -> None:
    reported: list[Gone] = []
    async with open_store(server_url, on_gone=reported.append) as store:
        await sql(server_url, "DROP SCHEMA public CASCADE")
        found = await answers(store)

    assert [type(error) for error in found] == [Gone, Gone]


async def test_a_database_that_is_dropped_is_gone(postgresql: Server) -> None:
    reported: list[Gone] = []
    url = await postgresql.create_database()
    async with open_store(url, on_gone=reported.append) as store:
        await store.journal.record(HELD, NOW)
        await postgresql.administer(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
        found = [*await answers(store), *await answers(store)]

    assert {type(error) for error in found} <= {Gone, Unavailable}
    assert type(found[-1]) is Gone
    assert reported


async def test_tables_that_were_dropped_are_made_anew_at_the_next_start(url: str) -> None:
    async with open_store(url):
        pass
    await sql(url, "DROP TABLE leases")
    with capture_logs() as logs:
        async with open_store(url) as store:
            held = await store.leases.hold("me", ["it"], NOW, NOW)

    assert held.of("me")
    assert [line["tables"] for line in logs if "dropped" in line["event"]] == [["leases"]]

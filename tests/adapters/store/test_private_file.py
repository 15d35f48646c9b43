"""The store's file is private to its own user, however it was created."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.adapters.store import open_store
from bot.adapters.store.private_file import Identity
from bot.errors import Refused
from bot.model import JournalEntry
from tests.adapters.store.given import NOW, episode

NOBODY = 65_534


@pytest.fixture
def careless() -> Iterator[None]:
    """A umask that hides nothing from anybody."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def opened_to_all(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o666)


async def test_a_new_file_and_what_stands_beside_it_are_private_whatever_the_umask(
    careless: None, tmp_path: Path
) -> None:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/store.db") as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
        found = modes(tmp_path)

    assert found == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}


async def test_the_file_of_an_earlier_bot_is_made_private_with_its_leavings(tmp_path: Path) -> None:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/store.db") as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
        opened_to_all(tmp_path)
        async with open_store(f"sqlite+aiosqlite:///{tmp_path}/store.db") as again:
            kept = await again.journal.open_episodes()
            found = modes(tmp_path)

    assert set(found.values()) == {0o600}
    assert len(kept) == 1


async def test_a_stricter_mode_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.touch(0o600)
    file.chmod(0o600)
    before = file.stat().st_ctime_ns
    async with open_store(f"sqlite+aiosqlite:///{file}"):
        after = modes(tmp_path)["store.db"]

    assert after == 0o600
    assert file.stat().st_ctime_ns >= before


async def test_a_file_that_is_no_database_is_somebody_elses_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear all, " * 1_000)
    file.chmod(0o644)
    with pytest.raises(Refused, match="not an SQLite database"):
        async with open_store(f"sqlite+aiosqlite:///{file}"):
            pass

    assert modes(tmp_path) == {"letter.txt": 0o644}


@pytest.mark.parametrize("through_a_link", [False, True])
async def test_what_is_no_file_is_refused_and_left_as_it_is(tmp_path: Path, through_a_link: bool) -> None:
    """Such as a device: whoever runs as root may change its mode, and nobody else could use it any more."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    link.symlink_to(pipe)
    with pytest.raises(Refused, match="no regular file: name another in DATABASE_URL"):
        async with open_store(f"sqlite+aiosqlite:///{link if through_a_link else pipe}"):
            pass

    assert modes(tmp_path) == {"pipe": 0o666, "link": 0o666}


@pytest.mark.parametrize(("mode", "owner"), [(0o777, None), (0o770, None), (0o700, NOBODY)])
async def test_a_folder_where_others_may_put_another_file_is_warned_of(
    tmp_path: Path, mode: int, owner: int | None
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    if owner is not None:
        if os.geteuid() != 0:
            pytest.skip("only root gives folders away")
        os.chown(folder, owner, -1)
    with capture_logs() as logs:
        async with open_store(f"sqlite+aiosqlite:///{folder}/store.db"):
            pass

    assert [line["event"] for line in logs] == ["others may replace the store"]
    assert "0700" in logs[0]["advice"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


async def test_a_folder_of_ones_own_is_not_warned_of(own: Path) -> None:
    with capture_logs() as logs:
        async with open_store(f"sqlite+aiosqlite:///{own}/store.db"):
            pass

    assert logs == []


def test_a_file_is_told_from_one_that_was_put_in_its_place(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_text("same")
    other.write_text("same")
    before = Identity.of(file)
    other.replace(file)

    assert before is not None
    assert Identity.of(file) not in (None, before)
    assert Identity.of(tmp_path / "c") is None
    assert Identity.of(file / "below") is None

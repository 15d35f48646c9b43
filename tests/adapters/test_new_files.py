"""A new file is there whole or not at all, and never replaces another one."""

import errno
import os
import stat
from pathlib import Path

import pytest

from bot.adapters.new_files import PRIVATE, READABLE, read_if_there, write_new
from bot.errors import Refused


def test_a_file_gets_the_first_name_that_is_free(tmp_path: Path) -> None:
    path = tmp_path / "backfill.toml"

    written = [write_new(path, f"{n}\n", READABLE).name for n in range(4)]

    assert written == ["backfill.toml", "backfill.toml.new", "backfill.toml.new2", "backfill.toml.new3"]
    assert path.read_text() == "0\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(written)


def test_a_private_file_is_for_its_owner_alone_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        written = write_new(tmp_path / ".env", "A=1\n", PRIVATE)
    finally:
        os.umask(before)

    assert stat.S_IMODE(written.stat().st_mode) == PRIVATE


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / ".env").symlink_to(elsewhere)

    assert write_new(tmp_path / ".env", "A=1\n", PRIVATE).name == ".env.new"
    assert not elsewhere.exists()


def test_a_folder_that_cannot_be_written_to_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=os.strerror(errno.ENOENT)):
        write_new(tmp_path / "missing" / ".env", "A=1\n", PRIVATE)

    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert read_if_there(tmp_path / "missing") == ""
    with pytest.raises(Refused, match="cannot be read"):
        read_if_there(tmp_path)

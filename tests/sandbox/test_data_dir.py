"""Where a world is kept: continued, refused, or gone without a trace."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from sandbox.data_dir import TEMPORARY_PREFIX, open_data_dir
from sandbox.errors import DataDirRefused
from sandbox.scenario.load import ScenarioFile, parse_scenario

TEXT = "[campaign]\nstart = 2026-01-01\nend = 2026-01-0%d\n[clusters.one]\n"


@pytest.fixture(autouse=True)
def own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def scenario(days: int = 2) -> ScenarioFile:
    text = TEXT % (days + 1)
    return ScenarioFile(f"of-{days}", text, parse_scenario(text, "x.toml"))


def test_a_temporary_world_leaves_nothing() -> None:
    with open_data_dir(None, scenario()) as data:
        data.bot_db.write_text("rows")
        assert not data.continued

    assert not data.path.exists()


def test_a_kept_world_is_continued(tmp_path: Path) -> None:
    with open_data_dir(tmp_path / "world", scenario()) as data:
        data.bot_db.write_text("rows")
        data.mark_finished(scenario())
    with open_data_dir(tmp_path / "world", scenario()) as again:
        assert again.continued
        assert again.bot_db.read_text() == "rows"


def test_a_world_that_never_stood_is_begun_afresh(tmp_path: Path) -> None:
    with open_data_dir(tmp_path / "world", scenario()) as data:
        data.temporal_db.write_text("half")
        data.clickhouse("one").mkdir()
    with open_data_dir(tmp_path / "world", scenario()) as again:
        assert not again.continued
        assert not again.temporal_db.exists()
        assert not again.clickhouse("one").exists()


def test_a_world_of_another_scenario_is_refused(tmp_path: Path) -> None:
    with open_data_dir(tmp_path / "world", scenario()) as data:
        data.mark_finished(scenario())

    with (
        pytest.raises(DataDirRefused, match=r"another scenario \(of-2\)"),
        open_data_dir(tmp_path / "world", scenario(3)),
    ):
        pass


def test_a_directory_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")

    with pytest.raises(DataDirRefused, match="is not empty"), open_data_dir(tmp_path, scenario()):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_two_sandboxes_cannot_share_a_directory(tmp_path: Path) -> None:
    with (
        open_data_dir(tmp_path / "world", scenario()),
        pytest.raises(DataDirRefused, match="in use by another sandbox"),
        open_data_dir(tmp_path / "world", scenario()),
    ):
        pass


def test_a_marker_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text("[]")

    with pytest.raises(DataDirRefused, match="is not what the sandbox wrote"), open_data_dir(tmp_path, scenario()):
        pass


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(DataDirRefused, match="cannot be a data directory"),
        open_data_dir(tmp_path / "file", scenario()),
    ):
        pass


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path) -> None:
    with (
        pytest.raises(DataDirRefused, match=r"MB free on its disk"),
        open_data_dir(tmp_path, scenario(), needed=2**80),
    ):
        pass


def test_what_a_killed_sandbox_left_is_removed_by_the_next(tmp_path: Path) -> None:
    abandoned = tmp_path / "temporary" / f"{TEMPORARY_PREFIX}killed"
    with open_data_dir(abandoned, scenario()):
        pass  # as a kill leaves it: everything there, the lock gone

    with open_data_dir(None, scenario()):
        assert not abandoned.exists()


def test_what_another_user_left_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tmp_path / "temporary" / f"{TEMPORARY_PREFIX}others"
    others.mkdir()
    stat = Path.stat

    def stat_of_mine(path: Path, **options: bool) -> os.stat_result:
        if path.parent == others:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", stat_of_mine)

    with open_data_dir(None, scenario()) as data:
        assert data.path.is_dir()


def test_what_a_living_sandbox_uses_is_not_removed_by_the_next() -> None:
    with open_data_dir(None, scenario()) as living, open_data_dir(None, scenario()):
        assert living.path.exists()

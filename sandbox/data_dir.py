"""Where a world keeps its data: a given directory, or a temporary one that is removed with the world."""

import contextlib
import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import DataDirRefused
from sandbox.scenario.load import ScenarioFile

NEEDED_BYTES = 400 * 1024 * 1024
TEMPORARY_PREFIX = "backfill-sandbox-"
_LOCK = "sandbox.lock"
_MARKER = "sandbox.json"
_CONTENTS = ("temporal.db", "temporal.db-shm", "temporal.db-wal", "clickhouse", "bot.db", "bot.db-shm", "bot.db-wal")


@dataclass(frozen=True)
class DataDir:
    path: Path
    continued: bool
    """Whether the directory contains a completely prepared world. Then no data are made and no workflows submitted
    again."""

    @property
    def temporal_db(self) -> Path:
        return self.path / "temporal.db"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def bot_db(self) -> Path:
        return self.path / "bot.db"

    def clickhouse(self, cluster: str) -> Path:
        return self.path / "clickhouse" / cluster

    def mark_finished(self, scenario: ScenarioFile) -> None:
        """Records that the world is completely prepared, so that the next start continues it."""
        _write_marker(self.path, scenario, standing=True)


@contextmanager
def open_data_dir(path: Path | None, scenario: ScenarioFile, needed: int = NEEDED_BYTES) -> Iterator[DataDir]:
    """Locks the directory for this process while the context is open.

    Raises DataDirRefused, or OSError from the file system.
    """
    if path is not None:
        with _lock(_made(path)):
            yield _prepared(path.absolute(), scenario, needed)
        return
    _remove_abandoned()
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
    try:
        with _lock(temporary):
            yield _prepared(temporary, scenario, needed)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _made(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirRefused(f"{path} cannot be a data directory: {error.strerror}") from error
    return path


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Holds a lock that the kernel releases when this process ends, however it ends. Raises DataDirRefused if another
    process holds it, or if it cannot be written."""
    try:
        file = (path / _LOCK).open("a")
    except OSError as error:
        raise DataDirRefused(f"{path} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataDirRefused(f"{path} is in use by another sandbox") from error
        yield


def _prepared(path: Path, scenario: ScenarioFile, needed: int) -> DataDir:
    free = shutil.disk_usage(path).free
    if free < needed:
        raise DataDirRefused(f"{path} has {free // 2**20} MB free on its disk; a world needs {needed // 2**20} MB")
    standing = _standing(path, scenario)
    if not standing:
        _reset(path, scenario)
    data = DataDir(path, continued=standing)
    data.logs.mkdir(exist_ok=True)
    (path / "clickhouse").mkdir(exist_ok=True)
    return data


def _standing(path: Path, scenario: ScenarioFile) -> bool:
    """Whether this directory holds the completely prepared data of this scenario, from an earlier run. False for an
    empty directory, and if the preparation was interrupted. Raises DataDirRefused for other contents."""
    marker = path / _MARKER
    if not marker.exists():
        if any(entry.name != _LOCK for entry in path.iterdir()):
            raise DataDirRefused(f"{path} is not empty and holds no world of this sandbox")
        return False
    try:
        written = json.loads(marker.read_text("utf-8"))
        name, digest, standing = str(written["name"]), str(written["digest"]), bool(written["standing"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataDirRefused(f"{marker} is not what the sandbox wrote") from error
    if digest != scenario.digest:
        raise DataDirRefused(f"{path} holds a world of another scenario ({name}); take another --data")
    return standing


def _reset(path: Path, scenario: ScenarioFile) -> None:
    """Removes what an interrupted start has left behind, and marks the directory as not prepared yet."""
    for name in _CONTENTS:
        leftover = path / name
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
    _write_marker(path, scenario, standing=False)


def _write_marker(path: Path, scenario: ScenarioFile, *, standing: bool) -> None:
    text = json.dumps({"name": scenario.name, "digest": scenario.digest, "standing": standing})
    fresh = path / f"{_MARKER}.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(path / _MARKER)


def _remove_abandoned() -> None:
    """Removes the temporary directories of killed sandboxes. Directories whose lock a live sandbox holds stay, and so
    do directories that this user may not read."""
    for path in Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*"):
        with contextlib.suppress(DataDirRefused, PermissionError):
            if (path / _MARKER).exists():
                with _lock(path):
                    shutil.rmtree(path, ignore_errors=True)

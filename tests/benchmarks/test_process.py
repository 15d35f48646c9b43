"""A row in a process of its own: what it yields, and how it breaks."""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.process import lines_of
from benchmarks.result import Broken, Figure, Result

LONG = timedelta(minutes=2)
ROW = """
import asyncio, os, subprocess, sys
from benchmarks import alone
from benchmarks.result import Figure, Result

async def measure():
    yield Result("first", Figure.single(1), "s")
    {then}

if __name__ == "__main__":
    alone.run(measure)
"""

Written = Callable[[str], str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Writes a benchmark that does this after its first result."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")

    def write(then: str) -> str:
        (tmp_path / "some_row.py").write_text(ROW.format(then=then))
        return "some_row"

    return write


FIRST = Result("first", Figure.single(1), "s")


def test_a_row_that_comes_to_its_end_yields_its_results(written: Written) -> None:
    assert lines_of(written("pass"), "some row", LONG) == [FIRST]


def test_a_row_that_raises_keeps_its_first_results_and_is_broken_with_the_reason(written: Written) -> None:
    lines = lines_of(written('raise OSError("no server")'), "some row", LONG)

    assert lines == [FIRST, Broken("some row", "ended with code 1: OSError: no server")]


def test_a_row_that_hangs_is_broken_when_its_time_is_over(written: Written) -> None:
    *_, last = lines_of(written("await asyncio.Event().wait()"), "some row", timedelta(seconds=3))

    assert last == Broken("some row", "not done within 3 seconds")


def test_a_row_that_is_not_there_is_broken() -> None:
    (line,) = lines_of("benchmarks.nothing_of_the_kind", "nothing", LONG)

    assert isinstance(line, Broken)
    assert "No module named benchmarks.nothing_of_the_kind" in line.reason


def test_what_a_row_leaves_running_ends_with_it(written: Written, tmp_path: Path) -> None:
    left = f"""child = subprocess.Popen([{json.dumps(sys.executable)}, "-c", "input()"], stdin=subprocess.PIPE)
    open({json.dumps(str(tmp_path / "child"))}, "w").write(str(child.pid))
    await asyncio.sleep(0)
    os._exit(0)"""

    lines_of(written(left), "some row", LONG)

    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 60
    while not ended(child):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)


def ended(process: int) -> bool:
    """Whether it is gone, or waits only for somebody to ask for its exit code."""
    status = Path(f"/proc/{process}/status")
    return not status.exists() or "State:\tZ" in status.read_text()

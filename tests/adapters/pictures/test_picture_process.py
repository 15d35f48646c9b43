"""Pictures in a process of its own: what comes out, and what happens when nothing does."""

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

import pytest
from matplotlib.image import imread

from bot.adapters.pictures import PictureProcess, picture_process
from bot.errors import Unavailable
from bot.model import (
    AttemptBar,
    AttemptsChart,
    Calendar,
    Chart,
    CountsChart,
    DayRows,
    DayState,
    ProgressChart,
    ProgressPoint,
    TableRows,
    Window,
)

FIRST = date(2026, 1, 1)


def calendar(days: int, customer: str = "hilton") -> Calendar:
    """Each state in turn."""
    return Calendar("voice-prod", customer, FIRST, tuple(islice(cycle(DayState), days)))


def attempts(*rows: int | None) -> AttemptsChart:
    """One bar for each number of rows, None for an attempt that nobody saw."""
    bars = [AttemptBar(number, *((FIRST, seen) if seen is not None else ())) for number, seen in enumerate(rows, 1)]
    return AttemptsChart("voice-prod", "hilton", 61_500, tuple(bars))


def progress(customers: int, days: int, lasted: timedelta, *, goes_on: bool = True) -> ProgressChart:
    """Half of all days in equal steps."""
    now, total = datetime(2026, 2, 22, 9, tzinfo=UTC), customers * days
    points = tuple(ProgressPoint(now - lasted + lasted * step / 80, total * step // 160) for step in range(81))
    ends = (now + lasted / 5, now + lasted / 4) if goes_on else (None, None)
    return ProgressChart(Window.of_days(FIRST, days), customers, total, now, points, total, *ends)


def counts(tables: int, days: int) -> CountsChart:
    """Days of each kind in turn."""
    wrong = (DayRows(9, 4, 2), DayRows(9, 12), DayRows(9, 9, has_other_contents=True), DayRows(9, 0))
    kinds = (DayRows(9, 9), *wrong, DayRows(9, 3, is_open=True))
    table = TableRows("analytics.$scores", tuple(islice(cycle(kinds), days)))
    return CountsChart("voice-prod", "hilton", FIRST, (table,) * tables)


CHARTS: dict[str, Chart] = {
    "1 day": calendar(1),
    "51 days": calendar(51),
    "400 days": calendar(400),
    "1 attempt": attempts(3_619),
    "progress of 3 customers in a minute": progress(3, 1, timedelta(minutes=1)),
    "progress of 95 customers in a day": progress(95, 51, timedelta(days=1)),
    "progress of 1,000 customers in years": progress(1_000, 400, timedelta(days=900)),
    "progress that has come to an end": progress(3, 51, timedelta(0), goes_on=False),
    "rows of 1 day": counts(1, 1),
    "rows of 51 days in 3 tables": counts(3, 51),
    "rows of 400 days": counts(2, 400),
    "8 attempts": attempts(3_619, None, 0, 61_500, 99_999, 1, 2, 3),
}


@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart_of_any_size_is_a_picture_that_a_phone_shows_whole_and_legibly(
    tmp_path: Path, name: str
) -> None:
    process = PictureProcess(tmp_path, limit=120)
    pixels = imread(BytesIO(await process.draw(CHARTS[name])), format="png")
    height, width, channels = pixels.shape

    assert channels == 4
    # A phone shows it about half as wide.
    assert 300 < width < 750
    assert 200 < height < 1_200
    # Opaque and white, so that it reads on a dark theme as well.
    assert [*pixels[0, 0], *pixels[-1, -1]] == [1.0] * 8


async def test_names_that_read_as_mathematics_are_drawn_as_they_are(tmp_path: Path) -> None:
    name = "$x^{$ \\ <!channel> " + "y" * 500
    process = PictureProcess(tmp_path, limit=120)

    assert await process.draw(calendar(2, name))
    assert await process.draw(replace(attempts(1), customer=name))


async def test_a_process_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    program = ("-c", f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)")

    with pytest.raises(Unavailable, match="not drawn within 2 s"):
        await PictureProcess(tmp_path, program, limit=2).draw(calendar(1))

    # On a machine that is slow to start it, it is killed before it leaves a mark.
    if mark.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.read_text()), 0)


async def test_a_process_that_draws_nothing_is_said_to_be_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nothing was drawn"):
        await PictureProcess(tmp_path, ("-c", "raise SystemExit(1)")).draw(calendar(1))


async def test_where_no_process_can_start_pictures_are_unavailable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))

    with pytest.raises(Unavailable, match="no process to draw with: No such file or directory"):
        await PictureProcess(tmp_path).draw(calendar(1))


async def test_a_bot_that_can_write_no_temporary_files_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with picture_process() as process:
        assert isinstance(process, PictureProcess)


async def test_it_gets_no_secret_of_the_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    seen = tmp_path / "environment"
    program = ("-c", f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")

    with pytest.raises(Unavailable):
        await PictureProcess(tmp_path, program).draw(calendar(1))

    assert "xoxb-secret" not in seen.read_text()


def test_the_bot_itself_never_loads_matplotlib() -> None:
    code = "import sys, bot.wiring, bot.__main__; raise SystemExit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0

"""Figures on disk, the table, and the page."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.drawing import draw_growth, draw_targets, share_of_target
from benchmarks.machine import this_machine, versions
from benchmarks.result import Broken, Figure, Growth, Point, Result, Target, of_pairs
from benchmarks.rows import ROWS, Row, UnknownRowError, chosen
from benchmarks.saved import Record, Saved, continued, load, save
from benchmarks.table import amount, as_markdown, as_text, cells

AT = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)
RATIO = of_pairs("full pass", [(1.3, 1), (1.2, 1), (1.1, 1)], "s", Target(1.3), "the bare client")
RATE = Result("windows", Figure.single(40), "/s", Target(50, is_least=True), note="3,000 windows")
GROWTH = Growth("Full pass", "running workflows", "s", (Point(100, 0.1, 0.08), Point(10_000, 9, 8)))
BROKEN = Broken("alerts", "not done within 8 minutes")


def record(row: str) -> Record:
    return Record(row, AT, "abc", 0, 61.5, (RATIO, GROWTH, RATE, BROKEN))


def test_what_is_saved_is_loaded_as_it_was(tmp_path: Path) -> None:
    figures = Saved(this_machine(), versions(), (record("full_pass"),))

    save(figures, tmp_path / "new" / "figures.json")

    assert load(tmp_path / "new" / "figures.json") == figures


def test_a_row_that_is_measured_again_replaces_only_its_own_figures() -> None:
    figures = Saved(this_machine(), {}, (record("b"), record("a")))

    again = figures.with_record(replace(record("a"), commit="def"), ["a", "b"])

    assert [(known.row, known.commit) for known in again.records] == [("a", "def"), ("b", "abc")]


def test_figures_of_another_machine_or_other_versions_are_not_continued(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    for other in (
        Saved(replace(this_machine(), cores=999), versions(), (record("a"),)),
        Saved(this_machine(), {"python": "2.7"}, (record("a"),)),
    ):
        save(other, file)

        assert continued(file).records == ()


def test_a_line_has_the_columns_of_the_table() -> None:
    assert cells(RATIO) == (
        "full pass",
        "1.00 s",
        "1.20 s (1.10 s to 1.30 s, 3)",
        "1.20× (1.10× to 1.30×, 3)",
        "≤ 1.30×",
        "reached",
    )
    assert cells(RATE) == ("windows", "–", "40 /s", "–", "≥ 50 /s", "missed")
    assert as_text(BROKEN).endswith("| broken: not done within 8 minutes")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0354, "s", "35.4 ms"),
        (0, "s", "0.00 s"),
        (12.34, "s", "12.3 s"),
        (1_234.5, "rows", "1,234 rows"),
        (5_000, "", "5,000"),
        (0, "", "0"),
        (0.14, "", "0.14"),
    ],
)
def test_amounts_have_as_many_digits_as_they_are_good_for(value: float, unit: str, shown: str) -> None:
    assert amount(value, unit) == shown


def test_the_page_has_a_broken_row_in_its_table_and_notes_below_it() -> None:
    table = as_markdown([RATIO, GROWTH, RATE, BROKEN])

    assert "| full pass; against the bare client | 1.00 s |" in table
    assert "| alerts | – | – | – | – | broken: not done within 8 minutes |" in table
    assert table.endswith("\n\n- windows: 3,000 windows")


def test_only_what_lies_between_the_marks_of_the_page_changes() -> None:
    text = "before\n<!-- table -->\nold\n<!-- end of table -->\nafter"

    assert page.between_marks(text, "table", "new") == "before\n<!-- table -->\nnew\n<!-- end of table -->\nafter"
    with pytest.raises(ValueError, match="0 places for the machine"):
        page.between_marks(text, "machine", "new")


def test_the_page_of_the_repository_has_its_places() -> None:
    text = page.PAGE.read_text()

    for mark in ("machine", "table", "pictures"):
        assert page.between_marks(text, mark, "other") != text


def test_the_page_shows_the_pictures_that_are_drawn_and_no_others(tmp_path: Path) -> None:
    own = tmp_path / "performance.md"
    (tmp_path / "pictures").mkdir()
    own.write_text(page.PAGE.read_text())

    page.fill(Saved(this_machine(), {}, (replace(record("full_pass"), lines=(RATIO,)),)), own)

    assert "(pictures/performance-targets.png)" in own.read_text()
    assert "(pictures/performance-growth.png)" not in own.read_text()
    assert [file.name for file in (tmp_path / "pictures").iterdir()] == ["performance-targets.png"]


def test_the_page_says_before_which_rows_others_kept_the_machine_busy() -> None:
    idle, busy = record("status"), replace(record("verify"), busy=1.5)

    assert page.machine(Saved(this_machine(), {}, (idle,))).endswith("at abc.")
    assert page.machine(Saved(this_machine(), {}, (idle, busy))).endswith("busy just before: verify.")


def test_pictures_are_drawn_of_any_number_of_figures(tmp_path: Path) -> None:
    for count in (1, 4):
        draw_growth([GROWTH] * count, tmp_path / "growth.png")
    draw_targets([RATIO, RATE, Result("none", Figure.single(0), "", Target(0))], tmp_path / "targets.png")

    assert all((tmp_path / name).stat().st_size > 1_000 for name in ("growth.png", "targets.png"))


def test_a_bar_shows_the_part_of_the_target_whichever_way_is_better() -> None:
    assert share_of_target(RATIO) == pytest.approx(1.2 / 1.3)
    assert share_of_target(RATE) == pytest.approx(50 / 40)
    assert share_of_target(Result("none", Figure.single(0), "", Target(0))) == 0


def test_some_rows_are_chosen_by_name_and_all_without_one() -> None:
    assert list(chosen("")) == list(ROWS)
    assert [row.name for row in chosen("verify, status")] == ["status", "verify"]
    with pytest.raises(UnknownRowError, match=r"Did you mean status\?"):
        chosen("statsu")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_is_a_module_that_measures(row: Row) -> None:
    text = (Path(page.__file__).parent / f"{row.name}.py").read_text()

    assert "async def measure(" in text
    assert "alone.run(measure)" in text

"""What pictures show: where the labels of a calendar are, what each bar of a count is made of, and what can be seen
on a phone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from bot.adapters.pictures.drawing import progress
from bot.adapters.pictures.drawing.calendar_layout import Layout, layout_of
from bot.adapters.pictures.drawing.counts_bars import layers_of
from bot.adapters.pictures.drawing.style import BLUE, title_of
from bot.model import Calendar, DayRows, DayState, ProgressChart, ProgressPoint, Window

NOW = datetime(2026, 2, 22, 9, tzinfo=UTC)
# The letters and digits of a month's label are narrower than this, in sides of a square.
LETTER = 0.2


def laid_out(first: date, days: int) -> Layout:
    return layout_of(Calendar("voice-prod", "hilton", first, (DayState.COMPLETE,) * days))


def months_of(layout: Layout) -> list[tuple[float, float, str]]:
    """Place and text of the labels that name a month, by line."""
    months = [label for label in layout.labels if label.text[:3] in {f"{date(2026, n, 1):%b}" for n in range(1, 13)}]
    return sorted((label.y, label.x, label.text) for label in months)


@pytest.mark.parametrize(
    ("first", "labels"),
    [
        (date(2026, 1, 1), ["Jan 2026", "Feb"]),
        (date(2026, 1, 26), ["Feb 2026", "Mar"]),
        (date(2026, 1, 29), ["Feb 2026", "Mar"]),
        (date(2026, 1, 22), ["Jan", "Feb 2026", "Mar"]),
        (date(2025, 12, 29), ["Jan 2026", "Feb"]),
    ],
)
def test_where_a_month_ends_in_the_first_week_the_label_of_the_next_takes_its_place(
    first: date, labels: list[str]
) -> None:
    assert [text for _, _, text in months_of(laid_out(first, 51))] == labels


@pytest.mark.parametrize("days", [1, 2, 10, 11, 51, 120, 140, 400, 800])
def test_no_label_of_a_calendar_lies_over_another(days: int) -> None:
    for first in (date(2026, 1, 1) + timedelta(days=number) for number in range(62)):
        placed = months_of(laid_out(first, days))
        for (line, place, text), (below, beside, _) in pairwise(placed):
            assert line != below or place + LETTER * len(text) <= beside


@pytest.mark.parametrize(("days", "rows"), [(1, 1), (10, 1), (51, 7), (400, 14)])
def test_a_few_days_take_one_row_some_weeks_seven_and_long_ranges_a_row_a_month(days: int, rows: int) -> None:
    layout = laid_out(date(2026, 1, 1), days)

    assert len(layout.squares) == days
    assert len({square.row for square in layout.squares}) == rows
    # Where a square is too small for a number, the columns have one.
    assert layout.has_numbers == (rows < 14)


def test_a_long_name_leaves_the_cluster_in_the_title() -> None:
    assert title_of("hilton", "voice-prod") == ("hilton on voice-prod",)
    assert title_of("w" * 60, "ap-southeast-2-prod") == ("w" * 60, "on ap-southeast-2-prod")


def heights(days: Sequence[DayRows]) -> dict[str, list[float]]:
    return {layer.label: layer.heights for layer in layers_of(days) if any(layer.heights)}


def test_rows_of_a_day_that_is_still_being_filled_are_to_come_and_not_missing() -> None:
    days = (DayRows(10, 4), DayRows(10, 4, is_open=True))

    assert heights(days) == {"as expected": [4, 4], "missing": [6, 0], "still to come": [0, 6]}


def test_a_long_range_has_a_bar_for_each_week_with_its_average_day() -> None:
    week = (DayRows(14, 14),) * 5 + (DayRows(7, 7), DayRows(7, 0))

    assert heights(week * 20 + (DayRows(9, 9),)) == {"as expected": [11] * 20 + [9], "missing": [1] * 20 + [0]}


def test_what_is_wrong_on_one_day_is_high_enough_to_be_seen() -> None:
    days = (DayRows(10_000, 9_999), DayRows(10_000, 10_001), DayRows(10_000, 10_000, 1), DayRows(10_000, 10_000))
    shown = heights(days)

    for number, label in enumerate(("missing", "surplus", "duplicates")):
        assert 200 < shown[label][number] < 500
    # What is missing is drawn in the bar, so the bar is not higher than what is expected.
    assert shown["missing"][0] + shown["as expected"][0] == 10_000


@pytest.mark.parametrize("done", [0.5, 0.94, 0.9999])
def test_what_is_expected_is_seen_even_if_it_is_little(done: float) -> None:
    total = 4_845
    points = (ProgressPoint(NOW - timedelta(days=1), 0), ProgressPoint(NOW, int(total * done)))
    whole = Window.of_days(date(2026, 1, 1), 51)
    ends = (NOW + timedelta(hours=3), NOW + timedelta(hours=4))
    png = progress.png_of(ProgressChart(whole, 95, total, NOW, points, int(total * done) + 40, *ends))
    pixels = imread(BytesIO(png), format="png")[:360]

    assert (abs(pixels[..., :3] - to_rgb(BLUE)).max(axis=2) < 0.02).sum() > 150

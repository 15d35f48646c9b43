"""Draws how far each attempt got. Each attempt has a bar inside a frame: the length of the frame stands for all rows,
and the length of the bar for the rows that the attempt had done."""

from matplotlib.axes import Axes

from bot.adapters.pictures.drawing.style import (
    GREY,
    INK,
    SMALL,
    VERMILION,
    WIDTH,
    as_png,
    axes_at,
    draw_title,
    height_of,
    new_figure,
    title_of,
)
from bot.model import AttemptBar, AttemptsChart

# In inches.
BAR, LEFT, RIGHT, TOP, BOTTOM = 0.34, 0.95, 0.3, 0.13, 0.52
THICKNESS = 0.62
# The label is inside a bar that is longer than this share, and to the right of a shorter one.
INSIDE = 0.55


def png_of(chart: AttemptsChart) -> bytes:
    """The chart as PNG."""
    title = title_of(chart.customer, chart.cluster)
    top = height_of(title) + TOP
    figure = new_figure(top + BAR * len(chart.bars) + BOTTOM)
    draw_title(figure, title, "How far each attempt got")
    axes = axes_at(figure, LEFT, top, WIDTH - LEFT - RIGHT, BAR * len(chart.bars))
    axes.set_xlim(0, 1)
    axes.set_ylim(len(chart.bars) - 0.5, -0.5)
    axes.set_yticks(range(len(chart.bars)), [f"Attempt {bar.attempt}" for bar in chart.bars])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=INK)
    axes.set_xlabel(f"of {chart.total:,} rows", fontsize=SMALL, color=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for row, bar in enumerate(chart.bars):
        _draw_bar(axes, row, bar, chart.total)
    return as_png(figure)


def _draw_bar(axes: Axes, row: int, bar: AttemptBar, total: int) -> None:
    axes.barh(row, 1, THICKNESS, color=GREY, edgecolor=INK, linewidth=0.4, clip_on=False)
    if bar.rows is None or bar.day is None:
        axes.text(0.02, row, "not seen", va="center", fontsize=SMALL, style="italic", color=INK, parse_math=False)
        return
    share = min(bar.rows / total, 1)
    axes.barh(row, share, THICKNESS, color=VERMILION, edgecolor=INK, linewidth=0.4, clip_on=False)
    label = f"{min(100 * bar.rows // total, 100)}%, at {bar.day:%b} {bar.day.day}"
    place, side = (share - 0.015, "right") if share > INSIDE else (share + 0.015, "left")
    axes.text(place, row, label, va="center", ha=side, fontsize=SMALL, weight="bold", color=INK, parse_math=False)

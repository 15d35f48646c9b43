"""Draws a calendar: a square for each day, coloured by its state. Hatches tell the states apart without colour."""

from collections import defaultdict
from math import ceil

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle

from bot.adapters.pictures.drawing.calendar_layout import Layout, Square, layout_of
from bot.adapters.pictures.drawing.style import (
    GREEN,
    GREY,
    INK,
    PAPER,
    SKY,
    SMALL,
    VERMILION,
    YELLOW,
    as_png,
    axes_at,
    draw_title,
    height_of,
    new_figure,
    title_of,
)
from bot.model import Calendar, DayState, Window

# In inches: the room above and below the squares, and the height of a line of the legend. A line has at most
# LEGEND_ENTRIES entries.
GAP, BOTTOM, LEGEND_LINE, LEGEND_ENTRIES = 0.05, 0.25, 0.18, 3
# The side of a square without the gaps between squares, and the letters in points.
SIDE = 0.88
LETTERS = 8
FACES = {
    DayState.COMPLETE: GREEN,
    DayState.RUNNING: SKY,
    DayState.IN_DOUBT: YELLOW,
    DayState.FAILED: VERMILION,
    DayState.MISSING: GREY,
    DayState.OUTSIDE: PAPER,
}
HATCH_LINE = 0.4
HATCHES = {DayState.RUNNING: "....", DayState.IN_DOUBT: "////", DayState.FAILED: "xxxx"}


def png_of(calendar: Calendar) -> bytes:
    """The calendar as PNG."""
    layout = layout_of(calendar)
    states = [state for state in DayState if calendar.count(state)]
    title = title_of(calendar.customer, calendar.cluster)
    (across, down), top = layout.cell, height_of(title) + GAP
    figure = new_figure(top + layout.rows * down + BOTTOM + LEGEND_LINE * ceil(len(states) / LEGEND_ENTRIES))
    whole = Window.of_days(calendar.start, len(calendar.days))
    draw_title(figure, title, f"State of each day, {whole.with_year()}")
    axes = axes_at(figure, layout.left, top, layout.columns * across, layout.rows * down)
    _draw(axes, layout)
    figure.legend(
        handles=[_sample(state, calendar.count(state)) for state in states],
        loc="lower left",
        ncols=min(len(states), LEGEND_ENTRIES),
        frameon=False,
        fontsize=SMALL,
        labelcolor=INK,
    )
    return as_png(figure)


def _draw(axes: Axes, layout: Layout) -> None:
    axes.set_xlim(0, layout.columns)
    axes.set_ylim(layout.rows, 0)
    axes.axis("off")
    by_state: dict[DayState, list[Square]] = defaultdict(list)
    for square in layout.squares:
        by_state[square.state].append(square)
    for state, squares in by_state.items():
        _draw_squares(axes, squares, state, has_numbers=layout.has_numbers)
    for label in layout.labels:
        upright = "center" if label.side == "right" else "bottom"
        axes.text(label.x, label.y, label.text, ha=label.side, va=upright, fontsize=LETTERS, color=INK)


def _draw_squares(axes: Axes, squares: list[Square], state: DayState, *, has_numbers: bool) -> None:
    """The squares of one state. Where they are hatched, a plain patch keeps each number legible."""
    gap = (1 - SIDE) / 2
    patches = [Rectangle((square.column + gap, square.row + gap), SIDE, SIDE) for square in squares]
    hatched = PatchCollection(patches, facecolor=FACES[state], edgecolor=INK, linewidth=0.4, hatch=HATCHES.get(state))
    hatched.set_hatch_linewidth(HATCH_LINE)
    axes.add_collection(hatched)
    if not has_numbers:
        return
    if state in HATCHES:
        plain = [Rectangle((square.column + 0.2, square.row + 0.28), 0.6, 0.44) for square in squares]
        axes.add_collection(PatchCollection(plain, facecolor=FACES[state], edgecolor="none"))
    for square in squares:
        place = (square.column + 0.5, square.row + 0.52)
        axes.text(*place, str(square.day.day), ha="center", va="center", fontsize=LETTERS, weight="bold", color=INK)


def _sample(state: DayState, number: int) -> Patch:
    return Patch(
        facecolor=FACES[state],
        edgecolor=INK,
        linewidth=0.4,
        hatch=HATCHES.get(state),
        label=f"{state.value}: {number:,}",
    )

"""Draws a calendar: a square for each day, a column for each week, Monday on top. Hatches tell the states
apart without colour."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import ceil

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle

from bot.adapters.pictures.drawing.style import (
    GREEN,
    GREY,
    INK,
    PAPER,
    SKY,
    VERMILION,
    YELLOW,
    as_png,
    axes_at,
    draw_title,
    new_figure,
)
from bot.model import Calendar, DayState

WEEKS_IN_BAND = 20
# CELL is the side of a square and BAND the height of a band with its months, in inches, as are the margins. ROWS is
# the height of a band's squares, in sides of a square.
CELL = 0.36
ROWS = 7.2
BAND = 8.2 * CELL
LEFT, RIGHT, TOP, BOTTOM = 0.45, 0.3, 0.4, 0.25
# In inches: the height of a line of the legend, and the width of its longest entry.
LEGEND_LINE, LEGEND_ENTRY = 0.18, 1.5
NARROWEST = 3.6
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
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ONE_DAY = timedelta(days=1)

Band = Sequence[tuple[date, DayState]]
Place = tuple[int, int]


def png_of(calendar: Calendar) -> bytes:
    """The calendar as PNG. Long ranges are cut into bands of ``WEEKS_IN_BAND`` weeks, one below the other."""
    bands = list(_bands(calendar))
    columns = min(max(_weeks(band) for band in bands), WEEKS_IN_BAND)
    width = max(columns * CELL + LEFT + RIGHT, NARROWEST)
    states = [state for state in DayState if calendar.count(state)]
    entries = int(width / LEGEND_ENTRY)
    height = TOP + len(bands) * BAND + BOTTOM + LEGEND_LINE * ceil(len(states) / entries)
    figure = new_figure(width, height)
    draw_title(figure, calendar.customer, f"on {calendar.cluster}")
    for number, band in enumerate(bands):
        top = TOP + (number + 1) * BAND - ROWS * CELL
        _draw_band(axes_at(figure, LEFT, top, columns * CELL, ROWS * CELL), band, columns)
    figure.legend(
        handles=[_sample(state, calendar.count(state)) for state in states],
        loc="lower left",
        ncols=min(len(states), entries),
        frameon=False,
        fontsize=8,
        labelcolor=INK,
    )
    return as_png(figure)


def _bands(calendar: Calendar) -> Iterator[Band]:
    """The days in bands of at most ``WEEKS_IN_BAND`` weeks. Each band but the first begins on a Monday."""
    days = [(calendar.start + number * ONE_DAY, state) for number, state in enumerate(calendar.days)]
    first = WEEKS_IN_BAND * 7 - calendar.start.weekday()
    yield days[:first]
    for start in range(first, len(days), WEEKS_IN_BAND * 7):
        yield days[start : start + WEEKS_IN_BAND * 7]


def _weeks(band: Band) -> int:
    return (len(band) + band[0][0].weekday() + 6) // 7


def _draw_band(axes: Axes, band: Band, columns: int) -> None:
    axes.set_xlim(0, columns)
    axes.set_ylim(7, -0.2)
    axes.axis("off")
    for row, weekday in enumerate(WEEKDAYS):
        axes.text(-0.4, row + 0.5, weekday, ha="center", va="center", fontsize=7, color=INK)
    monday = band[0][0].weekday()
    places: dict[DayState, list[Place]] = defaultdict(list)
    for number, (day, state) in enumerate(band):
        column, row = divmod(number + monday, 7)
        places[state].append((column, row))
        axes.text(
            column + 0.5, row + 0.52, str(day.day), ha="center", va="center", fontsize=7, weight="bold", color=INK
        )
        if number == 0 or day.day == 1:
            year = f" {day:%Y}" if number == 0 or day.month == 1 else ""
            axes.text(column + 0.06, -0.25, f"{day:%b}{year}", ha="left", va="bottom", fontsize=7, color=INK)
    for state, of_state in places.items():
        _draw_squares(axes, of_state, state)


def _draw_squares(axes: Axes, places: Sequence[Place], state: DayState) -> None:
    """The squares of one state. Where they are hatched, a plain patch keeps each number legible."""
    squares = [Rectangle((column + 0.06, row + 0.06), 0.88, 0.88) for column, row in places]
    hatched = PatchCollection(squares, facecolor=FACES[state], edgecolor=INK, linewidth=0.4, hatch=HATCHES.get(state))
    hatched.set_hatch_linewidth(HATCH_LINE)
    axes.add_collection(hatched)
    if state in HATCHES:
        plain = [Rectangle((column + 0.22, row + 0.28), 0.56, 0.44) for column, row in places]
        axes.add_collection(PatchCollection(plain, facecolor=FACES[state], edgecolor="none"))


def _sample(state: DayState, number: int) -> Patch:
    return Patch(
        facecolor=FACES[state],
        edgecolor=INK,
        linewidth=0.4,
        hatch=HATCHES.get(state),
        label=f"{state.value}: {number:,}",
    )

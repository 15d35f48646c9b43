"""Draws a calendar: a square for each day, a column for each week, Monday on top.

Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any colour vision tell apart;
hatches tell them apart without colour. The background is opaque, so that the picture reads on light and dark themes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from bot.model import Calendar, DayState

WEEKS_IN_BAND = 20
# In inches: a square, a band with its months, and the margins.
CELL = 0.36
ROWS = 7.2
BAND = 8.4 * CELL
LEFT, RIGHT, TOP, BOTTOM = 0.45, 0.3, 0.35, 0.75
NARROWEST = 3.6
DOTS_PER_INCH = 160
FACES = {
    DayState.COMPLETE: "#009E73",
    DayState.RUNNING: "#56B4E9",
    DayState.IN_DOUBT: "#F0E442",
    DayState.FAILED: "#D55E00",
    DayState.MISSING: "#D9D9D9",
}
HATCHES = {DayState.RUNNING: "....", DayState.IN_DOUBT: "////", DayState.FAILED: "xxxx"}
DARK_FACES = (DayState.COMPLETE, DayState.FAILED)
INK, PAPER = "#1d1c1d", "#ffffff"
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LONGEST_NAME = 60
ONE_DAY = timedelta(days=1)

Band = Sequence[tuple[date, DayState]]


def png_of(calendar: Calendar) -> bytes:
    """The calendar as PNG. Long ranges go on below, ``WEEKS_IN_BAND`` weeks a band."""
    bands = list(_bands(calendar))
    columns = min(max(_weeks(band) for band in bands), WEEKS_IN_BAND)
    width, height = max(columns * CELL + LEFT + RIGHT, NARROWEST), len(bands) * BAND + TOP + BOTTOM
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER)
    figure.text(0.1 / width, 1 - 0.1 / height, _title(calendar), va="top", fontsize=9, weight="bold", color=INK)
    for number, band in enumerate(bands):
        below = height - TOP - (number + 1) * BAND
        box = (LEFT / width, below / height, columns * CELL / width, ROWS * CELL / height)
        _draw_band(figure.add_axes(box), band, columns)
    states = [state for state in DayState if calendar.count(state)]
    figure.legend(
        handles=[_sample(state, calendar.count(state)) for state in states],
        loc="lower left",
        ncols=min(len(states), max(1, int(width / 1.7))),
        frameon=False,
        fontsize=8,
        labelcolor=INK,
    )
    written = BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def _title(calendar: Calendar) -> str:
    """Names are clipped, and shown as they are: matplotlib reads ``$`` as mathematics."""
    names = (
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        for name in (calendar.customer, calendar.cluster)
    )
    return " on ".join(names).replace("$", r"\$")


def _bands(calendar: Calendar) -> Iterator[Band]:
    """The days, cut before the Mondays at which a band is full."""
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
    for number, (day, state) in enumerate(band):
        column, row = divmod(number + monday, 7)
        _draw_day(axes, (column, row), day, state)
        if number == 0 or day.day == 1:
            year = f" {day:%Y}" if number == 0 or day.month == 1 else ""
            axes.text(column + 0.06, -0.25, f"{day:%b}{year}", ha="left", va="bottom", fontsize=7, color=INK)


def _draw_day(axes: Axes, place: tuple[int, int], day: date, state: DayState) -> None:
    """The square, and on a patch of its colour the number, so that hatches leave it legible."""
    (column, row), face = place, FACES[state]
    square = Rectangle((column + 0.06, row + 0.06), 0.88, 0.88, facecolor=face, edgecolor=INK, linewidth=0.4)
    square.set(hatch=HATCHES.get(state), hatch_linewidth=0.4)
    axes.add_patch(square)
    axes.text(
        column + 0.5,
        row + 0.52,
        str(day.day),
        ha="center",
        va="center",
        fontsize=7,
        weight="bold",
        color=PAPER if state in DARK_FACES else INK,
        bbox={"facecolor": face, "edgecolor": "none", "pad": 0.6} if state in HATCHES else None,
    )


def _sample(state: DayState, number: int) -> Patch:
    return Patch(
        facecolor=FACES[state],
        edgecolor=INK,
        linewidth=0.4,
        hatch=HATCHES.get(state),
        label=f"{state.value}: {number:,}",
    )

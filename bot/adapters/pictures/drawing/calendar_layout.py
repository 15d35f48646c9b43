"""Where the days of a calendar are drawn. Pure.

A few days are one row. More days are a column for each week, Monday on top; after ``COLUMNS`` weeks a new band begins
below. Still more days are a row for each month, with small squares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.model import Calendar, DayState

# In a picture as wide as a phone, the numbers in more columns could not be read.
COLUMNS = 10
# Ranges with more bands have a row for each month.
MOST_BANDS = 2
# The height of a band and of the line with its months, in sides of a square.
BAND, MONTHS = 8.2, 1.0
# A label with its year is narrower than this many columns.
LABEL_COLUMNS = 2
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# The columns of a row for a month, and those that have a number above.
LONGEST_MONTH, NUMBERED = 31, (1, 5, 10, 15, 20, 25, 30)
# In inches: the room to the left for weekdays and for months, and the sides of squares with and without numbers.
WEEKDAYS_ROOM, MONTHS_ROOM = 0.45, 0.75
CELL, SMALL_CELL = (0.385, 0.385), (0.12, 0.17)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Square:
    """The square of one day. ``column`` and ``row`` say where its upper left corner is; the unit is one square."""

    column: int
    row: float
    day: date
    state: DayState


@dataclass(frozen=True, slots=True)
class Label:
    """A text at the point (``x``, ``y``); the unit is one square. ``side`` is the alignment. With "right", the text
    ends at the point, at the same height. With "left", the text begins above the point. With "center", the middle of
    the text is above the point."""

    x: float
    y: float
    text: str
    side: str = "left"


@dataclass(frozen=True, slots=True)
class Layout:
    """The squares and labels, and how many columns and rows they need. Two fields are in inches: ``left`` is the room
    for the labels on the left, and ``cell`` is the width and height of a square. ``has_numbers`` is whether each
    square is large enough for the number of its day."""

    squares: tuple[Square, ...]
    labels: tuple[Label, ...]
    columns: int
    rows: float
    left: float = WEEKDAYS_ROOM
    cell: tuple[float, float] = CELL
    has_numbers: bool = True


def layout_of(calendar: Calendar) -> Layout:
    """The layout that suits the number of days."""
    days = [(calendar.start + number * ONE_DAY, state) for number, state in enumerate(calendar.days)]
    if len(days) <= COLUMNS:
        return _in_one_row(days)
    if calendar.start.weekday() + len(days) <= 7 * COLUMNS * MOST_BANDS:
        return _in_weeks(days)
    return _in_months(days)


def _in_one_row(days: Sequence[tuple[date, DayState]]) -> Layout:
    top = MONTHS + 0.6
    squares = tuple(Square(number, top, day, state) for number, (day, state) in enumerate(days))
    weekdays = (
        Label(square.column + 0.5, top - 0.15, WEEKDAYS[square.day.weekday()], "center") for square in squares
    )
    months = _month_labels(squares, top - 0.75)
    return Layout(squares, (*weekdays, *months), COLUMNS, top + 1)


def _in_weeks(days: Sequence[tuple[date, DayState]]) -> Layout:
    squares: list[Square] = []
    labels: list[Label] = []
    monday = days[0][0].weekday()
    bands = [days[: 7 * COLUMNS - monday], days[7 * COLUMNS - monday :]]
    for number, band in enumerate(filter(None, bands)):
        top, empty = number * BAND + MONTHS, band[0][0].weekday()
        weeks = [divmod(place, 7) for place in range(empty, empty + len(band))]
        of_band = [
            Square(column, top + row, day, state) for (column, row), (day, state) in zip(weeks, band, strict=True)
        ]
        squares += of_band
        labels += [Label(-0.15, top + row + 0.5, weekday, "right") for row, weekday in enumerate(WEEKDAYS)]
        labels += _month_labels(of_band, top - 0.15)
    return Layout(tuple(squares), tuple(labels), COLUMNS, max(square.row for square in squares) + 1)


def _in_months(days: Sequence[tuple[date, DayState]]) -> Layout:
    first = days[0][0]
    squares = tuple(Square(day.day - 1, _months_between(first, day) + MONTHS, day, state) for day, state in days)
    starts = [square for square in squares if square.day in (first, square.day.replace(day=1))]
    months = (
        Label(-0.5, start.row + 0.5, _named(start.day, has_year=start.day == first or start.day.month == 1), "right")
        for start in starts
    )
    numbers = (Label(number - 0.5, MONTHS - 0.15, str(number), "center") for number in NUMBERED)
    rows = squares[-1].row + 1
    return Layout(squares, (*months, *numbers), LONGEST_MONTH, rows, MONTHS_ROOM, SMALL_CELL, has_numbers=False)


def _months_between(first: date, day: date) -> int:
    return 12 * (day.year - first.year) + day.month - first.month


def _month_labels(squares: Sequence[Square], y: float) -> Iterator[Label]:
    """A label for each month, above the column in which the month begins; the first is above the first column. A
    label is left out if the next label begins in the same column. A label without room for its year leaves the year
    to the next label."""
    starts = [square for number, square in enumerate(squares) if number == 0 or square.day.day == 1]
    year = None
    for number, start in enumerate(starts):
        room = starts[number + 1].column - start.column if number + 1 < len(starts) else COLUMNS
        has_year = start.day.year != year and room >= LABEL_COLUMNS
        year = start.day.year if has_year else year
        if room:
            yield Label(start.column + 0.06, y, _named(start.day, has_year=has_year))


def _named(day: date, *, has_year: bool) -> str:
    return f"{day:%b %Y}" if has_year else f"{day:%b}"

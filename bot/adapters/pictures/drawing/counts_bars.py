"""What the bars of a count are made of: a bar for each day, or for each week of a long range. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.adapters.pictures.drawing.style import BLUE, GREEN, PAPER, SKY, VERMILION, YELLOW
from bot.model import DayRows

# Bars for more days would be too thin, and weekends with few rows would cut the picture into stripes. So a longer
# range has a bar for each week.
MOST_SINGLE_DAYS = 120
WEEK = 7
# What is wrong has at least this share of the height of the highest bar, so that it can be seen.
LEAST = 0.03


@dataclass(frozen=True, slots=True)
class Layer:
    """The part of each bar that has one colour. For each bar, ``bottoms`` is where this part begins, and ``heights``
    is how high it is, in rows."""

    label: str
    colour: str
    hatch: str
    bottoms: list[float]
    heights: list[float]


_Kind = tuple[str, str, str, Callable[[DayRows], int]]
# From the bottom of a bar to its top: label, colour, hatch and number of rows. All but the first are wrong, or
# unfinished; all but the last two are expected.
_AS_EXPECTED = ("as expected", GREEN, "")
_WITHIN: tuple[_Kind, ...] = (
    ("other contents", YELLOW, "////", lambda day: day.actual * day.has_other_contents),
    ("missing", VERMILION, "xxxx", lambda day: max(day.expected - day.actual, 0) * (not day.is_open)),
    ("still to come", PAPER, "---", lambda day: max(day.expected - day.actual, 0) * day.is_open),
)
_ABOVE: tuple[_Kind, ...] = (
    ("surplus", BLUE, "\\\\\\\\", lambda day: max(day.actual - day.expected, 0)),
    ("duplicates", SKY, "....", lambda day: day.duplicates),
)


def days_in_bar(days: Sequence[DayRows]) -> int:
    """How many days one bar is about."""
    return 1 if len(days) <= MOST_SINGLE_DAYS else WEEK


def expected_of(days: Sequence[DayRows]) -> list[float]:
    """For each bar, how many rows are expected on a day, averaged over the days of the bar."""
    return _averages(days, lambda day: day.expected)


def layers_of(days: Sequence[DayRows]) -> Iterator[Layer]:
    """The layers from the bottom to the top."""
    expected = expected_of(days)
    least = LEAST * max(map(sum, zip(expected, *(_averages(days, kind[-1]) for kind in _ABOVE), strict=True)))
    within = [_visible(_averages(days, kind[-1]), least) for kind in _WITHIN]
    right = [max(whole - sum(parts), 0) for whole, *parts in zip(expected, *within, strict=True)]
    heights = [right, *within, *(_visible(_averages(days, kind[-1]), least) for kind in _ABOVE)]
    bottoms = [0.0] * len(expected)
    for (label, colour, hatch), layer in zip(
        (_AS_EXPECTED, *(kind[:-1] for kind in (*_WITHIN, *_ABOVE))), heights, strict=True
    ):
        yield Layer(label, colour, hatch, bottoms, layer)
        bottoms = [bottom + height for bottom, height in zip(bottoms, layer, strict=True)]


def _averages(days: Sequence[DayRows], rows_of: Callable[[DayRows], int]) -> list[float]:
    step = days_in_bar(days)
    bars = [days[start : start + step] for start in range(0, len(days), step)]
    return [sum(map(rows_of, bar)) / len(bar) for bar in bars]


def _visible(heights: Sequence[float], least: float) -> list[float]:
    return [max(height, least) if height else 0.0 for height in heights]

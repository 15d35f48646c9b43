"""Draws expected and actual rows by day: a bar for each day, an outline for what is expected, a panel for each
table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from bot.adapters.pictures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    SKY,
    SMALL,
    VERMILION,
    WIDTH,
    YELLOW,
    as_png,
    axes_at,
    draw_title,
    new_figure,
)
from bot.model import CountsChart, DayRows, TableRows

# In inches.
PANEL, GAP, LEFT, RIGHT, TOP, BOTTOM = 1.3, 0.65, 0.75, 0.2, 0.85, 0.9
MOST_TICKS = 4
# With more days than this, bars have no edges and hatches, which would hide them.
MOST_EDGED = 120
_STEPS = (1, 2, 5, 7, 14, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The bars of one colour: for each day where its bar begins, and how high it is."""

    label: str
    colour: str
    hatch: str
    bottoms: list[int]
    heights: list[int]

    def sample(self) -> Patch:
        """The layer's entry in the legend."""
        return Patch(facecolor=self.colour, edgecolor=INK, hatch=self.hatch, linewidth=0.4, label=self.label)


def png_of(chart: CountsChart) -> bytes:
    """The chart as PNG."""
    figure = new_figure(WIDTH, TOP + len(chart.tables) * (PANEL + GAP) - GAP + BOTTOM)
    draw_title(figure, f"{chart.customer} on {chart.cluster}", "Rows by day; the line is what is expected")
    samples: dict[str, Patch] = {}
    for number, table in enumerate(chart.tables):
        axes = axes_at(figure, LEFT, TOP + number * (PANEL + GAP), WIDTH - LEFT - RIGHT, PANEL)
        for layer in filter(lambda layer: any(layer.heights), _layers(table.days)):
            _draw_layer(axes, layer)
            samples[layer.label] = layer.sample()
        _draw_frame(axes, chart, table)
    legend = {"frameon": False, "fontsize": SMALL, "labelcolor": INK}
    figure.legend(handles=list(samples.values()), loc="lower left", ncols=3, **legend)
    return as_png(figure)


def _layers(days: tuple[DayRows, ...]) -> Iterator[_Layer]:
    zero = [0] * len(days)
    right = [0 if day.has_other_contents else min(day.actual, day.expected) for day in days]
    yield _Layer("as expected", GREEN, "", zero, right)
    yield _Layer("other contents", YELLOW, "////", zero, [day.actual * day.has_other_contents for day in days])
    actual, expected = [day.actual for day in days], [day.expected for day in days]
    yield _Layer("missing", VERMILION, "xxxx", actual, [max(day.expected - day.actual, 0) for day in days])
    yield _Layer("surplus", BLUE, "\\\\\\\\", expected, [max(day.actual - day.expected, 0) for day in days])
    tops = [max(day.actual, day.expected) for day in days]
    yield _Layer("duplicates", SKY, "....", tops, [day.duplicates for day in days])


def _draw_layer(axes: Axes, layer: _Layer) -> None:
    places = [number + 0.5 for number in range(len(layer.heights))]
    is_few = len(places) <= MOST_EDGED
    axes.bar(
        places,
        layer.heights,
        width=0.9 if is_few else 1.1,
        bottom=layer.bottoms,
        color=layer.colour,
        edgecolor=INK,
        linewidth=0.4 if is_few else 0,
        hatch=layer.hatch if is_few else "",
    )


def _draw_frame(axes: Axes, chart: CountsChart, table: TableRows) -> None:
    number = len(table.days)
    axes.stairs(
        [day.expected for day in table.days],
        range(number + 1),
        color=INK,
        linewidth=1.2 if number <= MOST_EDGED else 0.4,
    )
    axes.set_xlim(0, number)
    axes.set_ylim(0, 1.08 * max(1, *(max(day.actual, day.expected) + day.duplicates for day in table.days)))
    step = next((step for step in _STEPS if number / step <= MOST_TICKS), _STEPS[-1])
    dates = [chart.start + timedelta(days=place) for place in range(0, number, step)]
    axes.set_xticks([place + 0.5 for place in range(0, number, step)], [f"{day:%b} {day.day}" for day in dates])
    axes.yaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=INK)
    axes.grid(axis="y", color=GREY, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(
        f"{table.table}: {table.actual:,} of {table.expected:,} rows",
        loc="left",
        fontsize=SMALL,
        color=INK,
        parse_math=False,
    )

"""Draws expected and actual rows: a bar for each day or week, a line for what is expected, a panel for each table."""

from collections.abc import Iterator
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from bot.adapters.pictures.drawing.counts_bars import Layer, days_in_bar, expected_of, layers_of
from bot.adapters.pictures.drawing.style import (
    GREY,
    INK,
    SMALL,
    WIDTH,
    as_png,
    axes_at,
    draw_title,
    height_of,
    new_figure,
    title_of,
)
from bot.model import CountsChart, TableRows

# In inches.
PANEL, GAP, LEFT, RIGHT, TOP, BOTTOM = 1.3, 0.75, 0.75, 0.2, 0.4, 0.95
MOST_TICKS = 4
# The possible distances between two dates, in bars.
_STEPS = (1, 2, 5, 7, 10, 14, 15, 20, 30)
# If there are more bars, they have no edges, because edges would hide their colours.
MOST_EDGED = 60
HATCH_LINE = 0.6


def png_of(chart: CountsChart) -> bytes:
    """The chart as PNG."""
    title = title_of(chart.customer, chart.cluster)
    top = height_of(title) + TOP
    figure = new_figure(top + len(chart.tables) * (PANEL + GAP) - GAP + BOTTOM)
    of_bars = "Rows by day" if days_in_bar(chart.tables[0].days) == 1 else "Rows a day, averaged by week"
    draw_title(figure, title, f"{of_bars}; line: expected rows")
    samples: dict[str, Patch] = {}
    for number, table in enumerate(chart.tables):
        axes = axes_at(figure, LEFT, top + number * (PANEL + GAP), WIDTH - LEFT - RIGHT, PANEL)
        layers = [layer for layer in layers_of(table.days) if any(layer.heights)]
        for layer in layers:
            _draw_layer(axes, layer)
            samples[layer.label] = _sample(layer)
        _draw_frame(axes, chart.start, table, _highest(layers))
    legend = {"frameon": False, "fontsize": SMALL, "labelcolor": INK}
    figure.legend(handles=list(samples.values()), loc="lower left", ncols=3, **legend)
    return as_png(figure)


def _highest(layers: list[Layer]) -> float:
    """The height of the highest bar."""
    return max((max(map(sum, zip(layer.bottoms, layer.heights, strict=True))) for layer in layers), default=1)


def _draw_layer(axes: Axes, layer: Layer) -> None:
    bars = axes.bar(
        [number + 0.5 for number in range(len(layer.heights))],
        layer.heights,
        width=1,
        bottom=layer.bottoms,
        color=layer.colour,
        edgecolor=INK,
        linewidth=0.4 if len(layer.heights) <= MOST_EDGED else 0,
        hatch=layer.hatch,
    )
    for bar in bars:
        bar.set_hatch_linewidth(HATCH_LINE)


def _sample(layer: Layer) -> Patch:
    """The layer's entry in the legend."""
    sample = Patch(facecolor=layer.colour, edgecolor=INK, hatch=layer.hatch, linewidth=0.4, label=layer.label)
    sample.set_hatch_linewidth(HATCH_LINE)
    return sample


def _draw_frame(axes: Axes, start: date, table: TableRows, highest: float) -> None:
    expected = expected_of(table.days)
    axes.stairs(expected, range(len(expected) + 1), color=INK, linewidth=1.2)
    axes.set_xlim(0, len(expected))
    axes.set_ylim(0, 1.08 * max(1, highest))
    _draw_dates(axes, start, len(expected), days_in_bar(table.days))
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


def _draw_dates(axes: Axes, start: date, bars: int, days: int) -> None:
    """Write dates below some of the bars; each bar is about ``days`` days. The first date of each year also shows the
    year."""
    step = next((step for step in _STEPS if bars / step <= MOST_TICKS), _STEPS[-1])
    places = range(0, bars, step)
    dates = [start + timedelta(days=place * days) for place in places]
    axes.set_xticks([place + 0.5 for place in places], list(_named(dates)))


def _named(dates: list[date]) -> Iterator[str]:
    year = None
    for day in dates:
        yield f"{day:%b} {day.day}" + (f"\n{day.year}" if day.year != year else "")
        year = day.year

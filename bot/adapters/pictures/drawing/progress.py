"""Draws how many days were complete over time. A cone shows how many will be complete when the work under way
ends."""

from matplotlib.axes import Axes

from bot.adapters.pictures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    SKY,
    SMALL,
    WIDTH,
    as_png,
    axes_at,
    draw_title,
    new_figure,
)
from bot.adapters.pictures.drawing.time_axis import draw_time_axis
from bot.model import ProgressChart

# In inches.
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 3.3, 0.55, 0.3, 0.75, 0.9
# The empty part to the right of the last time, as a share of the width before it.
ROOM = 0.05
# The edge of the cone, in points.
EDGE = 2.4


def png_of(chart: ProgressChart) -> bytes:
    """The chart as PNG."""
    figure = new_figure(HEIGHT)
    share = min(100 * chart.done // chart.total, 100)
    customers = "1 customer" if chart.customers == 1 else f"{chart.customers:,} customers"
    draw_title(figure, [f"{share}% of {chart.total:,} days complete"], f"{chart.whole.with_year()}, {customers}")
    axes = axes_at(figure, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)
    _draw_frame(axes, chart)
    _draw_past(axes, chart)
    _draw_future(axes, chart)
    figure.legend(loc="lower left", ncols=2, frameon=False, fontsize=SMALL, labelcolor=INK)
    return as_png(figure)


def _draw_frame(axes: Axes, chart: ProgressChart) -> None:
    axes.set_ylim(0, 102)
    axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    axes.grid(axis="y", color=GREY, linewidth=0.6)
    axes.set_axisbelow(True)
    start, now = chart.points[0].at.timestamp(), chart.at.timestamp()
    last = max(now, chart.latest.timestamp() if chart.latest else now)
    draw_time_axis(axes, start, last + max(ROOM * (last - start), 1))
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.plot([now, now], [0, 102], color=INK, linewidth=0.8, linestyle=":")
    axes.text(now, 103, "now", ha="center", va="bottom", fontsize=SMALL, color=INK)


def _draw_past(axes: Axes, chart: ProgressChart) -> None:
    times = [*(point.at.timestamp() for point in chart.points), chart.at.timestamp()]
    shares = [100 * days / chart.total for days in (*(point.days for point in chart.points), chart.done)]
    axes.fill_between(times, shares, step="post", color=GREEN, alpha=0.35, linewidth=0)
    axes.step(times, shares, where="post", color=GREEN, linewidth=1.8, label="complete")


def _draw_future(axes: Axes, chart: ProgressChart) -> None:
    """Draw the cone. Its tip is now, and its far side spans the times at which the work under way may end. Its edge
    is thick, so that a flat cone is visible, too."""
    if chart.earliest is None or chart.latest is None:
        return
    done, goal = 100 * chart.done / chart.total, 100 * chart.goal / chart.total
    times = [at.timestamp() for at in (chart.at, chart.earliest, chart.latest)]
    cone = axes.fill(
        times,
        [done, goal, goal],
        facecolor=SKY,
        edgecolor=BLUE,
        linewidth=EDGE,
        joinstyle="round",
        hatch="////",
        label="expected from the work under way",
    )
    for patch in cone:
        patch.set_clip_on(False)

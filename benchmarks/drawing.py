"""Draws the pictures of docs/performance.md: how figures grow with the fleet, and how close each is to its target."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from benchmarks.result import TIMES, Growth, Result, Verdict
from benchmarks.table import amount

BOT, REFERENCE, MISSED, INK, GRID = "#1264a3", "#8d8d8d", "#c4442b", "#1d1c1d", "#e3e3e3"
COLUMNS = 3
# A longer bar would leave no room for the others, so it ends here. The number beside it is not shortened.
LONGEST = 3.0


def draw_growth(growths: Sequence[Growth], file: Path) -> None:
    """Draw a small picture for each growth. Both scales are logarithmic, so figures that grow in proportion to the
    size are lines of the same slope."""
    columns = min(COLUMNS, len(growths))
    rows = math.ceil(len(growths) / columns)
    picture = Picture(figsize=(4.6 * columns, 3.6 * rows), layout="constrained", facecolor="white")
    panes = picture.subplots(rows, columns, squeeze=False)
    for pane, growth in zip(panes.flat, growths, strict=False):
        _draw_one(pane, growth)
    for pane in panes.flat[len(growths) :]:
        pane.set_visible(False)
    picture.savefig(file, dpi=120)


def _draw_one(pane: Axes, growth: Growth) -> None:
    sizes = [point.size for point in growth.points]
    pane.loglog(sizes, [point.bot for point in growth.points], color=BOT, marker="o", label="bot")
    with_reference = [(point.size, point.reference) for point in growth.points if point.reference]
    if with_reference:
        pane.loglog(
            *zip(*with_reference, strict=True), color=REFERENCE, marker="s", linestyle="--", label="reference"
        )
        pane.legend(frameon=False)
    for point in growth.points:
        pane.annotate(
            amount(point.bot, growth.unit),
            (point.size, point.bot),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=BOT,
        )
    pane.set_title(growth.name, fontsize=12, color=INK, loc="left")
    pane.set_xlabel(growth.of)
    pane.set_ylabel(growth.unit)
    pane.set_xticks(sizes, [f"{size:,}" for size in sizes])
    pane.minorticks_off()
    pane.margins(0.15, 0.25)
    _calm(pane)


def draw_targets(results: Sequence[Result], file: Path) -> None:
    """Draw a bar for each result: its ``share_of_target``, up to ``LONGEST``. All results must have targets."""
    picture = Picture(figsize=(11, 0.42 * len(results) + 1.4), layout="constrained", facecolor="white")
    pane = picture.subplots()
    names = [result.name for result in results]
    shares = [min(LONGEST, share_of_target(result)) for result in results]
    colors = [MISSED if result.verdict is Verdict.MISSED else BOT for result in results]
    pane.barh(names, shares, color=colors, height=0.6)
    pane.axvline(1, color=INK, linewidth=1)
    for at, (result, share) in enumerate(zip(results, shares, strict=True)):
        unit = TIMES if result.ratio else result.unit
        pane.annotate(
            amount(result.decisive.value, unit), (share, at), xytext=(5, 0), textcoords="offset points", va="center"
        )
    pane.invert_yaxis()
    pane.set_xlim(0, max(1.25, max(shares) * 1.15))
    pane.set_xlabel("part of the target; left of the line is reached")
    _calm(pane)
    picture.savefig(file, dpi=120)


def share_of_target(result: Result) -> float:
    """The figure as a share of its target: 1 is just reached, and above 1 is missed. For a target that is a minimum,
    it is the target as a share of the figure."""
    assert result.target
    value, limit = result.decisive.value, result.target.limit
    over, under = (limit, value) if result.target.is_least else (value, limit)
    if over == under:
        return float(over > 0)
    return over / under if under else LONGEST


def _calm(pane: Axes) -> None:
    pane.grid(visible=True, color=GRID, linewidth=0.8)
    pane.set_axisbelow(True)
    for side in ("top", "right"):
        pane.spines[side].set_visible(False)

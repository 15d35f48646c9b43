"""Draws a chart, given as JSON, as PNG."""

from typing import assert_never

from pydantic import TypeAdapter

from bot.adapters.pictures.drawing import attempts, calendar, counts, progress
from bot.model import AttemptsChart, Calendar, Chart, CountsChart, ProgressChart


def png_of_json(given: bytes) -> bytes:
    """The chart as PNG."""
    charts: TypeAdapter[Chart] = TypeAdapter(Chart)
    return _png_of(charts.validate_json(given))


def _png_of(chart: Chart) -> bytes:
    match chart:
        case Calendar():
            return calendar.png_of(chart)
        case AttemptsChart():
            return attempts.png_of(chart)
        case ProgressChart():
            return progress.png_of(chart)
        case CountsChart():
            return counts.png_of(chart)
        case _:
            assert_never(chart)

"""Reads a chart as JSON from stdin, and writes it to stdout as PNG."""

import sys
from typing import assert_never

from pydantic import TypeAdapter

from bot.adapters.pictures.drawing import attempts, calendar, counts, progress
from bot.model import AttemptsChart, Calendar, Chart, CountsChart, ProgressChart


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


if __name__ == "__main__":
    charts: TypeAdapter[Chart] = TypeAdapter(Chart)
    sys.stdout.buffer.write(_png_of(charts.validate_json(sys.stdin.buffer.read())))

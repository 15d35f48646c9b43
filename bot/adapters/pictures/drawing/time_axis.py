"""The time axis of a picture: seconds since 1970, with ticks at round times in UTC."""

from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes

from bot.adapters.pictures.drawing.style import INK, SMALL

MOST_TICKS = 4
DAY = timedelta(days=1)
_STEPS = (
    *(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30)),
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)


def draw_time_axis(axes: Axes, start: float, end: float) -> None:
    """Show the times from ``start`` to ``end``, with about ``MOST_TICKS`` ticks."""
    step = next((step for step in _STEPS if (end - start) / step.total_seconds() <= MOST_TICKS), _STEPS[-1])
    seconds = int(step.total_seconds())
    ticks = range(-int(-start // seconds) * seconds, int(end) + 1, seconds)
    axes.set_xlim(start, end)
    axes.set_xticks(ticks, [_label(datetime.fromtimestamp(tick, UTC), step) for tick in ticks])
    axes.set_xlabel("UTC", fontsize=SMALL, color=INK)


def _label(at: datetime, step: timedelta) -> str:
    day = f"{at:%b} {at.day}"
    if step >= DAY:
        return day
    return f"{at:%H:%M}\n{day}" if step >= timedelta(minutes=1) else f"{at:%H:%M:%S}\n{day}"

"""Results of windows that a sequence keeps for its messages: of the latest window, and of windows that all went well.

Temporal stores these as JSON, so a field that is added later needs a default.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.model.steps import Count
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class CompletedWindow:
    """A window that has completed, how long it took, and its counts. ``count`` is None if nothing was counted."""

    window: Window
    took: timedelta
    count: Count | None


@dataclass(frozen=True, slots=True)
class JoinedWindows:
    """Neighbouring windows that all went well and share one line of the thread. The bot edits the line when another
    window joins them. ``line`` is the line's number, and ``count`` adds up the rows of all these windows."""

    line: int
    windows: int
    days: Window
    shortest: timedelta
    longest: timedelta
    count: Count | None


@dataclass(frozen=True, slots=True)
class AlikeWindows:
    """The latest series of lines in a sequence's thread that are about windows that went well, with no other line in
    between. ``lines`` counts these lines, and ``last_line`` is the number of the newest. ``joined`` has the windows
    that share the newest line. It is None while every window still gets a line of its own."""

    last_line: int
    lines: int
    joined: JoinedWindows | None = None

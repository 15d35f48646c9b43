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
    """Neighbouring windows that all went well, and share one line of the thread, which the bot edits for each.
    ``line`` is the number of that line, and ``count`` adds up the rows of all these windows."""

    line: int
    windows: int
    days: Window
    shortest: timedelta
    longest: timedelta
    count: Count | None


@dataclass(frozen=True, slots=True)
class AlikeWindows:
    """The latest lines of a sequence, if all are about windows that went well. ``last_line`` is the number of the
    newest, and ``lines`` counts them. ``joined`` are the windows that share one line, if any do."""

    last_line: int
    lines: int
    joined: JoinedWindows | None = None

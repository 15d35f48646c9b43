"""The results of windows that a sequence keeps for its messages: of the latest one, and of several that went alike.

Temporal stores these as JSON, so a field that is added later needs a default.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.model.steps import Count
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class CompletedWindow:
    """A window that has completed, how long it took, and its counts; None if nothing was counted."""

    window: Window
    took: timedelta
    count: Count | None


@dataclass(frozen=True, slots=True)
class JoinedWindows:
    """Neighbouring windows that went alike, and have one line together, which is edited. ``line`` is the number of
    that line, and ``count`` has the rows of all of them."""

    line: int
    windows: int
    days: Window
    shortest: timedelta
    longest: timedelta
    count: Count | None


@dataclass(frozen=True, slots=True)
class AlikeWindows:
    """The latest lines of a sequence, if they are about windows that went alike. ``last_line`` is the number of the
    newest, ``lines`` how many they are. ``joined`` are those that have one line together, if any."""

    last_line: int
    lines: int
    joined: JoinedWindows | None = None

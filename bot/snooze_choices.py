"""The choices of an alert's snooze menu: their labels, and how long each lasts."""

from datetime import timedelta
from enum import StrEnum


class SnoozeChoice(StrEnum):
    """The choices of the snooze menu."""

    HALF_HOUR = "30m"
    TWO_HOURS = "2h"
    EIGHT_HOURS = "8h"
    CHANGE = "change"

    @property
    def label(self) -> str:
        """The text of the option."""
        return _LABELS[self]

    @property
    def span(self) -> timedelta | None:
        """How long the snooze lasts; None means until the alert changes."""
        return _SPANS[self]


_LABELS = {
    SnoozeChoice.HALF_HOUR: "for 30 minutes",
    SnoozeChoice.TWO_HOURS: "for 2 hours",
    SnoozeChoice.EIGHT_HOURS: "for 8 hours",
    SnoozeChoice.CHANGE: "until it changes",
}
_SPANS = {
    SnoozeChoice.HALF_HOUR: timedelta(minutes=30),
    SnoozeChoice.TWO_HOURS: timedelta(hours=2),
    SnoozeChoice.EIGHT_HOURS: timedelta(hours=8),
    SnoozeChoice.CHANGE: None,
}

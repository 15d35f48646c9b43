"""The time that an operations log is about."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """The time from ``since`` up to and excluding ``until``. If the log is about a whole campaign that began before
    ``since``, ``began`` is when the campaign began; otherwise None."""

    since: datetime
    until: datetime
    began: datetime | None = None

    def __contains__(self, at: datetime | None) -> bool:
        """Whether the moment lies in the span; False for None."""
        return at is not None and self.since <= at < self.until

"""Moments as they are written for people where Slack cannot show them in each reader's own time zone."""

from datetime import UTC, datetime


def in_utc(at: datetime) -> str:
    """``2026-02-22 09:00 UTC``, whatever zone it comes in. Raises ValueError for one without a zone, which could mean
    any."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

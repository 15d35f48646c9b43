"""A range as people say it: with its last day, and with years only where they are needed."""

from datetime import date

import pytest

from bot.model import Window


@pytest.mark.parametrize(
    ("start", "end", "briefly", "with_year"),
    [
        (date(2026, 1, 7), date(2026, 1, 8), "Jan 7", "Jan 7, 2026"),
        (date(2026, 1, 6), date(2026, 1, 11), "Jan 6–10", "Jan 6–10, 2026"),
        (date(2026, 1, 1), date(2026, 2, 1), "Jan 1–31", "Jan 1–31, 2026"),
        (date(2026, 1, 30), date(2026, 2, 3), "Jan 30–Feb 2", "Jan 30–Feb 2, 2026"),
        (date(2025, 12, 30), date(2026, 1, 3), "Dec 30, 2025–Jan 2, 2026", "Dec 30, 2025–Jan 2, 2026"),
        (date(2025, 12, 30), date(2026, 1, 1), "Dec 30–31", "Dec 30–31, 2025"),
    ],
)
def test_the_last_day_is_included(start: date, end: date, briefly: str, with_year: str) -> None:
    assert Window(start, end).briefly() == briefly
    assert Window(start, end).with_year() == with_year

"""How far an attempt came, in the words of a message."""

import pytest

from bot.blocks.heartbeats import reached


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        ("day 2026-01-04, 3,619 of 61,500 rows", "Jan 4 (5%, 3,619 of 61,500 rows)"),
        ("day 2026-01-04, 61,500 of 61,500 rows", "Jan 4 (100%, 61,500 of 61,500 rows)"),
        ("day 2026-01-04, 1 of 1 rows", "Jan 4 (100%, 1 of 1 row)"),
        ("day 2026-01-01, 0 rows", "Jan 1, 0 rows"),
        ("day 2026-01-01", "Jan 1"),
        ("day 2026-13-01, 0 rows", "day 2026-13-01, 0 rows"),
        ("day after tomorrow", "day after tomorrow"),
        ("page 7 of 9", "page 7 of 9"),
    ],
)
def test_a_heartbeat_is_told_by_day_share_and_rows_as_far_as_it_has_them(progress: str, words: str) -> None:
    assert reached(progress) == words

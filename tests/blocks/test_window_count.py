"""The row counts of a completed window in words."""

from dataclasses import replace
from datetime import date

import pytest

from bot.blocks.window_count import count_text
from bot.model import Count, TableCount, Window

SCORES = TableCount("scores", 5_312_000, 5_312_000, 0)
JAN_7 = Window(date(2026, 1, 7), date(2026, 1, 8))
CONTENTS = TableCount("scores", 9, 9, 0, other_contents=(JAN_7,), days_of_other_contents=1)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (Count((SCORES,)), "Counts match: 5.3M scores."),
        (
            Count((TableCount("scores", 10, 0, 0), SCORES)),
            "scores: 10 expected, 0 found, 10 missing. The others match: 5.3M scores.",
        ),
        (Count((TableCount("scores", 10, 12, 0),)), "scores: 10 expected, 12 found, 2 too many."),
        (Count((TableCount("scores", 9, 9, 0, days_off=2),)), "scores: 9 expected, 9 found, 2 days not as expected."),
        (
            Count((replace(CONTENTS, table="calls"), SCORES)),
            "calls: counts match, contents differ on Jan 7. The others match: 5.3M scores.",
        ),
        (
            Count((replace(CONTENTS, actual=8, days_off=1, days_of_other_contents=4),)),
            "scores: 9 expected, 8 found, 1 missing, 1 day not as expected;"
            " contents differ on Jan 7 and 3 more days.",
        ),
        (Count((TableCount("scores", None, 12, 0),)), "Counted, and compared with nothing: 12 scores."),
        (
            Count((TableCount("scores", 12, 12, 3),)),
            "Counts match: 12 scores. Duplicates (not counted here): 3 in scores.",
        ),
        (
            Count((TableCount("scores", 12, 12, 0, duplicates_known=False),)),
            "As many rows as expected, duplicates not known: 12 scores.",
        ),
        (Count((TableCount("scores", 12, 12, 0, merging=5),)), "Counts match: 12 scores."),
        (Count((TableCount("scores", 0, 0, 0),)), "It holds no rows."),
        (Count((TableCount("scores", 9, 0, 0),)), "scores: 9 expected, 0 found, 9 missing."),
        (Count((), "ClickHouse did not answer"), "Not counted: ClickHouse did not answer."),
        (
            Count((SCORES,), "scorecards: no answer"),
            "Counts match: 5.3M scores. Not everything was counted: scorecards: no answer.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_count_says_first_what_differs_and_last_what_was_not_counted(count: Count, expected: str) -> None:
    assert count_text(count) == expected


def test_tables_beyond_a_handful_are_counted() -> None:
    assert count_text(Count((SCORES,) * 9)).endswith("5.3M scores and 3 more.")

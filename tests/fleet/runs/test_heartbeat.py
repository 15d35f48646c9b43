"""Progress read from heartbeat details."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.heartbeat import LONGEST, Progress, Reached


def test_day_rows_and_total_are_said_in_words() -> None:
    progress = Progress.of('{"day":"2026-01-07","rows":12345,"total":57300}')

    assert progress == Progress("day 2026-01-07, 12,345 of 57,300 rows", 12345 / 57300)


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ("", ""),
        ('"halfway"', "halfway"),
        ("[1,2]", "[1,2]"),
        ('{"day":"2026-01-07"}', "day 2026-01-07"),
        ('{"rows":7}', "7 rows"),
        ('{"cursor":"abc"}', '{"cursor":"abc"}'),
        ("not json", "not json"),
        ('"not readable: sha256 0123456789abcdef"', "not readable"),
        ('{"day":7,"rows":true,"total":"x"}', '{"day":7,"rows":true,"total":"x"}'),
    ],
)
def test_other_details_are_told_as_they_are(details: str, text: str) -> None:
    assert Progress.of(details) == Progress(text)


@pytest.mark.parametrize("details", ['"encrypted"', '["encrypted","encrypted"]'])
def test_encrypted_details_are_called_so_and_nothing_else(details: str) -> None:
    assert Progress.of(details) == Progress(is_encrypted=True)


def test_the_part_that_can_be_read_is_told() -> None:
    assert Progress.of('["day",7,"encrypted"]') == Progress('["day",7,"encrypted"]')


def test_nothing_is_told_of_a_share_of_nothing() -> None:
    assert Progress.of('{"rows":0,"total":0}') == Progress("0 rows")


def test_more_rows_than_expected_are_all_of_it() -> None:
    assert Progress.of('{"rows":70,"total":50}').share == 1.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["day", "rows", "total", "x"]), inner),
    max_leaves=8,
)


@given(st.text() | json_values.map(json.dumps))
def test_any_details_become_one_short_line_and_a_share_between_0_and_1(details: str) -> None:
    progress = Progress.of(details)

    assert len(progress.text) <= LONGEST
    assert len(progress.text.splitlines()) <= 1
    assert progress.share is None or 0 <= progress.share <= 1


def test_what_an_attempt_reached_is_read_back_from_its_text() -> None:
    text = Progress.of('{"day": "2026-01-04", "rows": 3619, "total": 61500}').text

    assert Reached.of(text) == Reached(3_619, 61_500, date(2026, 1, 4))


@pytest.mark.parametrize(
    "text", ["", "page 7", "day 2026-02-31, 1 of 2 rows", "day 2026-01-04, 1 of 0 rows", "1 of 2 rows"]
)
def test_other_texts_tell_no_day_and_rows(text: str) -> None:
    assert Reached.of(text) is None

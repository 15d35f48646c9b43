"""Lines as plain text and mrkdwn, and lists cut to the room there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.lines import Line, first_names, fitting


def test_a_line_is_escaped_where_slack_reads_marks_and_plain_elsewhere() -> None:
    line = Line.about("a<b", "says *hi*", "https://temporal.test/a&b")

    assert line.plain == "a<b says *hi*"
    assert line.mrkdwn == "*a&lt;b* says \u200b*\u200bhi\u200b*\u200b <https://temporal.test/a&amp;b|Temporal>"


def left(number: int) -> str:
    return f"{number} more"


@given(st.lists(st.text(max_size=20), max_size=30), st.integers(0, 300))
def test_what_fits_is_the_beginning_and_the_rest_is_counted(lines: list[str], room: int) -> None:
    drawn = fitting(lines, str, room, left)
    shown = drawn if drawn == lines else drawn[:-1]

    assert shown == lines[: len(shown)]
    assert sum(len(line) + 1 for line in shown) <= room or not shown
    assert drawn == lines or drawn[-1] == left(len(lines) - len(shown))


def test_what_has_no_room_is_never_said() -> None:
    drawn: list[int] = []

    def say(number: int) -> str:
        drawn.append(number)
        return "x" * 10

    assert fitting(range(100_000), say, 25, left) == ["x" * 10, "x" * 10, "99998 more"]
    assert drawn == [0, 1, 2]


@pytest.mark.parametrize(
    ("names", "expected"), [([], ""), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_names_over_the_limit_are_counted(names: list[str], expected: str) -> None:
    assert first_names(names, 2) == expected

"""The list of ended windows: none is lost, and those in the middle carry only their days and end."""

from datetime import timedelta

import pytest

from bot.fleet.sequence.ended_windows import DETAILED, LONGEST_NOTE, note, with_ended
from bot.model import EndedWindow, WindowEnd
from tests.fleet.sequence.courses import days, ref


def mark(number: int) -> EndedWindow:
    return EndedWindow(number, days(number), WindowEnd.FAILED, timedelta(hours=1), ref(), "disk full")


def test_a_few_marks_are_kept_as_they_are() -> None:
    few = tuple(map(mark, range(2 * DETAILED - 1)))

    assert with_ended(few, mark(500)) == (*few, mark(500))


def test_of_very_many_the_first_and_the_last_keep_their_notes_and_all_keep_their_days_and_ends() -> None:
    many: tuple[EndedWindow, ...] = ()
    for number in range(500):
        many = with_ended(many, mark(number))

    detailed = [ended.number for ended in many if ended.note and ended.ref]
    assert detailed == [*range(DETAILED), *range(500 - DETAILED, 500)]
    assert [(ended.window, ended.end) for ended in many] == [
        (days(number), WindowEnd.FAILED) for number in range(500)
    ]
    assert not any(ended.note or ended.ref for ended in many[DETAILED:-DETAILED])


@pytest.mark.parametrize("text", ["x" * 2_000, "接続エラー" * 70, "é" * 299, "\x00" * 400, "\ud800" * 400])
def test_a_note_is_not_a_log(text: str) -> None:
    assert len(note(text).encode()) <= LONGEST_NOTE


def test_a_short_note_is_kept_on_one_line() -> None:
    assert note("connection lost:\n  timeout 接続") == "connection lost: timeout 接続"

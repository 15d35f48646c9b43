"""Rows that differ: where and how for everybody; their keys for the asker, unless they are for everybody, too."""

from collections.abc import Sequence
from datetime import date

import pytest

from bot.blocks.row_differences import key_text, keys, keys_for_all, keys_for_asker, line
from bot.commands import Verify
from bot.fleet.verification.narrowing import (
    Narrowed,
    Narrowing,
    NothingDiffers,
    RowsNotAnswered,
    RowsNotConfigured,
    StatementsDisagree,
)
from bot.message import Message
from bot.model import Window
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.blocks.gate import table_of, taken_by_slack, texts

CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))
JAN_7 = date(2026, 1, 7)
TWO, THREE = Hour(JAN_7, 14), Hour(JAN_7, 15)
MISSING = DifferingRow("(42)", TWO, RowDifference.MISSING)
CHANGED = DifferingRow("('a-1')", THREE, RowDifference.OTHER_CONTENTS)


def narrowed(
    *rows: DifferingRow,
    hours: tuple[Hour, ...] = (TWO, THREE),
    more: int = 0,
    is_all: bool = True,
    shown: bool = False,
) -> Narrowed:
    return Narrowed("scores", hours, more, rows, is_all, shown, "UTC")


def for_all(name: str, narrowings: Sequence[Narrowing]) -> Message | None:
    listed, _ = keys(name, narrowings, CAMPAIGN, Verify(target="hilton"))
    return keys_for_all(listed, narrowings)


def for_asker(name: str, narrowings: Sequence[Narrowing]) -> Message | None:
    _, listed = keys(name, narrowings, CAMPAIGN, Verify(target="hilton"))
    return keys_for_asker(listed, narrowings)


@pytest.mark.parametrize(
    ("narrowing", "words"),
    [
        (
            narrowed(MISSING, CHANGED),
            "scores: 2 rows differ (1 missing and 1 with other contents) in the hours Jan 7 14:00 and Jan 7 15:00"
            " (UTC). The keys go to whoever asked.",
        ),
        (
            narrowed(MISSING, hours=(TWO,), shown=True),
            "scores: 1 row differs (1 missing) in the hour Jan 7 14:00 (UTC).",
        ),
        (
            narrowed(MISSING, hours=tuple(Hour(JAN_7, n) for n in range(20)), more=3, is_all=False, shown=True),
            "scores: at least 1 row differs (1 missing) in the hours Jan 7 00:00, Jan 7 01:00, Jan 7 02:00,"
            " Jan 7 03:00 and 19 more (UTC).",
        ),
        (
            narrowed(MISSING, hours=(Hour(JAN_7, None),), shown=True),
            "scores: 1 row differs (1 missing) on Jan 7.",
        ),
        (
            narrowed(hours=(TWO,), is_all=False),
            "scores: rows differ in the hour Jan 7 14:00 (UTC). There are too many to read each of them.",
        ),
        (
            RowsNotConfigured("scores"),
            "scores: to know which rows differ, configure expected_rows in its [[verify.tables]].",
        ),
        (
            RowsNotAnswered("scores", "no answer within 30 s"),
            "scores: which rows differ is not known: no answer within 30 s.",
        ),
        (
            StatementsDisagree("scores", JAN_7, 1_122, 1_123),
            "scores: which rows differ is not known. On Jan 7 expected_rows returns 1,122 rows and expected counts"
            " 1,123, or their checksums differ: both have to be about the same rows.",
        ),
        (
            NothingDiffers("scores"),
            "scores: no row differs any more. Type the command again to count again.",
        ),
        (
            NothingDiffers("scores", first_days=20),
            "scores: no row differs any more on the first 20 days that differed. Type the command again to count"
            " again.",
        ),
    ],
)
def test_everybody_reads_where_rows_differ_and_how(narrowing: Narrowing, words: str) -> None:
    assert line(narrowing, CAMPAIGN) == words


def test_keys_are_for_the_asker_unless_they_are_for_everybody() -> None:
    private, public = [narrowed(MISSING)], [narrowed(MISSING, shown=True)]

    assert for_all("hilton", private) is None
    assert for_asker("hilton", public) is None
    assert for_asker("hilton", [RowsNotConfigured("scores"), narrowed()]) is None
    message = for_all("hilton", public)
    assert message
    assert "42" in taken_by_slack(message).text


def test_each_key_has_its_time_and_its_difference() -> None:
    message = for_asker("hilton", [narrowed(MISSING, CHANGED)])

    assert message
    assert taken_by_slack(message).text.splitlines() == [
        "hilton: keys of rows in scores that differ.",
        "scores 42, Jan 7 14:00: missing",
        "scores a-1, Jan 7 15:00: other contents",
        "Only you see these keys.",
    ]


def test_many_long_keys_from_outside_stay_within_slack_s_limits() -> None:
    rows = [DifferingRow("('<!channel> *x* & ```" + "k" * 150 + "')", TWO, RowDifference.EXTRA)] * 60
    tables = [narrowed(*rows, is_all=False) for _ in range(9)]

    message = for_asker("<!channel> *x* &", tables)

    assert message
    assert "scores: more rows differ than these." in taken_by_slack(message).text
    assert "more keys: open the message to see them." in message.text


def test_of_many_keys_the_first_40_are_shown_with_a_button_for_the_others() -> None:
    rows = [DifferingRow(f"({number})", TWO, RowDifference.MISSING) for number in range(100, 145)]

    message = for_asker("hilton", [narrowed(*rows)])

    assert message
    (table,) = table_of(message)
    assert table.count("missing") == 40
    assert "Show the next 5 keys" in texts(message)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("(42)", "42"),
        ("('a-1')", "a-1"),
        ("('hilton',42)", "'hilton',42"),
        (r"('it\'s')", r"'it\'s'"),
        ("(NULL)", "NULL"),
        ("('a\nb')", "a b"),
        ("('cut off", "('cut off"),
        ("", ""),
    ],
)
def test_a_key_of_one_column_is_shown_as_its_value(key: str, shown: str) -> None:
    assert key_text(key) == shown

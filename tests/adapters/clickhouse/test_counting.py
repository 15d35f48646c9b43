"""Statements hold quoted names only; answers of the configured ones are not taken on trust."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clickhouse import answers, counting
from bot.adapters.clickhouse.engines import Storage, Surplus
from bot.adapters.clickhouse.rows import Answer
from bot.adapters.clickhouse.text import quoted
from bot.model import DayCount
from tests.adapters.clickhouse.conftest import table

REPLACING = Storage("ReplacingMergeTree", True, Surplus.DUPLICATES)


@settings(deadline=None)
@given(st.text())
def test_a_quoted_identifier_ends_where_it_ends(name: str) -> None:
    inside = quoted(name)[1:-1]
    unescaped = inside.replace("\\\\", "").replace("\\`", "")

    assert "`" not in unescaped
    assert "\\" not in unescaped
    assert inside.replace("\\`", "`").replace("\\\\", "\\") == name or "\\" in name


def test_rows_that_arrive_between_the_two_reads_are_no_negative_duplicates() -> None:
    answer = Answer(("",) * 7, ("",) * 7, (("", "2026-01-01", 5, 7, 0, 0, ""), ("", "1970-01-01", 0, 0, 0, 0, "/1")))

    assert counting.seen_and_counts(answer, table(), REPLACING) == ("/1", {"": {date(2026, 1, 1): DayCount(7, 7)}})


def test_dollar_signs_in_names_and_statements_stay_what_they_are() -> None:
    odd = table(table="analytics.$table", time_column="$day")

    assert "`analytics`.`$table`" in counting.counts_statement(odd, REPLACING)
    assert "`$day`" in counting.counts_statement(odd, REPLACING)
    assert "$x" in counting.without_rows("SELECT $x;")


@pytest.mark.parametrize("names", [(), ("day",), ("Day", "Rows")])
def test_column_names_are_required_as_documented(names: tuple[str, ...]) -> None:
    with pytest.raises(answers.UnexpectedAnswer, match="but no column"):
        answers.require_columns(Answer(names, ("Date",) * len(names), ()), answers.EXPECTED)


def test_of_two_columns_of_one_name_none_is_taken() -> None:
    with pytest.raises(answers.UnexpectedAnswer, match="it returns 2 columns day: which of them is meant"):
        answers.require_columns(Answer(("day", "rows", "day"), ("Date", "UInt64", "Date"), ()), answers.EXPECTED)


@pytest.mark.parametrize(
    ("kind", "is_a_day"),
    [("Date", True), ("Nullable(Date32)", True), ("LowCardinality(Nullable(Date))", True), ("DateTime", False),
     ("DateTime64(3, 'UTC')", False), ("String", False), ("UInt32", False)],
)  # fmt: skip
def test_types_tell_what_is_a_day_without_a_row(kind: str, is_a_day: bool) -> None:
    answer = Answer(answers.EXPECTED, (kind, "SimpleAggregateFunction(sum, UInt64)"), ())

    if is_a_day:
        answers.require_columns(answer, answers.EXPECTED)
    else:
        with pytest.raises(
            answers.UnexpectedAnswer, match=r"its column day is .*, not a Date; toDate\(…\) makes one"
        ):
            answers.require_columns(answer, answers.EXPECTED)


@pytest.mark.parametrize(
    ("given", "number"),
    [(7, 7), ("7", 7), (7.0, 7), ("18446744073709551615", 2**64 - 1), ("7.00", 7)],
    ids=repr,
)
def test_numbers_may_be_told_as_text(given: object, number: int) -> None:
    assert answers.parse_count(given) == number


@pytest.mark.parametrize(
    "given",
    [None, True, -1, 1.5, float("inf"), float("nan"), "", "seven", "-0", "1e3", "٧", [7], {"a": 1}, "9" * 99, 1e99],
)
def test_what_is_no_number_of_rows_is_refused(given: object) -> None:
    with pytest.raises(answers.UnexpectedAnswer, match="not a number of rows"):
        answers.parse_count(given)

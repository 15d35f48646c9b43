"""Statements hold quoted names only; answers of the configured ones are not taken on trust."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clickhouse import answers, counting
from bot.model import DayCount
from tests.adapters.clickhouse.conftest import table


@settings(deadline=None)
@given(st.text())
def test_a_quoted_identifier_ends_where_it_ends(name: str) -> None:
    inside = counting.quoted(name)[1:-1]
    unescaped = inside.replace("\\\\", "").replace("\\`", "")

    assert "`" not in unescaped
    assert "\\" not in unescaped
    assert inside.replace("\\`", "`").replace("\\\\", "\\") == name or "\\" in name


def test_rows_that_arrive_between_the_two_reads_are_no_negative_duplicates() -> None:
    day, count = counting.day_count((date(2026, 1, 1), 5, 7))

    assert (day, count) == (date(2026, 1, 1), DayCount(7, 7))
    assert count.duplicates == 0


def test_dollar_signs_in_names_and_statements_stay_what_they_are() -> None:
    odd = table(table="analytics.$table", time_column="$day")

    assert "`analytics`.`$table`" in counting.counts_statement(odd)
    assert "`$day`" in counting.counts_statement(odd)
    assert "$x" in counting.without_rows("SELECT $x;")


@pytest.mark.parametrize("missing", [[], ["day"], ["Day", "Rows"]])
def test_column_names_are_required_as_documented(missing: list[str]) -> None:
    with pytest.raises(answers.WrongShape, match="but no column"):
        answers.require_columns(missing, answers.EXPECTED)

"""Tables whose columns of customer and time are clear are proposed; the others are not guessed at."""

from collections.abc import Mapping

import pytest

from bot.fleet.onboarding.tables import Candidate, candidate, names_by_place, source_of, targets
from bot.model.catalog import ListedTable

COLUMNS = {"tenant": "LowCardinality(String)", "happened_at": "DateTime64(3, 'UTC')", "inserted_at": "DateTime"}


def table(place: str = "mart.orders", columns: Mapping[str, str] = COLUMNS, **changes: str) -> ListedTable:
    database, _, name = place.partition(".")
    sorting_key = tuple(changes.pop("sorted_by", "").split())
    return ListedTable(database, name, changes.pop("engine", "MergeTree"), columns, sorting_key)


def known(place: str, *customers: str) -> Candidate:
    return Candidate(table(place), "tenant", "happened_at", frozenset(customers))


def test_the_time_that_a_row_belongs_to_is_told_from_the_time_when_it_was_written() -> None:
    found = candidate(table())

    assert found
    assert (found.customer_column, found.time_column) == ("tenant", "happened_at")


@pytest.mark.parametrize(
    "columns",
    [
        {"tenant": "String", "amount": "Float64"},
        {"day": "Date", "amount": "Float64"},
        {"tenant": "String", "shipped_at": "DateTime", "paid_at": "DateTime"},
        {"tenant": "String", "account": "String", "day": "Date"},
        {"tenant": "UInt64", "day": "Date"},
    ],
    ids=["no time", "no customer", "two times", "two customers", "customers as numbers"],
)
def test_a_table_with_unclear_columns_is_no_candidate(columns: Mapping[str, str]) -> None:
    assert candidate(table(columns=columns)) is None


def test_of_two_columns_the_one_that_the_table_is_sorted_by_is_meant() -> None:
    columns = {"tenant": "String", "account": "String", "shipped_at": "DateTime", "paid_at": "DateTime"}

    found = candidate(table(columns=columns, sorted_by="account paid_at"))

    assert found
    assert (found.customer_column, found.time_column) == ("account", "paid_at")


def test_a_queue_is_no_candidate() -> None:
    assert candidate(table(engine="Kafka")) is None


def test_the_tables_with_customers_of_the_runs_are_offered_and_no_sources() -> None:
    mart, other, raw = known("mart.orders", "acme"), known("mart.visits", "somebody"), known("raw.orders", "acme")

    assert targets([mart, other, raw], {"acme"}) == (mart,)
    assert targets([mart, other, raw], {"unheard-of"}) == (mart, other)


@pytest.mark.parametrize("source", ["raw.orders", "source.orders", "mart.raw_orders", "staging.orders_src"])
def test_the_source_of_a_table_has_its_name_and_says_that_it_is_one(source: str) -> None:
    mart = known("mart.orders")

    assert source_of(mart, [mart, known(source), known("raw.visits")]) == known(source)


def test_of_two_possible_sources_none_is_taken() -> None:
    assert source_of(known("mart.orders"), [known("raw.orders"), known("staging.orders")]) is None


def test_rows_are_told_apart_by_their_id_where_the_engine_does_not_do_it() -> None:
    columns = {**COLUMNS, "id": "UInt64"}
    plain, replacing = (
        candidate(table(columns=columns)),
        candidate(table(columns=columns, engine="ReplacingMergeTree")),
    )

    assert plain
    assert replacing
    assert (plain.key, replacing.key) == (("tenant", "id"), ())


def test_two_tables_of_one_name_are_called_by_their_databases_too() -> None:
    tables = [known("a.orders"), known("b.orders"), known("b.visits")]

    assert list(names_by_place(tables).values()) == ["a.orders", "b.orders", "visits"]

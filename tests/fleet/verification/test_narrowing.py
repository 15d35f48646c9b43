"""Which hours, buckets and rows are compared, and which rows differ then."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.verification.narrowing import (
    MOST_CELLS,
    MOST_ROWS,
    StatementsDisagree,
    cells_to_read,
    days_to_narrow,
    differing,
    differing_rows,
    disagreement,
)
from bot.fleet.verification.verdict import judge
from bot.model import DayCount, ExpectedDay, Window
from bot.model.row_differences import BothSides, Cell, CellCount, DifferingRow, HashedRow, Hour, RowDifference

JAN_1, JAN_2, JAN_3 = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)
NOON, ONE = Hour(JAN_1, 12), Hour(JAN_1, 13)
ROW = HashedRow(7, "(7)", NOON, 70)


def sides(table: Mapping[Cell, int], source: Mapping[Cell, int]) -> BothSides[Mapping[Cell, CellCount]]:
    """Numbers of rows by cell; the checksum of a table's rows is another than that of the source's."""
    return BothSides(
        {cell: CellCount(rows, 1) for cell, rows in table.items()},
        {cell: CellCount(rows, 2) for cell, rows in source.items()},
    )


def test_days_without_rows_on_one_side_and_days_that_are_being_filled_are_not_narrowed() -> None:
    window = Window(JAN_1, date(2026, 1, 5))
    counts = {JAN_1: DayCount(9, 9, checksum=1), JAN_2: DayCount(9, 9, checksum=1), date(2026, 1, 4): DayCount(1, 1)}
    expected = {JAN_1: ExpectedDay(9, 2), JAN_2: ExpectedDay(9, 2), JAN_3: ExpectedDay(9, 2)}
    table = judge("scores", window, counts, expected).while_filled([Window.of_days(JAN_2, 1)])

    assert [day.day for day in days_to_narrow(table)] == [JAN_1]


def test_statements_agree_if_the_rows_and_their_checksums_are_the_same() -> None:
    [day] = judge("scores", Window.of_days(JAN_1, 1), {}, {JAN_1: ExpectedDay(5, 9)}).days
    other = {Hour(JAN_2, 0): CellCount(1, 1)}

    assert disagreement("scores", [day], other | {NOON: CellCount(2, 2**64 - 1), ONE: CellCount(3, 10)}) is None
    assert disagreement("scores", [day], {NOON: CellCount(4, 9)}) == StatementsDisagree("scores", JAN_1, 4, 5)
    assert disagreement("scores", [day], {NOON: CellCount(5, 8)}) == StatementsDisagree("scores", JAN_1, 5, 5)


def test_hours_differ_in_their_rows_or_in_their_checksums() -> None:
    table = {NOON: CellCount(1, 1), ONE: CellCount(1, 1), Hour(JAN_2, 0): CellCount(1, 1)}
    source = {NOON: CellCount(1, 1), ONE: CellCount(1, 2), Hour(JAN_3, 0): CellCount(1, 1)}

    assert differing(BothSides(table, source)) == [ONE, Hour(JAN_2, 0), Hour(JAN_3, 0)]


def test_a_bucket_with_too_many_rows_is_left_out() -> None:
    small, large = Cell(NOON, 2), Cell(NOON, 1)

    assert cells_to_read(sides({large: MOST_ROWS, small: 3}, {large: 1})) == (small,)
    assert cells_to_read(sides({large: MOST_ROWS}, {large: 1})) == ()


def test_all_hours_of_a_bucket_are_read_together() -> None:
    assert cells_to_read(sides({Cell(NOON, 5): 1}, {Cell(ONE, 5): 1, Cell(ONE, 3): 1})) == (
        Cell(ONE, 3),
        Cell(NOON, 5),
        Cell(ONE, 5),
    )


CELLS = st.builds(Cell, st.sampled_from([NOON, ONE, Hour(JAN_2, 3)]), st.integers(0, 60))


@given(table=st.dictionaries(CELLS, st.integers(1, 9_000)), source=st.dictionaries(CELLS, st.integers(1, 9_000)))
def test_few_rows_are_read_of_differing_cells_alone(table: dict[Cell, int], source: dict[Cell, int]) -> None:
    both = sides(table, source)
    chosen = cells_to_read(both)

    assert set(chosen) <= set(differing(both))
    assert sum(table.get(cell, 0) + source.get(cell, 0) for cell in chosen) <= MOST_ROWS
    assert len(chosen) <= MOST_CELLS


def test_a_row_is_missing_surplus_changed_or_moved() -> None:
    def found(table: list[HashedRow], source: list[HashedRow]) -> tuple[DifferingRow, ...]:
        return differing_rows(BothSides(tuple(table), tuple(source)))

    later, changed = HashedRow(7, "(7)", ONE, 70), HashedRow(7, "(7)", ONE, 71)

    assert found([ROW], [ROW]) == ()
    assert found([], [ROW]) == (DifferingRow("(7)", NOON, RowDifference.MISSING),)
    assert found([ROW], []) == (DifferingRow("(7)", NOON, RowDifference.EXTRA),)
    assert found([changed], [ROW]) == (DifferingRow("(7)", NOON, RowDifference.OTHER_CONTENTS),)
    assert found([ROW], [ROW, ROW]) == (DifferingRow("(7)", NOON, RowDifference.OTHER_CONTENTS),)
    assert found([later], [ROW]) == (DifferingRow("(7)", NOON, RowDifference.MOVED),)


def test_numbers_are_in_the_order_of_numbers() -> None:
    rows = tuple(HashedRow(number, f"({number})", NOON, 1) for number in (100, 20, 3))

    assert [row.key for row in differing_rows(BothSides((), rows))] == ["(3)", "(20)", "(100)"]

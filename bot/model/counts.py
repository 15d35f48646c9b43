"""What a warehouse counts: rows a day of one table, and where that table is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table that ``verify`` counts. ``table`` is ``database.table``.

    ``expected`` is a statement that returns (day, rows), or None when there is nothing to compare with.
    """

    name: str
    table: str
    customer_column: str
    time_column: str
    expected: str | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """Rows of one day: ``raw`` as stored, ``final`` after the engine's deduplication; raw ≥ final."""

    raw: int
    final: int

    @property
    def duplicates(self) -> int:
        """Rows that are stored and will be merged away."""
        return self.raw - self.final

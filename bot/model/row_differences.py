"""Where the rows of a table and of its source differ: hours, buckets of keys, and rows with their keys."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

# Keys are spread over this many buckets by their hash.
BUCKETS = 4096

_T = TypeVar("_T")


@dataclass(frozen=True, order=True, slots=True)
class Hour:
    """An hour of a day in the campaign's time zone. ``hour`` is None if the table or its source has only dates: then
    this is the whole day."""

    day: date
    hour: int | None


@dataclass(frozen=True, order=True, slots=True)
class Cell:
    """The rows of one hour whose keys fall into one bucket."""

    hour: Hour
    bucket: int


@dataclass(frozen=True, slots=True)
class CellCount:
    """Number of rows, and the sum of their hashes."""

    rows: int
    checksum: int


@dataclass(frozen=True, slots=True)
class HashedRow:
    """One row. ``key`` is the text of its key, which may be cut; ``key_id`` is the hash of all of that text."""

    key_id: int
    key: str
    hour: Hour
    checksum: int


@dataclass(frozen=True, slots=True)
class BothSides(Generic[_T]):
    """Two answers to the same question: that of the table, and that of its source."""

    table: _T
    source: _T


class RowDifference(StrEnum):
    """How a row differs between table and source."""

    MISSING = "missing"
    EXTRA = "extra"
    OTHER_CONTENTS = "other contents"
    # The same contents, at another hour or on another day.
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """A key that differs. ``hour`` is the hour of its row in the source, or in the table if only the table has the
    key."""

    key: str
    hour: Hour
    difference: RowDifference

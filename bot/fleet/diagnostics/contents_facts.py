"""Facts about the comparison of the contents of rows: whether the configured SQL expressions and statements fit each
other."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ChecksumsNeverAgreed:
    """For each of these tables, no counted day has ever had the same contents as the source."""

    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChecksumsAgree:
    """For each of these tables, at least one counted day had the same contents as the source."""

    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsAgree:
    """For each of these tables, ``expected_rows`` returned exactly the rows that ``expected`` counted, on one day."""

    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsDisagree:
    """On this day of this customer, ``expected_rows`` returned a different number of rows than ``expected`` counted,
    or different rows."""

    table: str
    customer: str
    day: date
    returned: int
    expected: int


@dataclass(frozen=True, slots=True)
class RowsUnproven:
    """It is not known whether ``expected_rows`` and ``expected`` are about the same rows. ``why`` is the reason; ""
    means that the source has no rows of this customer."""

    table: str
    customer: str
    why: str


ContentsFact = ChecksumsNeverAgreed | ChecksumsAgree | RowsAgree | RowsDisagree | RowsUnproven

"""Facts about the comparison of contents: whether the configured expressions and statements fit each other."""

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
    """For each of these tables, ``expected_rows`` returns the rows of one day that ``expected`` counts."""

    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsDisagree:
    """On this day of this customer, ``expected_rows`` returns other rows than ``expected`` counts."""

    table: str
    customer: str
    day: date
    returned: int
    expected: int


@dataclass(frozen=True, slots=True)
class RowsUnproven:
    """It is not known whether both statements are about the same rows, for this reason. Without a reason, the source
    has no rows of this customer."""

    table: str
    customer: str
    why: str


ContentsFact = ChecksumsNeverAgreed | ChecksumsAgree | RowsAgree | RowsDisagree | RowsUnproven

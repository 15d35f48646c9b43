"""[verify] and [[verify.tables]]: the tables that verify counts, and what they are compared with."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from bot.config.section import Name, Section, Span
from bot.model import TableSpec, place_of, unquoted_name
from bot.model.counts import binds


def _place(value: str) -> str:
    """Return the text unchanged. Raises ValueError if it cannot be parsed."""
    place_of(value)
    return value


def _column(value: str) -> str:
    unquoted_name(value)
    return value


QualifiedTable = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), AfterValidator(_place)]
Column = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_column)
]


class TableConfig(Section):
    """A table that verify counts."""

    name: Name = Field(description="what to call it in answers")
    table: QualifiedTable = Field(description="database.table")
    customer_column: Column = Field(description="the column that holds the customer")
    time_column: Column = Field(description="the Date, Date32, DateTime or DateTime64 column that holds the day")
    key: tuple[Column, ...] = Field(default=(), description='the columns that tell a row apart, as ["id"]')
    expected: str | None = Field(
        default=None, description="a statement that returns day and rows, and customer where it binds customers"
    )
    checksum: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, description="an expression that hashes one row, as cityHash64(…), beside an expected statement"
    )

    @field_validator("expected")
    @classmethod
    def _is_about_one_or_many(cls, expected: str | None) -> str | None:
        if expected and binds(expected, "customer") and binds(expected, "customers"):
            raise ValueError("it binds customer and customers: bind one of them")
        return expected

    @field_validator("checksum")
    @classmethod
    def _is_compared(cls, checksum: str | None, info: ValidationInfo) -> str | None:
        if checksum and info.data.get("expected") is None and "expected" in info.data:
            raise ValueError("there is no expected statement whose checksum it could be compared with")
        return checksum

    @property
    def spec(self) -> TableSpec:
        """This table as a ``TableSpec``, which the port ``Warehouse`` takes."""
        columns = self.customer_column, self.time_column
        return TableSpec(self.name, self.table, *columns, self.expected, self.key, self.checksum)


class Verify(Section):
    """What verify counts."""

    time_limit: Span = Field(default=timedelta(seconds=30), description="the patience with one statement, as 30s")
    tables: tuple[TableConfig, ...] = Field(min_length=1, description="[[verify.tables]], at least one")

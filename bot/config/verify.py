"""[verify] and [[verify.tables]]: the tables that are counted, and what they are compared with."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from bot.config.section import Name, Section, Span
from bot.model import TableSpec, place_of, unquoted_name
from bot.model.counts import binds


def _place(value: str) -> str:
    """Return the text unchanged. Raises ValueError if it is not the name of a table."""
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
    """A table whose rows the bot counts: for verify, and for windows and other runs that have completed."""

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
    expected_rows: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, description="a statement that returns key, moment and checksum of each row of the source"
    )
    show_keys: bool = Field(default=False, description="true: keys that differ are shown to all who see the answer")

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

    @field_validator("expected_rows")
    @classmethod
    def _has_keys_and_hashes(cls, expected_rows: str | None, info: ValidationInfo) -> str | None:
        if expected_rows and info.data.get("checksum") is None and "checksum" in info.data:
            raise ValueError("there is no checksum that its third column could be compared with")
        if expected_rows and not info.data.get("key") and "key" in info.data:
            raise ValueError("there is no key: name the columns that tell a row apart")
        return expected_rows

    @property
    def spec(self) -> TableSpec:
        """This table as a ``TableSpec``, which the port ``Warehouse`` takes."""
        return TableSpec(
            self.name,
            self.table,
            self.customer_column,
            self.time_column,
            self.expected,
            self.key,
            self.checksum,
            self.expected_rows,
            self.show_keys,
        )


class Verify(Section):
    """Which tables are counted, and how long one statement may take."""

    time_limit: Span = Field(default=timedelta(seconds=30), description="the patience with one statement, as 30s")
    tables: tuple[TableConfig, ...] = Field(min_length=1, description="[[verify.tables]], at least one")

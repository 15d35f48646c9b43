"""Answers of the configured statements, checked: their SQL is the team's, so their shape is not taken on trust.

Everything here raises WrongShape, with the second half of a sentence about the statement.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clickhouse_connect.driver.query import QueryResult

from bot.hidden import without_secrets
from bot.model import Window

EXPECTED = ("day", "rows")
VOLUMES = ("customer", "day", "rows")


class WrongShape(Exception):
    """The statement returns something else than it is for."""


def rows_by_day(answer: QueryResult, window: Window) -> dict[date, int]:
    """Rows of each day of the window that has any; several rows about one day are added."""
    days: dict[date, int] = {}
    for day, rows in _columns(answer, EXPECTED):
        _add(days, _day(day), _count(rows), window)
    return days


def rows_by_customer(answer: QueryResult, customers: Sequence[str], window: Window) -> dict[str, dict[date, int]]:
    """The same for each of these customers that has any row."""
    found: dict[str, dict[date, int]] = {customer: {} for customer in customers}
    for customer, day, rows in _columns(answer, VOLUMES):
        days = found.get(_customer(customer))
        if days is not None:
            _add(days, _day(day), _count(rows), window)
    return {customer: days for customer, days in found.items() if days}


def _add(days: dict[date, int], day: date, rows: int, window: Window) -> None:
    if window.start <= day < window.end and rows:
        days[day] = days.get(day, 0) + rows


def require_columns(names: Sequence[str], wanted: Sequence[str]) -> None:
    """Whether the statement returns what is read here."""
    missing = [name for name in wanted if name not in names]
    if missing:
        raise WrongShape(f"it returns {_listed(names)}, but no column {_listed(missing)}")


def _columns(answer: QueryResult, wanted: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The wanted columns of each row; an answer without rows comes without names."""
    if not answer.result_rows:
        return
    require_columns(answer.column_names, wanted)
    places = [answer.column_names.index(name) for name in wanted]
    for row in answer.result_rows:
        yield tuple(row[place] for place in places)


def _day(value: Any) -> date:
    """Moments are refused: the day of a moment depends on a time zone."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise WrongShape(f"its column day holds {_shown(value)}, not a Date; toDate(…) makes one")
    return value


def _count(value: Any) -> int:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not value >= 0 or value % 1:
        raise WrongShape(f"its column rows holds {_shown(value)}, not a number of rows")
    return int(value)


def _customer(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongShape(f"its column customer holds {_shown(value)}, not a String")
    return value


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) or "nothing"


def _shown(value: Any) -> str:
    return f"{without_secrets(str(value))[:40]} ({type(value).__name__})"

"""The chart of expected and actual rows by day, of the tables in which something differs. Pure."""

from bot.fleet.verification.table_verdict import Day, TableVerdict
from bot.fleet.verification.verdict import CustomerVerdict
from bot.model import CountsChart, DayRows, TableRows

# With more tables or more days, the picture could not be read.
MOST_TABLES = 3
MOST_DAYS = 800


def counts_chart(customer: CustomerVerdict) -> CountsChart | None:
    """The chart of the first ``MOST_TABLES`` tables in which rows differ or are duplicates. None if all tables are as
    expected, if nothing is compared, or if there are too many days."""
    wrong = [table for table in customer.counted if _is_wrong(table)][:MOST_TABLES]
    if not wrong or len(wrong[0].days) > MOST_DAYS:
        return None
    tables = tuple(TableRows(table.table, tuple(map(_rows, table.days))) for table in wrong)
    return CountsChart(customer.cluster, customer.customer, wrong[0].days[0].day, tables)


def _is_wrong(table: TableVerdict) -> bool:
    return table.expected is not None and bool(table.differing or table.duplicates)


def _rows(day: Day) -> DayRows:
    return DayRows(
        day.expected or 0,
        day.count.final,
        day.count.duplicates,
        has_other_contents=day.contents_agree is False,
        is_open=day.is_unfinished,
    )

"""The SQL statements about source rows: how many rows ``verify`` should find in a table, and how large the volume of
each customer is on each day."""

from collections.abc import Mapping
from string import Template

from bot.fleet.onboarding.tables import Candidate

_EXPECTED = Template("""
SELECT $day AS day, count() AS rows
FROM $table
WHERE $customer = {customer:String}
  AND $time >= $start
  AND $time < $end
GROUP BY day
""")
_VOLUME = Template("""
SELECT $customer AS customer, $day AS day, count() AS rows
FROM $table
WHERE $customer IN {customers:Array(String)}
  AND $time >= $start
  AND $time < $end
GROUP BY customer, day
""")
# Gives one row for each customer and day, so that no customer counts as one without data. The real volume stays
# unknown.
UNKNOWN_VOLUME = """
SELECT arrayJoin({customers:Array(String)}) AS customer, {start:Date} + number AS day, 1 AS rows
FROM numbers(toUInt64(dateDiff('day', {start:Date}, {end:Date})))
"""


def expected_statement(source: Candidate) -> str:
    """A statement for the rows of one customer by day, in the form that [[verify.tables]] takes."""
    return _EXPECTED.substitute(_names(source))


def volume_statement(source: Candidate) -> str:
    """A statement for the rows of all customers by day, in the form that [volume] takes."""
    return _VOLUME.substitute(_names(source))


def _names(source: Candidate) -> Mapping[str, str]:
    time = quoted_name(source.time_column)
    is_day = source.has_days
    return {
        "table": f"{quoted_name(source.table.database)}.{quoted_name(source.table.name)}",
        "customer": quoted_name(source.customer_column),
        "time": time,
        "day": f"toDate({time})" if is_day else f"toDate({time}, {{timezone:String}})",
        "start": "{start:Date}" if is_day else "toDateTime({start:Date}, {timezone:String})",
        "end": "{end:Date}" if is_day else "toDateTime({end:Date}, {timezone:String})",
    }


def quoted_name(name: str) -> str:
    """The name of a table or column, in backticks if it has characters that need them."""
    if name.isascii() and name.isidentifier():
        return name
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"

"""Conditions that select the days of a range by a table's time column. They compare the stored values, unconverted,
to constants of the column's own type. So ClickHouse can skip the rows that the table's primary key and partitions
exclude.

The constants are computed by ClickHouse, whose time zones decide on which day a row is. For ClickHouse, each day of a
zone ends exactly where the next one begins, so these bounds and ``toDate`` never disagree. Pure.
"""

import re
from dataclasses import dataclass

from bot.adapters.clickhouse.answers import unwrapped


@dataclass(frozen=True, slots=True)
class TimeSql:
    """Two SQL expressions, in which ``$time`` stands for the time column: ``day`` gives the day of a row, and
    ``within`` tells whether the row is in the range."""

    day: str
    within: str


_DATES = {
    "Date": TimeSql("toDate($time)", "$time >= {start:Date} AND $time < {end:Date}"),
    "Date32": TimeSql("toDate($time)", "$time >= toDate32({start:Date}) AND $time < toDate32({end:Date})"),
}
_MOMENT = re.compile(r"(?P<type>DateTime64|DateTime)(?:\((?:(?P<precision>\d)(?:, )?)?(?:'[^']*')?\))?")
_MOMENT_DAY = "toDate($time, {timezone:String})"

# East of Greenwich, ClickHouse mistakes the first day that a Date can have for the second one, so the start of the
# first day is written in UTC.
_START = "if({start:Date} = toDate(0), toDateTime64(0, 0, 'UTC'), toDateTime64({start:Date}, 0, {timezone:String}))"
_END = "toDateTime64({end:Date}, 0, {timezone:String})"
_LAST_SECOND = 2**32 - 1

# For a column of unknown type. The last two conditions decide; the two before them let ClickHouse skip parts. Two
# days are more than any two time zones differ. A Date has no day before 1970-01-01, and would wrap around.
_ANY_DAY = "toDate(toDateTime64($time, 0, {timezone:String}))"
_ANY = TimeSql(
    _ANY_DAY,
    "$time >= greatest({start:Date}, toDate(2)) - 2 AND $time < {end:Date} + 2"
    f" AND {_ANY_DAY} >= {{start:Date}} AND {_ANY_DAY} < {{end:Date}}",
)


def time_sql(kind: str) -> TimeSql:
    """The SQL for a column of the type ``kind``. If ``kind`` is "" (unknown) or none of Date, Date32, DateTime and
    DateTime64, returns SQL that works for all types of dates and times."""
    bare = unwrapped(kind)
    moment = _MOMENT.fullmatch(bare)
    if moment is None:
        return _DATES.get(bare, _ANY)
    if moment["type"] == "DateTime":
        return TimeSql(_MOMENT_DAY, f"$time >= {_second(_START)} AND $time <= {_second(f'{_END} - 1')}")
    start, end = (f"toDateTime64({moment_of}, {moment['precision']}, 'UTC')" for moment_of in (_START, _END))
    return TimeSql(_MOMENT_DAY, f"$time >= {start} AND $time < {end}")


def has_hours(kind: str) -> bool:
    """Whether a column of this type is known to hold times and not only dates."""
    return _MOMENT.fullmatch(unwrapped(kind)) is not None


def _second(moment: str) -> str:
    """SQL that converts the SQL expression ``moment`` to a DateTime. A DateTime does not cover all days of a Date and
    would wrap around, so a time outside of the range of DateTime becomes the nearest DateTime."""
    return f"toDateTime(toUInt32(greatest(least(toInt64({moment}), {_LAST_SECOND}), 0)), 'UTC')"

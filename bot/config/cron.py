"""Cron lines: reads the five fields as crontab(5) defines them, and finds the wall-clock times that they name.

Wall-clock times have no zone here; ``fleet.cron_times`` turns them into moments. APScheduler searches for the next
time. It gets weekdays by name, because it counts them from Monday, and crontab(5) from Sunday. It searches a calendar
in UTC, because its search may not terminate at a clock change (https://github.com/agronholm/apscheduler/issues/286,
/980 and /1021).
"""

import calendar
import re
from collections.abc import Collection
from datetime import UTC, datetime

from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.model.text import plural

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = tuple(name.lower() for name in calendar.month_abbr[1:])
_LONGEST_MONTHS = {month: calendar.monthrange(2024, month)[1] for month in range(1, 13)}
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_TERM = re.compile(r"(?:\*|(?P<first>[0-9a-z]{1,4})(?:-(?P<last>[0-9a-z]{1,4}))?)(?:/(?P<step>[0-9]{1,4}))?")
_EXPECTED = "minute, hour, day of month, month and day of week"


class _Field:
    """One of the five fields: numbers from ``low`` to ``high``. ``names`` has the names of these numbers, that of
    ``low`` first. The last number may have no name. ``names`` is empty if no number has a name."""

    def __init__(self, name: str, low: int, high: int, names: tuple[str, ...] = ()) -> None:
        self.name, self.low, self.high, self.names = name, low, high, names

    def read(self, text: str) -> frozenset[int]:
        """The numbers that the text names. Raises ValueError that says what to write instead."""
        return frozenset().union(*(self._term(term) for term in text.split(",")))

    def _term(self, term: str) -> range:
        match = _TERM.fullmatch(term)
        if match is None:
            raise ValueError(f"{self.name} {term!r} is not understood: write {self._choice()}, as 1, 1-5, 1,3 or */2")
        first, last, step = match["first"], match["last"], int(match["step"] or 1)
        if step == 0:
            raise ValueError(f"{self.name} {term!r} has a step of 0: write 1 or more after the slash")
        if first is None:
            return range(self.low, self.high + 1, step)
        begin = self._number(first)
        end = self._end(begin, last, term, step) if last else self.high if match["step"] else begin
        return range(begin, end + 1, step)

    def _number(self, text: str) -> int:
        if text in self.names:
            return self.low + self.names.index(text)
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise ValueError(f"{self.name} {text!r} is not understood: write {self._choice()}")
        return int(text)

    def _end(self, begin: int, text: str, term: str, step: int) -> int:
        end = self._number(text)
        if self.names == _WEEKDAYS and text == "sun" and begin > 0:
            # Sunday at the end of a range is day 7.
            end = self.high
        if end < begin:
            raise ValueError(f"{self.name} {term!r} runs backwards: write {self._forwards(begin, end, step)}")
        return end

    def _forwards(self, begin: int, end: int, step: int) -> str:
        """The same days or numbers, written in a form that cron accepts, for the error message: ``sat,sun-mon`` in
        place of ``sat-mon``."""
        first, last, low = self._written(begin), self._written(end), self._written(self.low)
        if begin > self._last():
            # The range begins with Sunday written as 7.
            return _span(first, last) + (f"/{step}" if step > 1 and last != first else "")
        if step > 1:
            chosen = [*range(begin, self._last() + 1), *range(self.low, end + 1)][::step]
            return ",".join(map(self._written, chosen))
        return ",".join((_span(first, self._written(self._last())), _span(low, last)))

    def _last(self) -> int:
        """The highest distinct value: 6 for weekdays, because 7 is Sunday again."""
        return self.low + len(self.names) - 1 if self.names else self.high

    def _written(self, number: int) -> str:
        return self.names[(number - self.low) % len(self.names)] if self.names else str(number)

    def _choice(self) -> str:
        numbers = f"numbers from {self.low} to {self.high}"
        return f"{numbers}, or names from {self.names[0]} to {self.names[-1]}" if self.names else numbers


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _WEEKDAYS),
)


class CronLine:
    """One cron line. ``is_hourly``: it names every hour of the day."""

    def __init__(self, trigger: OrTrigger, *, is_hourly: bool) -> None:
        self._trigger = trigger
        self.is_hourly = is_hourly

    def next_time(self, wall: datetime) -> datetime | None:
        """The first wall-clock time at or after ``wall``, both without a zone; None when there is none."""
        found = self._trigger.get_next_fire_time(None, wall.replace(tzinfo=UTC))
        return found.replace(tzinfo=None) if found else None


def read_cron(text: str) -> CronLine:
    """Parse a cron line. Raises ValueError that says what is wrong and what to write."""
    parts = _parts(text)
    minutes, hours, days, months, weekdays = (field.read(part) for field, part in zip(_FIELDS, parts, strict=True))
    weekdays = frozenset(number % 7 for number in weekdays)
    # As in crontab(5): a day has to be in both fields when one begins with *, and in either when both are restricted.
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    has_day = min(days) <= max(_LONGEST_MONTHS[month] for month in months)
    if not either and not has_day:
        raise ValueError(f"{text!r} never comes: no month that it names has such a day")
    times = {"minute": _numbers(minutes), "hour": _numbers(hours), "month": _numbers(months)}
    by_day = {"day": _numbers(days)}
    by_weekday = {"day_of_week": ",".join(_WEEKDAYS[number] for number in sorted(weekdays))}
    # APScheduler would search every year of the calendar for a day that never comes.
    restricted = [{**by_day, **by_weekday}] if not either else [by_day, by_weekday] if has_day else [by_weekday]
    triggers = [CronTrigger(**times, **fields, timezone=UTC) for fields in restricted]
    return CronLine(OrTrigger(triggers), is_hourly=len(hours) == 24)


def _parts(text: str) -> list[str]:
    written = text.strip().lower()
    if written.startswith("@") and written not in _MACROS:
        raise ValueError(f"{text!r} is not understood: write {', '.join(_MACROS)}, or {_EXPECTED}")
    parts = _MACROS.get(written, written).split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{text!r} has {plural(len(parts), 'field')}: write five, which are {_EXPECTED}")
    return parts


def _numbers(chosen: Collection[int]) -> str:
    first, last = min(chosen), max(chosen)
    return _span(f"{first}", f"{last}") if len(chosen) == last - first + 1 else ",".join(map(str, sorted(chosen)))


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"

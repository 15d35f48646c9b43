"""Reads and writes the days of a run in the form that a team uses: ISO, a strftime form, or seconds since 1970."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from bot.fleet.runs.day_start import SECOND, day_begun, first_moment
from bot.model import Execution, Window
from bot.model.placeholders import END_FORMS, EPOCH, EPOCH_END, EPOCH_MS, EPOCH_MS_END, ISO
from bot.model.window import ONE_DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {
    EPOCH: SECOND,
    EPOCH_END: SECOND,
    EPOCH_MS: timedelta(milliseconds=1),
    EPOCH_MS_END: timedelta(milliseconds=1),
}
# A longer text is no date and no count.
_LONGEST = 64
# A number of days, which some languages write as 7.0.
_COUNT = re.compile(r"(\d{1,6})(?:\.0*)?", re.ASCII)
# JSON begins with these only if it is no single value.
_SEVERAL = ("[", "{")
# A week without a weekday: 2026-W05. Python reads it as a Monday, and whoever writes it means seven days.
_WEEK = re.compile(r"\d{4}-?W\d\d(?!-?\d)")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a run in one source, as text; "" if a field is absent. ``last`` is the last day, ``days`` the
    number of days."""

    customer: str = ""
    start: str = ""
    end: str = ""
    last: str = ""
    days: str = ""

    @property
    def has_days(self) -> bool:
        """Whether the source holds anything about days, even if it cannot be read."""
        return bool(self.start or self.end or self.last or self.days)


def customer_name(text: str) -> str:
    """The name of one customer, without spaces around it; "" for a JSON list or table. A search attribute with
    several values is read as a list, and a run for several customers is not a run of one customer."""
    name = text.strip()
    if not name.startswith(_SEVERAL):
        return name
    try:
        json.loads(name)
    except (ValueError, RecursionError):
        return name
    return ""


@dataclass(frozen=True, slots=True)
class DayReading:
    """How a source writes days. ``end_included``: the field ``end`` has the last day, and not the day after it.
    ``one_day``: a start without an end means one day."""

    form: str
    zone: tzinfo
    end_included: bool = False
    one_day: bool = False

    def window(self, fields: Fields) -> Window | None:
        """The days of the run; None if they are absent, make no sense, or contradict each other."""
        first = read_day(fields.start, self.form, self.zone)
        if first is None:
            return None
        try:
            ends = self._ends(fields, first) or ({first + ONE_DAY} if self.one_day else set())
        except OverflowError:
            return None
        after = next(iter(ends), None)
        return Window(first, after) if len(ends) == 1 and after is not None and after > first else None

    def _ends(self, fields: Fields, first: date) -> set[date | None]:
        """The day after the last day, from each field that tells it; None for a field that cannot be read."""
        ends: set[date | None] = set()
        if fields.end:
            ends.add(self._after(fields.end, is_last=self.end_included))
        if fields.last:
            ends.add(self._after(fields.last, is_last=True))
        if fields.days:
            count = _COUNT.fullmatch(fields.days)
            ends.add(first + timedelta(days=int(count[1])) if count else None)
        return ends

    def _after(self, text: str, *, is_last: bool) -> date | None:
        day = read_day(text, self.form, self.zone, is_last=is_last)
        return day + ONE_DAY if day and is_last else day


# Thousands of runs repeat the same few dates.
@lru_cache(maxsize=10_000)
def read_day(text: str, form: str, zone: tzinfo, *, is_last: bool = False) -> date | None:
    """The day that a text stands for; None if it stands for none.

    The text may be a date, a midnight (as written, or in ``zone``), or the first instant of a day in ``zone``. A time
    without an offset is taken to be in ``zone``. With ``is_last``, the last second of a day stands for that day too.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        return _read_day(text, form, zone, is_last=is_last)
    except (ValueError, OverflowError):
        return None


def write_day(day: date, form: str, zone: tzinfo) -> str:
    """The day in this form, which ``read_day`` reads back. Raises OverflowError near the earliest and latest date."""
    if form in END_FORMS:
        return str((first_moment(day + ONE_DAY, zone) - _EPOCH) // _UNITS[form] - 1)
    if form in _UNITS:
        return str((first_moment(day, zone) - _EPOCH) // _UNITS[form])
    return day.isoformat() if form == ISO else day.strftime(form)


def _read_day(text: str, form: str, zone: tzinfo, *, is_last: bool) -> date | None:
    if form in _UNITS:
        return _day_of(_EPOCH + _count(text) * _UNITS[form], zone, is_last=is_last)
    if form == ISO:
        if _WEEK.match(text):
            raise ValueError(f"{text!r} is a week")
        written = datetime.fromisoformat(text)
    else:
        written = datetime.strptime(text, form)  # noqa: DTZ007  (a form holds no offset)
        # strptime also takes one digit where the form has two. Then an id could be read in several ways.
        if written.strftime(form) != text:
            return None
    if written.time() == time.min:
        return written.date()
    return _day_of(written if written.tzinfo else written.replace(tzinfo=zone), zone, is_last=is_last)


def _count(text: str) -> int:
    """The whole number in the text; some languages write it as 1767225600.0. Raises ValueError for any other text."""
    whole, _, fraction = text.partition(".")
    if fraction.strip("0"):
        raise ValueError(f"{text!r} is no whole number")
    return int(whole)


def _day_of(moment: datetime, zone: tzinfo, *, is_last: bool) -> date | None:
    local = moment.astimezone(zone)
    # If the clocks go back at midnight, a day has two midnights, and libraries differ in which one they write.
    day = local.date() if local.time() == time.min else day_begun(local.astimezone(UTC), zone)
    if day is None and is_last and first_moment(local.date() + ONE_DAY, zone) - local.astimezone(UTC) <= SECOND:
        return local.date()
    return day


def days_over(campaign: Window, execution: Execution, zone: tzinfo) -> Window:
    """The days of the campaign that were over when the run started. If none was over, an open run gets the whole
    campaign, because the run may be meant to fill the whole campaign. If none was over, a closed run gets the day
    before the campaign, because the run has filled no day of the campaign."""
    over = campaign.intersection(Window(date.min, execution.started_at.astimezone(zone).date()))
    if over is None and not execution.status.is_open:
        return Window.of_days(campaign.start - ONE_DAY, 1)
    return over or campaign

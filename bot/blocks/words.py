"""Dates, ranges, numbers, names and failures in words. All messages use the same words."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.blocks import dates, kit
from bot.commands.words import typed
from bot.model import Failure, FailureKind, Window, in_utc, text

LONGEST_NAME = 120

plural = text.plural


def long_range(window: Window, now: datetime) -> str:
    """``Jan 1–Feb 20 (51 days)``, where Feb 20 is the last day. Years appear only if they are not the year of
    ``now``."""
    is_this_year = window.start.year == window.last.year == now.year
    return f"{window.briefly() if is_this_year else window.with_year()} ({days(window.days)})"


def typed_range(window: Window) -> str:
    """The range as it was typed: ``2026-01-01..2026-02-21 (51 days, Feb 21 not included)``. It is long on purpose, so
    that people notice if they have typed another end than they meant."""
    return f"{window} ({days(window.days)}, {window.end:%b} {window.end.day} not included)"


def range_of_answer(window: Window, now: datetime, *, is_typed: bool) -> str:
    """The range that an answer is about: as ``typed_range`` if somebody typed it, otherwise as ``long_range``."""
    return typed_range(window) if is_typed else long_range(window, now)


def in_campaign(campaign: str) -> str:
    """`` in march``, to append to a command that a person is to type; "" if there is only one campaign."""
    return f" in {typed(name(campaign))}" if campaign else ""


def short_range(window: Window) -> str:
    """``Jan 6–10``, where Jan 10 is the last day."""
    return window.briefly()


def range_in(window: Window, whole: Window) -> str:
    """``Jan 7``, ``Jan 7–9`` or ``Jan 30–Feb 2``, where Feb 2 is the last day. With years if ``whole`` spans more
    than one."""
    return window.with_year() if _spans_years(whole) else window.briefly()


def day_in(day: date, whole: Window) -> str:
    """``Jan 7``, or ``Jan 7, 2026`` if ``whole`` spans more than one year."""
    return range_in(Window.of_days(day, 1), whole)


def first_days_in(windows: Sequence[Window], whole: Window, limit: int) -> str:
    """The first ``limit`` windows, as ``range_in`` writes them, and the number of days in the others."""
    shown = ", ".join(range_in(window, whole) for window in windows[:limit])
    hidden = sum(window.days for window in windows[limit:])
    return f"{shown} and {plural(hidden, 'more day')}" if hidden else shown


def _spans_years(whole: Window) -> bool:
    return whole.start.year != whole.last.year


def days(number: int) -> str:
    """``1 day``, ``51 days``."""
    return plural(number, "day")


def completeness(complete: int, total: int, unknown: int) -> str:
    """``89 of 95 customers complete``. If some customers are unknown, ``At least 89 …``, because unknown ones may be
    complete as well. If some are unknown and ``complete`` is 0, ``Unknown how many of 95 customers are complete``."""
    customers = plural(total, "customer")
    if not unknown:
        return f"{complete:,} of {customers} complete"
    return (
        f"At least {complete:,} of {customers} complete"
        if complete
        else f"Unknown how many of {customers} are complete"
    )


def without_work(clusters: int) -> str:
    """``3 clusters have nothing to backfill``. On each of these clusters, no customers are expected, or no expected
    customer has rows."""
    return f"{plural(clusters, 'cluster')} {'has' if clusters == 1 else 'have'} nothing to backfill"


def percent(part: int, whole: int) -> str:
    """The share as a whole number; it is ``100%`` only if everything is done."""
    return f"{min(100 * part // whole, 100)}%"


def be(number: int) -> str:
    """``is`` for one, else ``are``."""
    return "is" if number == 1 else "are"


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    first, last = parts[:-1], parts[-1:]
    return " and ".join([", ".join(first), *last] if first else last)


def either(parts: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    first, last = parts[:-1], parts[-1:]
    return " or ".join([", ".join(first), *last] if first else last)


def name(text: str) -> str:
    """A name from outside, on one line and cut to ``LONGEST_NAME``."""
    return kit.clip(" ".join(text.split()), LONGEST_NAME)


def sentence(text: str, limit: int = 500) -> str:
    """The text on one line, cut to ``limit``, and with a full stop."""
    line = kit.clip(" ".join(text.split()), limit)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def when(at: datetime) -> str:
    """A time that Slack shows in each reader's time zone. A client that cannot do that shows it in UTC."""
    return dates.token(at, dates.DAY_AND_TIME)


def clock(at: datetime) -> str:
    """As ``when``, but without the day. A client that cannot draw it shows ``plain_when``, with the day."""
    return dates.token(at, dates.TIME)


def plain_when(at: datetime) -> str:
    """A time for plain text, in UTC: ``2026-02-22 09:00 UTC``."""
    return in_utc(at)


def failure(failure: Failure) -> str:
    """Why an attempt ended, in plain text: the kind of failure, followed by the message. The kind stands alone if
    there is no message, and for a timeout whose message contains the kind, because Temporal has nothing more to say
    about a timeout. The message stands alone if, in any other case, it contains the kind, and if the team's own code
    raised the error."""
    message, kind = kit.clip(" ".join(failure.message.split()), 300), failure.kind.value
    if not message:
        return kind
    contains_kind = kind in message.lower()
    if contains_kind and failure.kind.is_timeout:
        return kind
    return message if contains_kind or failure.kind is FailureKind.APPLICATION else f"{kind}: {message}"


def rows(number: float) -> str:
    """``1 row``, ``under 1 row``, ``82K rows``."""
    shown = amount(number)
    return f"{shown} row" if shown.endswith(" 1") or shown == "1" else f"{shown} rows"


def amount(number: float) -> str:
    """A number rounded for reading: ``950``, ``82K``, ``4.2M``."""
    if 0 < number < 1:
        return "under 1"
    if number < 9_999.5:
        return f"{number:,.0f}"
    return f"{number / 1_000:.0f}K" if number < 999_500 else f"{number / 1_000_000:,.1f}M"

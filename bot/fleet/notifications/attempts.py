"""The lines in an alert's thread about ended attempts of an activity. Each attempt has a line; but when many attempts
fail in the same way, a line counts several."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from bot.fleet.notifications.notification import AttemptsLine
from bot.fleet.runs.observation import DescribedRun
from bot.model import SeenFailure

# Each of the first five attempts has a line. A later attempt that fails like the one before it has a line only if its
# number is a multiple of five.
ALWAYS_WITH_LINE = 5
EVERY = 5


def ended_attempts(
    name: str, first: int, run: DescribedRun, failures: Iterable[SeenFailure], now: datetime
) -> Iterator[AttemptsLine]:
    """The lines about the attempts from ``first`` on that have ended. Each attempt whose failure the bot has seen has
    a line, and so has the latest attempt. But after the fifth attempt, an attempt that failed like the one before it
    has a line only if its number is a multiple of five.

    The next line counts the attempts before it that have no line. Which attempts have a line depends on the failures
    alone, and not on how often the bot describes the run.
    """
    own = (seen for seen in failures if (seen.ref, seen.activity_id) == (run.ref, run.activity_id))
    seen = {failure.attempt: failure for failure in own}
    for line in _lines(name, first, run, seen, now):
        if not _has_no_line(line.last, seen):
            yield replace(line, alike=_without_line_before(line.first, seen))


def _lines(
    name: str, first: int, run: DescribedRun, seen: Mapping[int, SeenFailure], now: datetime
) -> Iterator[AttemptsLine]:
    for attempt in range(first, run.attempt):
        if attempt not in seen and attempt < run.attempt - 1:
            continue
        failure = seen.get(attempt)
        yield AttemptsLine(
            name=name,
            first=first,
            last=attempt,
            failure=failure.failure if failure else None,
            progress=run.before if attempt == run.attempt - 1 else "",
            seen_at=failure.seen_at if failure else now,
            next_attempt=attempt + 1,
            child=run.children.shown if run.children else None,
        )
        first = attempt + 1


def _has_no_line(attempt: int, seen: Mapping[int, SeenFailure]) -> bool:
    if attempt <= ALWAYS_WITH_LINE or attempt % EVERY == 0:
        return False
    this, before = seen.get(attempt), seen.get(attempt - 1)
    return this is not None and before is not None and this.failure == before.failure


def _without_line_before(attempt: int, seen: Mapping[int, SeenFailure]) -> int:
    """How many attempts right before this one have no line."""
    with_line = next(n for n in range(attempt - 1, -1, -1) if not _has_no_line(n, seen))
    return attempt - 1 - with_line

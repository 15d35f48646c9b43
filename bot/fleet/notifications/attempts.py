"""What a thread tells of the attempts of one activity that have ended: a line each, whatever was seen of them; once
there are many that end alike, a line for several."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from bot.fleet.notifications.notification import AttemptsLine
from bot.fleet.runs.observation import DescribedRun
from bot.model import SeenFailure

# So many have a line each; of later ones that end as the one before did, every fifth has.
ALWAYS_TOLD = 5
EVERY = 5


def ended_attempts(
    name: str, first: int, look: DescribedRun, failures: Iterable[SeenFailure], now: datetime
) -> Iterator[AttemptsLine]:
    """A line for each ended attempt from ``first`` on whose failure was seen; gaps join the line that follows, and so
    do those that go without saying. Which these are follows from the failures alone, however often one looks."""
    own = (seen for seen in failures if (seen.ref, seen.activity_id) == (look.ref, look.activity_id))
    seen = {failure.attempt: failure for failure in own}
    for line in _each(name, first, look, seen, now):
        if not _goes_without_saying(line.last, seen):
            yield replace(line, alike=_unsaid_before(line.first, seen))


def _each(
    name: str, first: int, look: DescribedRun, seen: Mapping[int, SeenFailure], now: datetime
) -> Iterator[AttemptsLine]:
    for attempt in range(first, look.attempt):
        if attempt not in seen and attempt < look.attempt - 1:
            continue
        known = seen.get(attempt)
        yield AttemptsLine(
            name=name,
            first=first,
            last=attempt,
            failure=known.failure if known else None,
            progress=look.before if attempt == look.attempt - 1 else "",
            seen_at=known.seen_at if known else now,
            next_attempt=attempt + 1,
        )
        first = attempt + 1


def _goes_without_saying(attempt: int, seen: Mapping[int, SeenFailure]) -> bool:
    if attempt <= ALWAYS_TOLD or attempt % EVERY == 0:
        return False
    this, before = seen.get(attempt), seen.get(attempt - 1)
    return this is not None and before is not None and this.failure == before.failure


def _unsaid_before(attempt: int, seen: Mapping[int, SeenFailure]) -> int:
    """How many have gone without saying just before this one."""
    said = next(n for n in range(attempt - 1, -1, -1) if not _goes_without_saying(n, seen))
    return attempt - 1 - said

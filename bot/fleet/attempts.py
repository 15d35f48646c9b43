"""What a thread tells of the attempts of one activity that have ended: a line each, whatever was seen of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.fleet.looks import Look
from bot.fleet.sayings import AttemptsLine
from bot.model import SeenFailure


def ended_attempts(
    name: str, first: int, look: Look, failures: Iterable[SeenFailure], now: datetime
) -> Iterator[AttemptsLine]:
    """A line for each ended attempt from ``first`` on whose failure was seen; gaps join the line that follows."""
    own = (seen for seen in failures if (seen.ref, seen.activity_id) == (look.ref, look.activity_id))
    seen = {failure.attempt: failure for failure in own}
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

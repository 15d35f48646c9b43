"""Plans a run: its steps, how long each takes, and where a run that is too long goes silent. No I/O."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.scenario.model import Campaign, Customer
from sandbox.worker.contract import Piece
from sandbox.worker.tables import Span

# In seconds of real time. A day is copied in parts that take about this long, so that a person sees the rows grow.
PIECE_SECONDS = 15.0
MOST_PIECES = 8


@dataclass(frozen=True)
class Step:
    """Wait for `seconds`, then copy `span`. If `silent`, the activity copies nothing after the wait, and sends no
    more heartbeats."""

    day: date
    seconds: float
    span: Span
    silent: bool = False


@dataclass(frozen=True)
class CopyPlan:
    """The days that an activity copies, whole days in the campaign's time zone, `end` excluded. The activity goes
    silent once it has copied `silent_after_days` (None: never)."""

    start: date
    end: date
    zone: ZoneInfo
    day_seconds: float
    silent_after_days: float | None

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def day(self, number: int) -> date:
        """The day to copy next after the first `number` days. If all days are copied, the last day."""
        return self.start + timedelta(days=min(number, self.days - 1))

    def first_days(self, count: int) -> Span:
        return Span(self._midnight(0), self._midnight(count))

    def steps(self, done_days: int) -> Iterator[Step]:
        """Yields the steps that are left after `done_days`."""
        pieces = max(1, min(MOST_PIECES, math.ceil(self.day_seconds / PIECE_SECONDS)))
        for index in range(done_days * pieces, self.days * pieces):
            step = self._step(index, pieces)
            left = math.inf if self.silent_after_days is None else self.silent_after_days - index / pieces
            if left * pieces < 1:
                yield Step(step.day, max(0.0, left) * self.day_seconds, step.span, silent=True)
                return
            yield step

    def _step(self, index: int, pieces: int) -> Step:
        day, piece = divmod(index, pieces)
        begin, end = self._midnight(day), self._midnight(day + 1)
        length = (end - begin) / pieces
        span = Span(begin + piece * length, end if piece == pieces - 1 else begin + (piece + 1) * length)
        return Step(self.start + timedelta(days=day), self.day_seconds / pieces, span)

    def _midnight(self, day: int) -> datetime:
        # Converted to UTC, so that the length of a day with a clock change is right.
        local = datetime.combine(self.start + timedelta(days=day), time.min, self.zone)
        return datetime.fromtimestamp(local.timestamp(), ZoneInfo("UTC"))


def copy_plan(customer: Customer, campaign: Campaign, piece: Piece, speed: float) -> CopyPlan:
    """The plan for one piece of a run. Raises ValueError if its days are not a range of ISO dates."""
    start, end = date.fromisoformat(piece.start), date.fromisoformat(piece.end)
    run_start, run_end = date.fromisoformat(piece.run_start), date.fromisoformat(piece.run_end)
    if start >= end:
        raise ValueError(f"{start}..{end} is no range")
    too_long = customer.max_days is not None and (run_end - run_start).days > customer.max_days
    silent_after = (customer.silent_after_days or customer.max_days) if too_long else None
    return CopyPlan(
        start=start,
        end=end,
        zone=ZoneInfo(campaign.timezone),
        day_seconds=customer.hours * 3600 / campaign.days / speed,
        silent_after_days=None if silent_after is None else _within(start, end, run_start, silent_after),
    )


def _within(start: date, end: date, run_start: date, silent_after_days: float) -> float | None:
    """The number of days that this piece copies before it goes silent; None if the run goes silent in another
    piece."""
    days = silent_after_days - (start - run_start).days
    return days if 0 <= days < (end - start).days else None

"""Judges from the runs themselves whether their ends are included: whether an end is the last day or the day after
it. Pure.

The evidence: windows that meet, runs of a single day, a count of days beside the dates, and the end of the campaign.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.model import Window
from bot.model.window import ONE_DAY

# One piece of evidence may be a coincidence, for example a customer whose days were cut again.
_ENOUGH = 2
# A run that makes sense only with its end included, or only with its end excluded, counts as much as two windows that
# meet.
_WEIGHT_OF_PROOF = 2


@dataclass(frozen=True, slots=True)
class DatedRun:
    """A run's first day, its ``end`` as written, and its ``count`` of days. ``count`` is None if no field of the run
    is known to hold such a count.

    ``is_last_day``: the end can only be the last day, because it is 23:59:59 or the same as the first day.
    """

    customer: str
    start: date
    end: date
    is_last_day: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class EndEvidence:
    """How much evidence there is that ends are ``excluded`` (an end is the day after the last) and that they are
    ``included`` (an end is the last day)."""

    excluded: int = 0
    included: int = 0
    # A run over a whole month is no evidence, because windows may have 30 days. It only decides what is offered first
    # if the evidence is equal.
    is_month: bool = False

    @classmethod
    def of(cls, runs: Sequence[DatedRun], campaign: Window | None) -> Self:
        """The evidence in these runs. ``campaign`` is None if none is configured yet."""
        pieces = [*_of_single_runs(runs), *_of_meeting_windows(runs), *_of_campaign(runs, campaign)]
        excluded, included = (sum(piece[kind] for piece in pieces) for kind in (0, 1))
        return cls(excluded, included, any(map(_is_whole_month, runs)))

    @property
    def is_certain(self) -> bool:
        """Whether there is enough evidence that ends are excluded and none that they are included, or the reverse."""
        return max(self.excluded, self.included) >= _ENOUGH and not min(self.excluded, self.included)

    @property
    def is_proof(self) -> bool:
        """Whether it is certain that ends are excluded."""
        return self.is_certain and self.excluded > self.included

    @property
    def leans_to_included(self) -> bool:
        """Whether there is more evidence that ends are included than that they are excluded. If there is equal
        evidence for both, the result is ``is_month``: whether a run fills a whole month if its end is included."""
        return self.is_month if self.excluded == self.included else self.included > self.excluded


def _of_single_runs(runs: Sequence[DatedRun]) -> Iterator[tuple[int, int]]:
    """The evidence that each run gives by itself, as pairs of ``excluded`` and ``included``. The counts of days are
    evidence only if every run has a count that fits its dates."""
    have_counts = all(run.count in _possible_counts(run) for run in runs)
    for run in dict.fromkeys(runs):
        if run.is_last_day:
            yield 0, _WEIGHT_OF_PROOF
        elif have_counts:
            yield (1, 0) if run.count == _possible_counts(run)[0] else (0, 1)


def _possible_counts(run: DatedRun) -> tuple[int, int]:
    days = (run.end - run.start).days
    return days, days + 1


def _of_meeting_windows(runs: Sequence[DatedRun]) -> Iterator[tuple[int, int]]:
    """Evidence from windows of the same customer that meet, as pairs of ``excluded`` and ``included``. If an end is
    the first day of another window, this is evidence for ``excluded``. If an end is the day before the first day of
    another window, this is evidence for ``included``. An end that is both is no evidence."""
    for customer in dict.fromkeys(run.customer for run in runs):
        own = [run for run in runs if run.customer == customer]
        starts = {run.start for run in own}
        # The end of a run of a single day may be its own first day, so it is not the start of another window.
        met = {(run.end, run.end in starts and run.end > run.start, run.end + ONE_DAY in starts) for run in own}
        yield from ((int(is_start), int(is_before)) for _, is_start, is_before in met if is_start != is_before)


def _of_campaign(runs: Sequence[DatedRun], campaign: Window | None) -> Iterator[tuple[int, int]]:
    """Evidence from runs that end with the campaign, as pairs of ``excluded`` and ``included``. A run that also
    begins with the campaign counts twice, because its end is hardly a coincidence."""
    for _, start, end in {(run.customer, run.start, run.end) for run in runs} if campaign else set():
        if campaign and end in (campaign.end, campaign.last):
            weight = _WEIGHT_OF_PROOF if start == campaign.start else 1
            yield (weight, 0) if end == campaign.end else (0, weight)


def _is_whole_month(run: DatedRun) -> bool:
    return run.start.day == 1 and (run.end + ONE_DAY).day == 1 and run.end > run.start

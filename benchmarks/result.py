"""What a benchmark yields: results with their targets, and how a figure grows with the size of the fleet."""

import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Self

TIMES = "×"


class Verdict(StrEnum):
    """How a result compares with its target. A result without a target is ``TOLD``."""

    REACHED = "reached"
    MISSED = "missed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with the lowest and highest of the ``count`` measurements that it summarizes."""

    value: float
    lowest: float
    highest: float
    count: int

    @classmethod
    def median_of(cls, values: Sequence[float]) -> Self:
        """The median of the values."""
        return cls(median(values), min(values), max(values), len(values))

    @classmethod
    def percentile_of(cls, values: Sequence[float], percent: float) -> Self:
        """The smallest value that ``percent`` % of the values do not exceed."""
        rank = max(1, math.ceil(len(values) * percent / 100))
        return cls(sorted(values)[rank - 1], min(values), max(values), len(values))

    @classmethod
    def most_of(cls, values: Sequence[float]) -> Self:
        """The greatest value."""
        return cls(max(values), min(values), max(values), len(values))

    @classmethod
    def single(cls, value: float) -> Self:
        """A value that was measured once."""
        return cls(value, value, value, 1)


@dataclass(frozen=True, slots=True)
class Target:
    """A limit for the ratio or, in a result without a ratio, for the bot's own figure. With ``is_least`` it is a
    minimum, otherwise a maximum."""

    limit: float
    is_least: bool = False

    def is_reached_by(self, value: float) -> bool:
        """Whether the value is within the limit; a value equal to the limit is."""
        return value >= self.limit if self.is_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. The ``ratio`` is that of ``bot`` to ``reference``; a result may have a reference without
    a ratio. The target is for the ratio if there is one."""

    name: str
    bot: Figure
    unit: str
    target: Target | None = None
    reference: Figure | None = None
    reference_is: str = ""
    ratio: Figure | None = None
    note: str = ""

    @property
    def decisive(self) -> Figure:
        """The figure that is compared with the target."""
        return self.ratio or self.bot

    @property
    def verdict(self) -> Verdict:
        if self.target is None:
            return Verdict.TOLD
        return Verdict.REACHED if self.target.is_reached_by(self.decisive.value) else Verdict.MISSED


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that failed. Results that it has yielded before stay valid."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Point:
    """What the bot takes at one size, and what its reference takes there if there is one."""

    size: int
    bot: float
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """How a figure grows with a size, for a picture."""

    name: str
    of: str
    unit: str
    points: tuple[Point, ...]


Yield = Result | Growth
Measuring = AsyncIterator[Yield]
"""What each benchmark's ``measure`` returns: results as they come, so that the first ones are kept if it fails
later."""


def ratios(pairs: Sequence[tuple[float, float]]) -> Figure:
    """The median ratio of the bot to the reference, from pairs of both."""
    return Figure.median_of([bot / reference for bot, reference in pairs])


def of_pairs(
    name: str, pairs: Sequence[tuple[float, float]], unit: str, target: Target | None, reference_is: str
) -> Result:
    """A result with the medians of both and of their ratio, from pairs of the bot's and the reference's values."""
    bot, reference = zip(*pairs, strict=True)
    of_bot, of_reference = Figure.median_of(bot), Figure.median_of(reference)
    return Result(name, of_bot, unit, target, of_reference, reference_is, ratios(pairs))

"""By what rules the size of a window is chosen, and what people have seen work; volumes are scorecards a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Tier:
    """Customers of up to ``up_to`` scorecards a day, None: of any number, get windows of ``days``."""

    up_to: float | None
    days: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """A customer whose windows went well, of what size; ``took`` is how long one did, None when nobody noted it."""

    name: str
    scorecards: float
    days: int
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class SizingRules:
    """``target`` is how long a window should take; runs shorter than ``shortest`` measure nothing.

    ``min_days`` and ``max_days`` bound every choice but an override. ``tiers`` are in rising order, the last without
    a bound. ``overrides`` are days by customer, or by ``cluster/customer``, which wins.
    """

    target: timedelta
    shortest: timedelta
    min_days: int
    max_days: int
    tiers: tuple[Tier, ...]
    overrides: Mapping[str, int]
    baselines: tuple[Baseline, ...]

    def tier_of(self, scorecards: float) -> Tier:
        """The first whose bound this volume does not exceed."""
        return next(tier for tier in self.tiers if tier.up_to is None or scorecards <= tier.up_to)

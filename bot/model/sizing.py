"""The configured rules for the size of a window: tiers, overrides and baselines. Volumes are rows a day, which the
configuration calls scorecards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Tier:
    """Customers of up to ``up_to`` scorecards a day (None: no bound) get windows of ``days`` days."""

    up_to: float | None
    days: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """A customer, and the window size that worked for it; ``took`` is how long a window took, None if not noted."""

    name: str
    scorecards: float
    days: int
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class SizingRules:
    """``target`` is how long a window should take; runs shorter than ``shortest`` are not measured.

    ``min_days`` and ``max_days`` bound every size except overrides. ``tiers`` are in ascending order, and the last
    has no bound. ``overrides`` are days by customer or by ``cluster/customer``; the latter takes precedence.
    """

    target: timedelta
    shortest: timedelta
    min_days: int
    max_days: int
    tiers: tuple[Tier, ...]
    overrides: Mapping[str, int]
    baselines: tuple[Baseline, ...]

    def tier_of(self, scorecards: float) -> Tier:
        """The first tier whose bound is not below this volume."""
        return next(tier for tier in self.tiers if tier.up_to is None or scorecards <= tier.up_to)

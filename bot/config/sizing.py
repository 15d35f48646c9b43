"""The [sizing] table of backfill.toml, which decides how many days a window has. Its defaults are what worked for one
team."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import Field, FiniteFloat, ValidationInfo, field_validator

from bot.config.section import Name, Section, Span
from bot.model import Baseline, SizingRules, Tier

Days = Annotated[int, Field(ge=1, le=3_650)]
Scorecards = Annotated[FiniteFloat, Field(gt=0)]


class TierConfig(Section):
    """The window size for customers whose volume is at most ``up_to``."""

    up_to: Scorecards | None = Field(default=None, description="scorecards a day, a number; the last tier has none")
    days: Days = Field(description="the days of a window, a whole number from 1")


class BaselineConfig(Section):
    """A window size that worked for a customer."""

    name: Name = Field(description="the customer")
    scorecards: Scorecards = Field(description="its scorecards a day, a number")
    days: Days = Field(description="the days of its windows, a whole number from 1")
    took: Span | None = Field(default=None, description="how long one window took, as 2h15m")


class Sizing(Section):
    """How the size of a window is chosen."""

    target: Span = Field(default=timedelta(hours=3), description="how long a window should take, as 3h")
    shortest: Span = Field(default=timedelta(minutes=1), description="a shorter run measures nothing, as 1m")
    min_days: Days = Field(default=1, description="the fewest days of a window, a whole number from 1")
    max_days: Days = Field(default=10, description="the most days of a window, not fewer than min_days")
    tiers: tuple[TierConfig, ...] = Field(
        default=(TierConfig(up_to=50_000, days=10), TierConfig(up_to=250_000, days=5), TierConfig(days=1)),
        description="tables with up_to and days; the bounds rise, and the last has no up_to",
    )
    overrides: Mapping[Name, Days] = Field(default={}, description="days by customer or cluster/customer")
    baselines: tuple[BaselineConfig, ...] = Field(
        default=(), description="tables with name, scorecards, days and, if known, took"
    )

    @field_validator("max_days")
    @classmethod
    def _not_below(cls, most: int, info: ValidationInfo) -> int:
        fewest = info.data.get("min_days", 1)
        if most < fewest:
            raise ValueError(f"{most} is below min_days {fewest}")
        return most

    @field_validator("tiers")
    @classmethod
    def _in_order(cls, tiers: tuple[TierConfig, ...]) -> tuple[TierConfig, ...]:
        bounds = [tier.up_to for tier in tiers]
        if not tiers or bounds[-1] is not None:
            raise ValueError("the last one has a bound, or there is none")
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds) - 1:
            raise ValueError("one before the last has no up_to")
        if any(later <= earlier for earlier, later in pairwise(known)):
            raise ValueError("the bounds do not rise")
        return tiers

    @property
    def rules(self) -> SizingRules:
        """These settings as ``SizingRules``, which the model and the planner use."""
        return SizingRules(
            target=self.target,
            shortest=self.shortest,
            min_days=self.min_days,
            max_days=self.max_days,
            tiers=tuple(Tier(tier.up_to, tier.days) for tier in self.tiers),
            overrides=self.overrides,
            baselines=tuple(Baseline(b.name, b.scorecards, b.days, b.took) for b in self.baselines),
        )

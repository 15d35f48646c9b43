"""How many days a window gets, and why: asked for, else override, else measured hours, else the tier of the volume.

What was measured wins over what is configured, and a person over both: docs/decisions/sizing.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.fleet.directory import Target
from bot.fleet.throughput import Pace, Source
from bot.model import Baseline, SizingRules, Tier


class Basis(StrEnum):
    """What decided the size; caution is the size for the largest customers, when nothing is known."""

    ASKED = "asked"
    OVERRIDE = "override"
    CUSTOMER = "customer"
    CLUSTER = "cluster"
    TIER = "tier"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Size:
    """``days`` of a window. ``wanted`` is what the basis alone gives: bounds and the campaign may change that.

    ``tier`` and ``like``, the baselines of that tier and size, nearest first, are set where the tier decided.
    """

    days: int
    basis: Basis
    target: timedelta
    wanted: int
    tier: Tier | None = None
    like: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a customer: scorecards a day (None: the source did not say) and pace (None: nothing tells)."""

    per_day: float | None
    pace: Pace | None


def asked(days: int, rules: SizingRules) -> Size:
    """What a person typed."""
    return Size(days, Basis.ASKED, rules.target, days)


def choose(target: Target, known: Known, longest: int, rules: SizingRules) -> Size:
    """The size for this customer, never more than ``longest`` days: those of the campaign."""
    override = rules.overrides.get(str(target), rules.overrides.get(target.customer))
    if override is not None:
        return Size(min(override, longest), Basis.OVERRIDE, rules.target, override)
    size = _by_pace(known.pace, rules) or _by_tier(target.customer, known.per_day, rules) or _caution(rules)
    return _bounded(size, longest, rules)


def _by_pace(pace: Pace | None, rules: SizingRules) -> Size | None:
    """As many days as the target has room for; baselines are what the tiers were made from, and measure nothing."""
    if pace is None or pace.source is Source.BASELINES or not pace.usual:
        return None
    basis = Basis.CUSTOMER if pace.source is Source.CUSTOMER else Basis.CLUSTER
    days = rules.target // pace.usual
    return Size(days, basis, rules.target, days)


def _by_tier(customer: str, per_day: float | None, rules: SizingRules) -> Size | None:
    if per_day is None:
        return None
    tier = rules.tier_of(per_day)
    alike = [b for b in rules.baselines if rules.tier_of(b.scorecards) is tier and b.days == tier.days]

    def distance(baseline: Baseline) -> tuple[bool, float]:
        ratio = baseline.scorecards / per_day if per_day else baseline.scorecards
        return baseline.name != customer, max(ratio, 1 / ratio)

    return Size(tier.days, Basis.TIER, rules.target, tier.days, tier, tuple(sorted(alike, key=distance)))


def _caution(rules: SizingRules) -> Size:
    days = rules.tiers[-1].days
    return Size(days, Basis.CAUTION, rules.target, days)


def _bounded(size: Size, longest: int, rules: SizingRules) -> Size:
    days = min(max(size.days, rules.min_days), rules.max_days, longest)
    return Size(days, size.basis, size.target, size.wanted, size.tier, size.like)

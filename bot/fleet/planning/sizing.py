"""How many days a window gets, and why: asked for, else override, else the customer's own measured hours, else its
own baseline, else its cluster's hours, else the tier of the volume.

A person wins over everything, and what is the customer's own over its neighbours': docs/decisions/sizing.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.fleet.name_lookup import Target
from bot.fleet.planning.throughput import Pace, Source
from bot.model import Baseline, SizingRules, Tier

# By so much a window may miss the target, either way, before another size is chosen.
DEAD_BAND = 0.05
_ROUNDING = 1e-9


class Basis(StrEnum):
    """What decided the size; caution is the size for the largest customers, when nothing is known."""

    ASKED = "asked"
    OVERRIDE = "override"
    CUSTOMER = "customer"
    BASELINE = "baseline"
    CLUSTER = "cluster"
    TIER = "tier"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Size:
    """``days`` of a window. ``wanted`` is what the basis alone gives: bounds and the campaign may change that.

    ``tier`` and ``like``, the baselines of that tier and size, nearest first, are set where the tier decided; where a
    baseline of the customer's own did, ``like`` is that one.
    """

    days: int
    basis: Basis
    target: timedelta
    wanted: int
    tier: Tier | None = None
    like: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class SizingInputs:
    """What is known of a customer: scorecards a day (None: the source did not say) and pace (None: nothing tells)."""

    per_day: float | None
    pace: Pace | None


def asked(days: int, rules: SizingRules) -> Size:
    """What a person typed."""
    return Size(days, Basis.ASKED, rules.target, days)


def choose(target: Target, known: SizingInputs, longest: int, rules: SizingRules) -> Size:
    """The size for this customer, never more than ``longest`` days: those of the campaign."""
    override = rules.overrides.get(str(target), rules.overrides.get(target.customer))
    if override is not None:
        return Size(min(override, longest), Basis.OVERRIDE, rules.target, override)
    size = (
        _by_pace(known.pace, Source.CUSTOMER, rules)
        or _by_own_baseline(target.customer, known.per_day, rules)
        or _by_pace(known.pace, Source.CLUSTER, rules)
        or _by_tier(target.customer, known.per_day, rules)
        or _caution(rules)
    )
    return _bounded(size, longest, rules)


def is_on_target(took: float, band: float = DEAD_BAND) -> bool:
    """Whether a window that took so many times the target is as long as it should be."""
    return abs(took - 1) <= band + _ROUNDING


def own_baseline(customer: str, per_day: float, rules: SizingRules) -> Baseline | None:
    """The customer's, the nearest to its volume of now where it has several."""
    own = [baseline for baseline in rules.baselines if baseline.name == customer]
    return min(own, key=lambda baseline: _distance(baseline, per_day), default=None)


def _by_pace(pace: Pace | None, source: Source, rules: SizingRules) -> Size | None:
    """As many days as the target has room for. A size that has missed it by little is kept."""
    if pace is None or pace.source is not source or not pace.usual:
        return None
    basis = Basis.CUSTOMER if source is Source.CUSTOMER else Basis.CLUSTER
    days = rules.target // pace.usual
    if pace.days and is_on_target(pace.usual * pace.days / rules.target):
        days = pace.days
    return Size(days, basis, rules.target, days)


def _by_own_baseline(customer: str, per_day: float | None, rules: SizingRules) -> Size | None:
    """The days that went well for it, whatever its neighbours take: fewer where its volume has grown out of its tier
    since."""
    by_tier = _by_tier(customer, per_day, rules)
    own = own_baseline(customer, per_day, rules) if per_day is not None else None
    if own is None or by_tier is None or per_day is None:
        return None
    has_grown = per_day > own.scorecards and rules.tier_of(own.scorecards) is not by_tier.tier
    days = min(own.days, by_tier.days) if has_grown else own.days
    return by_tier if days == by_tier.days else Size(days, Basis.BASELINE, rules.target, days, like=(own,))


def _by_tier(customer: str, per_day: float | None, rules: SizingRules) -> Size | None:
    if per_day is None:
        return None
    tier = rules.tier_of(per_day)
    alike = [b for b in rules.baselines if rules.tier_of(b.scorecards) is tier and b.days == tier.days]

    def distance(baseline: Baseline) -> tuple[bool, float]:
        return baseline.name != customer, _distance(baseline, per_day)

    return Size(tier.days, Basis.TIER, rules.target, tier.days, tier, tuple(sorted(alike, key=distance)))


def _distance(baseline: Baseline, per_day: float) -> float:
    ratio = baseline.scorecards / per_day if per_day else baseline.scorecards
    return max(ratio, 1 / ratio)


def _caution(rules: SizingRules) -> Size:
    days = rules.tiers[-1].days
    return Size(days, Basis.CAUTION, rules.target, days)


def _bounded(size: Size, longest: int, rules: SizingRules) -> Size:
    days = min(max(size.days, rules.min_days), rules.max_days, longest)
    return Size(days, size.basis, size.target, size.wanted, size.tier, size.like)

"""Chooses the number of days in a window. The first of these that is known decides: the size that a person typed, an
override, the customer's own runs, its own baseline, its cluster's runs, the tier of its volume.

docs/decisions/sizing.md says why they have this order.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.fleet.name_lookup import Target
from bot.fleet.planning.throughput import Pace, Source
from bot.model import Baseline, SizingRules, Tier

# A size is kept while its windows miss the target time by no more than this share, in either direction.
DEAD_BAND = 0.05
_ROUNDING = 1e-9


class Basis(StrEnum):
    """What the size is based on. ``CAUTION`` is the size for the largest customers; it is used if nothing is
    known."""

    ASKED = "asked"
    OVERRIDE = "override"
    CUSTOMER = "customer"
    BASELINE = "baseline"
    CLUSTER = "cluster"
    TIER = "tier"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Size:
    """A window's size in ``days``. ``wanted`` is the size before it is limited by the bounds and the campaign's
    length.

    If the tier decided, ``tier`` is that tier, and ``like`` are the baselines of the same tier and size, with the
    nearest volume first. If the customer's own baseline decided, ``like`` is that baseline.
    """

    days: int
    basis: Basis
    target: timedelta
    wanted: int
    tier: Tier | None = None
    like: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class SizingInputs:
    """Facts about a customer. ``per_day`` is the number of its scorecards (rows of the source) per day; None if the
    source did not answer. ``pace`` is None if nothing was measured."""

    per_day: float | None
    pace: Pace | None


def requested_size(days: int, rules: SizingRules) -> Size:
    """The size that a person typed."""
    return Size(days, Basis.ASKED, rules.target, days)


def choose_size(target: Target, inputs: SizingInputs, longest: int, rules: SizingRules) -> Size:
    """The size for this customer; at most ``longest`` days, the length of the campaign."""
    override = rules.overrides.get(str(target), rules.overrides.get(target.customer))
    if override is not None:
        return Size(min(override, longest), Basis.OVERRIDE, rules.target, override)
    size = (
        _by_pace(inputs.pace, Source.CUSTOMER, rules)
        or _by_own_baseline(target.customer, inputs.per_day, rules)
        or _by_pace(inputs.pace, Source.CLUSTER, rules)
        or _by_tier(target.customer, inputs.per_day, rules)
        or _caution(rules)
    )
    return _bounded(size, longest, rules)


def is_on_target(took: float, band: float = DEAD_BAND) -> bool:
    """Whether a window took about as long as it should. ``took`` is its time as a multiple of the target."""
    return abs(took - 1) <= band + _ROUNDING


def own_baseline(customer: str, per_day: float, rules: SizingRules) -> Baseline | None:
    """The customer's baseline; None if it has none. If it has several, the one nearest to its present volume."""
    own = [baseline for baseline in rules.baselines if baseline.name == customer]
    return min(own, key=lambda baseline: _distance(baseline, per_day), default=None)


def _by_pace(pace: Pace | None, source: Source, rules: SizingRules) -> Size | None:
    """The number of days that fit into the target time; None without a pace from this ``source``. If the present size
    misses the target only by little, it stays."""
    if pace is None or pace.source is not source or not pace.usual:
        return None
    basis = Basis.CUSTOMER if source is Source.CUSTOMER else Basis.CLUSTER
    days = rules.target // pace.usual
    if pace.days and is_on_target(pace.usual * pace.days / rules.target):
        days = pace.days
    return Size(days, basis, rules.target, days)


def _by_own_baseline(customer: str, per_day: float | None, rules: SizingRules) -> Size | None:
    """The size of the customer's own baseline. If the customer's volume has since grown into another tier, at most
    the size of that tier."""
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
    similar = [b for b in rules.baselines if rules.tier_of(b.scorecards) is tier and b.days == tier.days]

    def distance(baseline: Baseline) -> tuple[bool, float]:
        return baseline.name != customer, _distance(baseline, per_day)

    return Size(tier.days, Basis.TIER, rules.target, tier.days, tier, tuple(sorted(similar, key=distance)))


def _distance(baseline: Baseline, per_day: float) -> float:
    ratio = baseline.scorecards / per_day if per_day else baseline.scorecards
    return max(ratio, 1 / ratio)


def _caution(rules: SizingRules) -> Size:
    days = rules.tiers[-1].days
    return Size(days, Basis.CAUTION, rules.target, days)


def _bounded(size: Size, longest: int, rules: SizingRules) -> Size:
    days = min(max(size.days, rules.min_days), rules.max_days, longest)
    return Size(days, size.basis, size.target, size.wanted, size.tier, size.like)

"""Says why a window has the size it has, and how long it takes."""

from datetime import timedelta

from bot.blocks import kit, words
from bot.fleet.planning.plan import Estimate, Plan
from bot.fleet.planning.sizing import Basis, Size
from bot.fleet.planning.throughput import Source
from bot.model import Baseline

BASELINES_SHOWN = 3
LONGEST_WHY = 600
# Each unit with its seconds, and where the next one begins.
UNITS = (
    ("s", 1, timedelta(minutes=2)),
    ("m", 60, timedelta(hours=2)),
    ("h", 3_600, timedelta(hours=100)),
    ("d", 86_400, timedelta.max),
)


def why(plan: Plan) -> str:
    """``5 days a window: 82K scorecards a day, like hilton (82K → 5 days).``"""
    return kit.clip(f"{words.days(plan.size.days)} a window{_because(plan)}", LONGEST_WHY)


def span(estimate: Estimate) -> str:
    """``23 h to 32 h``, or one of both where they sound the same; in one unit where the shorter one fills it."""
    unit, seconds = _unit(estimate.high)
    low, high = about(estimate.low), about(estimate.high)
    if estimate.low >= timedelta(seconds=seconds):
        low = _told_in(unit, seconds, estimate.low)
    return low if low == high else f"{low} to {high}"


def about(time: timedelta) -> str:
    """In one unit, and in hours up to some days: that is how people speak of backfills."""
    return _told_in(*_unit(time), time)


def told_by(plan: Plan) -> str:
    """Whose runs the estimates come from, "" where there are none."""
    pace, target = plan.pace, plan.target
    match pace.source if pace else None:
        case Source.CUSTOMER if pace:
            return f"as {words.plural(pace.count, 'run')} of {target.customer} took"
        case Source.CLUSTER if pace:
            return f"by the pace of {words.plural(pace.count, 'customer')} on {target.cluster}"
        case Source.BASELINES if pace:
            return f"by the pace of {words.plural(pace.count, 'baseline')}"
        case _:
            return ""


def _unit(time: timedelta) -> tuple[str, int]:
    return next((unit, seconds) for unit, seconds, below in UNITS if time < below)


def _told_in(unit: str, seconds: int, time: timedelta) -> str:
    return f"{max(1, round(time.total_seconds() / seconds)):,} {unit}"


def _because(plan: Plan) -> str:
    volume = (
        "a volume that is not known" if plan.per_day is None else f"{words.amount(plan.per_day)} scorecards a day"
    )
    match plan.size.basis:
        case Basis.ASKED:
            return f", as asked: {volume}."
        case Basis.OVERRIDE:
            return f": set for {plan.target.customer} in the configuration, whatever its volume ({volume})."
        case Basis.CUSTOMER | Basis.CLUSTER:
            return f": {_measured(plan, volume)}{_bounded(plan.size)}."
        case Basis.BASELINE:
            own = "".join(f", as {baseline.name} before ({_told(baseline)})" for baseline in plan.size.like)
            return f": {volume}{own}{_bounded(plan.size)}."
        case Basis.TIER:
            return f": {volume}, {_tier(plan)}."
        case Basis.CAUTION:
            return ": the source did not tell the volume, so it is the size for the largest customers."


def _measured(plan: Plan, volume: str) -> str:
    """The pace, and what a window should take."""
    usual = about(plan.pace.usual) if plan.pace else ""
    target = about(plan.size.target)
    return f"{volume}; a day of them takes about {usual} {told_by(plan)}, and a window should take about {target}"


def _bounded(size: Size) -> str:
    if size.wanted > size.days:
        return f"; {words.days(size.wanted)} would fit, but {size.days:,} are the most"
    if size.wanted < size.days:
        return f"; {words.days(size.wanted)} would fit, but {size.days:,} is the least"
    return ""


def _tier(plan: Plan) -> str:
    """The baselines of the tier by name; else its bounds."""
    customer, tier = plan.target.customer, plan.size.tier
    alike = plan.size.like[:BASELINES_SHOWN]
    own = [f"as {customer} before ({_told(baseline)})" for baseline in alike if baseline.name == customer]
    others = " and ".join(f"{b.name} ({_told(b)})" for b in alike if b.name != customer)
    if alike:
        return ", ".join([*own, *([f"like {others}"] if others else [])])
    return f"of up to {words.amount(tier.up_to)}" if tier and tier.up_to else "more than any bounded tier"


def _told(baseline: Baseline) -> str:
    return f"{words.amount(baseline.scorecards)} → {words.days(baseline.days)}"

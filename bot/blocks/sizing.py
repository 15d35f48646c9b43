"""The size of windows in words: why they have this size, and how long one takes."""

from datetime import timedelta

from bot.blocks import kit, words
from bot.fleet.planning.plan import Sized
from bot.fleet.planning.sizing import Basis, Size
from bot.fleet.planning.throughput import Source
from bot.fleet.status.estimate import Estimate
from bot.model import Baseline

BASELINES_SHOWN = 3
LONGEST_WHY = 600
# Each unit: its length in seconds, and up to which time it is used.
UNITS = (
    ("s", 1, timedelta(minutes=2)),
    ("m", 60, timedelta(hours=2)),
    ("h", 3_600, timedelta(hours=100)),
    ("d", 86_400, timedelta.max),
)


def why(plan: Sized) -> str:
    """``5 days a window: 82K rows a day. In earlier backfills, 5 days worked for hilton (82K a day).``"""
    return kit.clip(f"{words.days(plan.size.days)} a window{_basis(plan)}", LONGEST_WHY)


def span(estimate: Estimate) -> str:
    """``23–32 h``: the low and the high time, or a single time if both read the same. Both are in the unit of the
    high time. Only a low time of less than one such unit has a smaller unit: ``45 m to 2 h``."""
    unit, seconds = _unit(estimate.high)
    low, high = about(estimate.low), about(estimate.high)
    if estimate.low >= timedelta(seconds=seconds):
        low = _in_unit(unit, seconds, estimate.low)
        return low if low == high else f"{low.removesuffix(f' {unit}')}–{high}"
    return low if low == high else f"{low} to {high}"


def at_pace(left: timedelta) -> str:
    """``5–7 h``. The low end is ``left``, which the measured pace gives; the high end is a third more, as in
    plans."""
    return span(Estimate.at_pace(left))


def about(time: timedelta) -> str:
    """The time in one unit. Hours go up to 100, because people count the first days of a backfill in hours."""
    return _in_unit(*_unit(time), time)


def pace_source(plan: Sized) -> str:
    """Says whose runs the estimates come from; "" if there are no estimates."""
    pace, target = plan.pace, plan.target
    match pace.source if pace else None:
        case Source.CUSTOMER if pace:
            return f"as {words.plural(pace.count, 'run')} of {target.customer} took"
        case Source.CLUSTER if pace:
            return f"by the pace of {words.plural(pace.count, 'customer')} on {target.cluster}"
        case Source.BASELINES if pace:
            return f"by the pace of {words.plural(pace.count, 'earlier backfill')}"
        case _:
            return ""


def _unit(time: timedelta) -> tuple[str, int]:
    return next((unit, seconds) for unit, seconds, limit in UNITS if time < limit)


def _in_unit(unit: str, seconds: int, time: timedelta) -> str:
    return f"{max(1, round(time.total_seconds() / seconds)):,} {unit}"


def _basis(plan: Sized) -> str:
    volume = "a volume that is not known" if plan.per_day is None else f"{words.rows(plan.per_day)} a day"
    match plan.size.basis:
        case Basis.ASKED:
            return f", as asked: {volume}."
        case Basis.OVERRIDE:
            return f": set for {plan.target.customer} in the configuration, whatever its volume ({volume})."
        case Basis.CUSTOMER | Basis.CLUSTER:
            return f": {_measured_basis(plan, volume)}{_limit_suffix(plan.size)}."
        case Basis.BASELINE:
            return f": {volume}{_limit_suffix(plan.size)}.{_earlier(plan)}"
        case Basis.TIER:
            return f": {volume}{_tier_basis(plan)}.{_earlier(plan)}"
        case Basis.CAUTION:
            return ": the source did not tell the volume, so it is the size for the largest customers."


def _measured_basis(plan: Sized, volume: str) -> str:
    """The measured pace, and how long a window should take."""
    usual = about(plan.pace.usual) if plan.pace else ""
    target = about(plan.size.target)
    return f"{volume}. One day takes about {usual} ({pace_source(plan)}), and a window should take about {target}"


def _limit_suffix(size: Size) -> str:
    if size.wanted > size.days:
        return f"; {words.days(size.wanted)} would fit, but {size.days:,} are the most"
    if size.wanted < size.days:
        return f"; {words.days(size.wanted)} would fit, but {size.days:,} is the least"
    return ""


def _tier_basis(plan: Sized) -> str:
    """The upper bound of the volume tier, or that the volume is above all bounds; "" if earlier backfills of a
    similar volume are named instead."""
    tier = plan.size.tier
    if plan.size.like:
        return ""
    return f", of up to {words.amount(tier.up_to)}" if tier and tier.up_to else ", more than any bounded tier"


def _earlier(plan: Sized) -> str:
    """`` In earlier backfills, 5 days worked for hilton (82K a day)``. The customer that the plan is about comes
    first. "" if no earlier backfill of a similar volume is known."""
    baselines = sorted(plan.size.like[:BASELINES_SHOWN], key=lambda each: each.name != plan.target.customer)
    by_days: dict[int, list[Baseline]] = {}
    for baseline in baselines:
        by_days.setdefault(baseline.days, []).append(baseline)
    worked = [f"{words.days(days)} worked for {', '.join(map(_whom, alike))}" for days, alike in by_days.items()]
    return f" In earlier backfills, {'; '.join(worked)}." if worked else ""


def _whom(baseline: Baseline) -> str:
    return f"{baseline.name} ({words.amount(baseline.scorecards)} a day)"

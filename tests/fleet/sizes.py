"""Rules and customers of docs/operations-log.md, for tests of sizes and paces."""

from datetime import date, timedelta

from bot.fleet.planning.throughput import Volumes
from bot.model import Baseline, SizingRules, Tier, Window
from tests.fleet.builders import CAMPAIGN

HOUR = timedelta(hours=1)
RULES = SizingRules(
    target=3 * HOUR,
    shortest=timedelta(minutes=1),
    min_days=1,
    max_days=10,
    tiers=(Tier(50_000, 10), Tier(250_000, 5), Tier(None, 1)),
    overrides={"cvs": 1},
    baselines=(
        Baseline("hilton", 82_000, 5, HOUR * 2.25),
        Baseline("united-east", 210_000, 5, 6 * HOUR),
        Baseline("marriott", 28_000, 10, HOUR * (3 + 19 / 60)),
        Baseline("spirit", 30_000, 10, 3 * HOUR),
        Baseline("oportun", 307_000, 1, None),
        Baseline("cvs", 95_000, 1, None),
    ),
)
PER_DAY = {
    "hilton": 82_353,
    "united-east": 209_804,
    "marriott": 27_451,
    "spirit": 29_412,
    "oportun": 307_000,
    "cvs": 95_000,
}


def evenly(rows: int, days: Window = CAMPAIGN) -> dict[date, int]:
    """``rows`` on each day."""
    return dict.fromkeys(days.each_day(), rows)


def volumes(within: Window = CAMPAIGN, **rows: int) -> Volumes:
    """``rows`` a day of each customer; underscores in the names stand for hyphens."""
    return Volumes(within, {name.replace("_", "-"): evenly(number, within) for name, number in rows.items()})

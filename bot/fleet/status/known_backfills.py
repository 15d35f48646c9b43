"""Keeps the last backfill of each customer, and derives it anew only if the customer's runs have changed."""

from collections.abc import Sequence
from datetime import datetime

from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill, derive
from bot.model import Window

# Nearly all questions are about the campaign's days. Backfills are kept for this many ranges, those of the latest
# questions.
MOST_RANGES = 4


class KnownBackfills:
    """The backfills of one cluster. A backfill is used again only if the caller passes the very same tuple of runs,
    and all of them are closed. What is derived from closed runs does not depend on the time."""

    def __init__(self) -> None:
        self._of_ranges: dict[Window, dict[str, tuple[Sequence[Run], Backfill]]] = {}

    def derive(self, cluster: str, customer: str, whole: Window, runs: Sequence[Run], now: datetime) -> Backfill:
        """See ``bot.fleet.status.backfill.derive``."""
        known = self._of_range(whole)
        before = known.get(customer)
        if before and before[0] is runs:
            return before[1]
        backfill = derive(cluster, customer, whole, runs, now)
        if isinstance(runs, tuple) and not any(run.is_open for run in runs):
            known[customer] = runs, backfill
        else:
            known.pop(customer, None)
        return backfill

    def _of_range(self, whole: Window) -> dict[str, tuple[Sequence[Run], Backfill]]:
        """The backfills known for this range. The ranges that were asked for last are kept, ``MOST_RANGES`` of
        them."""
        known = self._of_ranges.pop(whole, {})
        self._of_ranges[whole] = known
        for earlier in list(self._of_ranges)[:-MOST_RANGES]:
            self._of_ranges.pop(earlier, None)
        return known

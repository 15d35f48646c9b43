"""The runs of one cluster that have completed lately. One listing answers all windows that ask at the same time.

A namespace allows few listings a second, and each window of a thousand sequences asks before it starts. A listing
answers only windows that asked before the listing began. It continues where the previous listing ended, and a pause
follows it.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.errors import Unavailable
from bot.model import Execution, Ref
from bot.services import Services

# The limit of one listing. A caller may have to wait for two listings and for the pauses between them.
TIME_LIMIT = timedelta(seconds=5)
# A listing may show an end seconds late. An end that it shows even later is found in the run history.
OVERLAP = timedelta(seconds=15)
# Temporal allows ten listings a second in a namespace (frontend.namespaceRPS.visibility), also for other users.
BETWEEN_LISTINGS = timedelta(milliseconds=200)
LONGEST_REST = timedelta(seconds=1)
# Older runs are in the run history. They are listed again only if the run history does not answer.
KEPT = timedelta(hours=1)


class CompletedRuns:
    """Completed runs by customer: all that ended at ``_since`` or later, as of the latest listing."""

    def __init__(self, cluster: str, services: Services) -> None:
        self.cluster = cluster
        self.services = services
        self._by_customer: dict[str, dict[Ref, Execution]] = {}
        self._since: datetime | None = None
        self._latest: datetime | None = None
        self._lock = asyncio.Lock()
        self._wanted: list[datetime] = []
        self._begun = 0
        self._listed = 0
        self._rests_until = 0.0

    async def of(self, customer: str, since: datetime) -> tuple[Execution, ...]:
        """The runs of a customer that completed at ``since`` or later, from a listing that began after this call.

        Raises Unavailable if not all of these runs can be listed in time, and Refused if the cluster refuses the
        listing.
        """
        before = self._begun
        self._wanted.append(since)
        try:
            async with self._lock:
                if self._listed <= before or self._since is None or since < self._since:
                    await self._list(min(self._wanted))
        finally:
            self._wanted.remove(since)
        runs = self._by_customer.get(customer, {}).values()
        return tuple(run for run in runs if run.closed_at and run.closed_at >= since)

    async def _list(self, wanted: datetime) -> None:
        """List the runs that are new; or all runs from ``wanted`` on, if no listing has gone that far back."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._rests_until - clock()))
        self._begun += 1
        began, since = clock(), self._next_since(wanted)
        try:
            await self._read(since)
        finally:
            # The pause is about as long as the listing took, because others use the server as well.
            rest = min(BETWEEN_LISTINGS, self.services.config.watch.every).total_seconds()
            self._rests_until = clock() + max(rest, min(clock() - began, LONGEST_REST.total_seconds()))
        self._listed = self._begun

    async def _read(self, since: datetime) -> None:
        engine = self.services.clusters[self.cluster].engine
        types = self.services.config.counted_types(self.cluster)
        portion = await engine.completed_executions(types, since, TIME_LIMIT)
        if portion.rest_until is not None:
            count = len(portion.executions)
            raise Unavailable(self.cluster, f"{count:,} runs listed in {TIME_LIMIT.seconds} s, not all")
        self._add(portion.executions)
        self._since = min(since, self._since or since)
        self._drop_old()

    def _next_since(self, wanted: datetime) -> datetime:
        if self._since is None or wanted < self._since:
            return wanted
        return max(self._since, self._latest - OVERLAP) if self._latest else self._since

    def _add(self, completed: Iterable[Execution]) -> None:
        for run in completed:
            identity = self.services.recogniser.identify(run)
            customer = identity.customer if identity and self.services.covers(run, identity) else ""
            if customer and run.closed_at:
                self._by_customer.setdefault(customer, {})[run.ref] = run
                self._latest = max(run.closed_at, self._latest or run.closed_at)

    def _drop_old(self) -> None:
        """Drop the runs that ended more than ``KEPT`` before the latest one, but no runs that a waiting caller has
        asked for. This goes through all runs, so it is done at most once in ``KEPT``."""
        if self._since is None or self._latest is None:
            return
        kept_from = min(self._latest - KEPT, *self._wanted)
        if kept_from - self._since < KEPT:
            return
        self._since = kept_from
        kept = {
            customer: {ref: run for ref, run in runs.items() if run.closed_at and run.closed_at >= kept_from}
            for customer, runs in self._by_customer.items()
        }
        self._by_customer = {customer: runs for customer, runs in kept.items() if runs}

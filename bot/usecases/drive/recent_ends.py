"""RecentEnds: notices soon that followed runs have ended, by one listing for all of them.

A window that is followed is described once in each ``[watch] every``. If many are followed, a describe of each second
would be more than a server can answer, and a listing of what has ended costs one call for all.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Execution, Ref
from bot.ports import Engine

# Temporal allows ten listings a second in a namespace (frontend.namespaceRPS.visibility), also for other users.
LEAST_REST = timedelta(seconds=1)
# A listing may show an end seconds late. An end that it shows even later is noticed with the next describe.
OVERLAP = timedelta(seconds=5)
TIME_LIMIT = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


class RecentEnds:
    """The ends of the followed runs of one cluster. The more runs are followed, the more often it lists: once in
    ``every``, divided by their number, but at most once in ``LEAST_REST``. So a few runs of many hours cost next to
    nothing."""

    def __init__(self, engine: Engine, budget: CallBudget, every: timedelta) -> None:
        self._engine = engine
        self._budget = budget
        self._every = every.total_seconds()
        self._followed: dict[Ref, set[asyncio.Event]] = {}
        self._types = Counter[str]()
        self._latest = self._listed_until = datetime.min.replace(tzinfo=UTC)
        self._listing: asyncio.Task[None] | None = None

    @contextmanager
    def notice(self, run: Execution, now: datetime) -> Iterator[asyncio.Event]:
        """Yields an event that is set once a listing shows that the run has ended, if that is before the ``with``
        block ends. ``now`` is a time on the server's clock at which the run was open."""
        event = asyncio.Event()
        if not self._followed:
            self._latest = self._listed_until = now
        self._latest = max(self._latest, now)
        self._followed.setdefault(run.ref, set()).add(event)
        self._types[run.workflow_type] += 1
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._list_again_and_again(), name="recent ends")
        try:
            yield event
        finally:
            self._forget(run, event)

    def _forget(self, run: Execution, event: asyncio.Event) -> None:
        events = self._followed[run.ref]
        events.discard(event)
        if not events:
            del self._followed[run.ref]
        self._types[run.workflow_type] -= 1
        if not self._followed and self._listing:
            self._listing.cancel()
            self._listing = None

    async def _list_again_and_again(self) -> None:
        clock = asyncio.get_running_loop().time
        listed_at = clock()
        while True:
            await asyncio.sleep(LEAST_REST.total_seconds())
            if clock() - listed_at < self._every / len(self._followed):
                continue
            listed_at = clock()
            try:
                await self._list()
            except DependencyError as exc:
                # Each run is still described on its own, and its follower says when that is not answered.
                _log.info("ends not listed", reason=str(exc))

    async def _list(self) -> None:
        types = [name for name, count in self._types.items() if count]
        since, until = self._listed_until - OVERLAP, self._latest
        self._budget.spend(asyncio.get_running_loop().time())
        recent = await self._engine.recent_executions(types, since, since, TIME_LIMIT)
        for run in recent.executions:
            if not run.status.is_open:
                for event in self._followed.get(run.ref, ()):
                    event.set()
        if recent.rest_until is None:
            self._listed_until = until

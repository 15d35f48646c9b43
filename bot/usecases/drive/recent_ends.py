"""RecentEnds: notices soon that followed runs have ended, by one listing for all of them.

Each followed window is described once in each ``[watch] every``. Describing many windows every second would be more
than a server can answer. A listing of what has ended costs one call for all of them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import DependencyError, new_reference
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Execution, Ref
from bot.ports import Engine

# Temporal allows ten listings a second in a namespace (frontend.namespaceRPS.visibility), also for other users.
LEAST_REST = timedelta(seconds=1)
# A listing may show an end seconds late. An end that it shows even later is noticed with the next describe.
OVERLAP = timedelta(seconds=5)
# The list filter asks for open runs, too; none has begun after this time.
NEVER = timedelta(days=1)
TIME_LIMIT = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


class RecentEnds:
    """The ends of the followed runs of one cluster. The pause between two listings is ``every`` divided by the number
    of followed runs, but at least ``rest``. So a few runs need few listings, and cost next to nothing even if they
    take many hours."""

    def __init__(self, engine: Engine, budget: CallBudget, every: timedelta, rest: timedelta = LEAST_REST) -> None:
        self._engine = engine
        self._budget = budget
        self._every = every
        self._rest = rest.total_seconds()
        self._followed: dict[Ref, set[asyncio.Event]] = {}
        self._types = Counter[str]()
        self._latest = self._listed_until = datetime.max.replace(tzinfo=UTC)
        self._listing: asyncio.Task[None] | None = None
        self._is_silent = False
        self._is_broken = False

    @contextmanager
    def notice(self, run: Execution, now: datetime) -> Iterator[asyncio.Event]:
        """Yields an event that is set once a listing shows that the run has ended, if that is before the ``with``
        block ends. ``now`` is a time on the server's clock at which the run was open."""
        event = asyncio.Event()
        self._latest = now
        self._listed_until = min(self._listed_until, now)
        self._followed.setdefault(run.ref, set()).add(event)
        self._types[run.workflow_type] += 1
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._list_again_and_again(), name="recent ends")
            self._listing.add_done_callback(self._note_failure)
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
        clock, every = asyncio.get_running_loop().time, self._every.total_seconds()
        rested_since = clock()
        while True:
            await asyncio.sleep(self._rest)
            # A cluster that did not answer is not asked more often than by the describes.
            if clock() - rested_since < (every if self._is_silent else every / len(self._followed)):
                continue
            rested_since = clock()
            try:
                await self._list()
            except DependencyError as exc:
                if not self._is_silent:
                    _log.info("ends not listed: runs are described all the same", reason=str(exc))
                self._is_silent = True
            else:
                self._is_silent = self._is_broken = False

    def _note_failure(self, listing: asyncio.Task[None]) -> None:
        """Log an unexpected error, which has ended the listing, once. The next ``notice`` starts the listing again,
        and it then lists as rarely as if the cluster did not answer."""
        if listing.cancelled() or not (exc := listing.exception()):
            return
        if not self._is_broken:
            _log.error("ends not listed: runs are described all the same", reference=new_reference(), exc_info=exc)
        self._is_broken = self._is_silent = True

    async def _list(self) -> None:
        """List the runs that have ended since the previous listing, except those that ended more than ``every`` ago:
        each followed run is described once in ``every``, so a describe has found those ends already. An incomplete
        listing has the latest ends, and the next describes find the other ends."""
        types, until = [name for name, count in self._types.items() if count], self._latest
        since = max(self._listed_until, until - self._every) - OVERLAP
        self._budget.spend(asyncio.get_running_loop().time())
        recent = await self._engine.recent_executions(types, until + NEVER, since, TIME_LIMIT)
        for run in recent.executions:
            for event in self._followed.get(run.ref, ()) if not run.status.is_open else ():
                event.set()
        self._listed_until = until

"""The failures of the workflows below a followed run. A parent that leaves the copying to its children has no
activity of its own that could time out.

The watcher describes these workflows at each of their deadlines, and records the failures in the journal. So each
call of ``below`` reads the failures from the journal. Once in each ``[watch] slow_round`` at most, ``below`` also
describes the workflows.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.fleet.runs.observation import failures_of
from bot.model import Description, Ref, SeenFailure
from bot.services import Services
from bot.usecases.observe.children import children_of
from bot.usecases.observe.recalled import recall_failures


@dataclass(slots=True)
class FamilyFailures:
    """Reads the failures below one followed run. ``heartbeat_timeout`` is the longest heartbeat timeout that was seen
    there; zero if none was seen."""

    services: Services
    heartbeat_timeout: timedelta = timedelta(0)
    _refs: set[Ref] = field(default_factory=set)
    _read_at: float | None = None

    async def below(self, parent: Description, now: datetime) -> tuple[SeenFailure, ...]:
        """All known failures of the workflows that are or were below this run. The same attempt may occur more than
        once."""
        if not parent.children and not self._refs:
            return ()
        fresh = await self._read_below(parent, now) if self._is_due() else ()
        self._refs |= {child.ref for child in parent.children if child.ref.run_id}
        recorded = await recall_failures(self._refs, self.services)
        return (*_all(recorded), *fresh)

    async def _read_below(self, parent: Description, now: datetime) -> tuple[SeenFailure, ...]:
        ref, clock = parent.execution.ref, asyncio.get_running_loop().time
        self._read_at = clock()
        until = clock() + self.services.config.watch.time_limit.total_seconds()
        children = await children_of(ref.cluster, {ref: parent}, now, until, self.services)
        self._refs |= {description.execution.ref for description in children.described}
        timeouts = (activity.heartbeat_timeout for each in children.described for activity in each.activities)
        self.heartbeat_timeout = max([self.heartbeat_timeout, *filter(None, timeouts)])
        return tuple(failure for description in children.described for failure in failures_of(description, now))

    def _is_due(self) -> bool:
        if self._read_at is None:
            return True
        since = asyncio.get_running_loop().time() - self._read_at
        return since >= self.services.config.watch.slow_round.total_seconds()


def _all(recorded: Mapping[Ref, tuple[SeenFailure, ...]]) -> tuple[SeenFailure, ...]:
    return tuple(failure for failures in recorded.values() for failure in failures)

"""Finds the workflows that still run below a followed run that has closed. While they run, no other run may fill the
same days.

Temporal's description of a closed run says which children were open when the run ended, and the close policy of each.
So children that no listing shows yet are found too.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.errors import NotFound
from bot.fleet.runs.close_facts import longest_heartbeat_timeout
from bot.fleet.runs.descendants import Descendant, is_own_end, writing_on
from bot.fleet.runs.run import Run
from bot.model import Description, DoubtReason, Execution, ExecutionStatus, FollowedRun, Ref
from bot.services import Services
from bot.usecases.observe.claims import earlier_links
from bot.usecases.observe.descendants import MOST_LINKS, descendants_of


@dataclass(frozen=True, slots=True)
class Left:
    """What is left below a closed run. ``top`` is the run with its links, and ``end`` says how it ended. ``open`` has
    the open workflows below it, and ``writing`` those of them that have to close before another run may fill the
    days."""

    top: Run
    end: FollowedRun
    open: tuple[Descendant, ...]
    writing: tuple[Descendant, ...]

    def is_waited_for(self, limit: int | None, patience: timedelta) -> bool:
        """Whether to go on following until the ``writing`` workflows have closed. ``limit`` is the number of timeouts
        after which following ends. If it is None, always go on; if it is 0, never. With any other limit, go on only
        if the run has completed by itself, and for at most ``patience`` after its end. Temporal has then told these
        workflows to end; after any other end of the run, somebody has to cancel them first.

        Within ``patience`` after a run has completed by itself, also go on until it is known how these workflows
        ended, unless ``limit`` is 0.
        """
        if limit == 0:
            return False
        if self.writing and limit is None:
            return True
        end, is_in_doubt = self.end, self.end.doubt is not None and self.end.doubt.reason is DoubtReason.CHILD_OPEN
        is_unread = is_in_doubt and end.below is not None and not self.open
        in_time = end.closed_at is None or end.seen_at - end.closed_at < patience
        return is_own_end(self.top) and in_time and (bool(self.writing) or is_unread)

    def result(self, limit: int | None) -> FollowedRun:
        """The run as it has ended. But while workflows below it are still ``writing``, it counts as running in two
        cases: somebody has to cancel these workflows, or the caller only asks what is open now (``limit`` 0)."""
        if self.writing and (limit == 0 or not is_own_end(self.top)):
            return replace(self.end, status=ExecutionStatus.RUNNING, closed_at=None, doubt=None)
        return self.end


@dataclass(slots=True)
class LeftBelow:
    """Finds which workflows below one followed run are still open. The description of a closed run in its chain never
    changes, so each is read once."""

    services: Services
    _closed: dict[Ref, Description] = field(default_factory=dict)

    async def after(self, end: FollowedRun, run: Execution, links: Sequence[Execution]) -> Left:
        """What is left below the closed ``run`` and below these earlier links of its chain. If the run is complete,
        nothing is looked up, and nothing counts as left. Raises DependencyError while it is not known what is left.
        """
        if end.status.is_open or end.is_complete or end.is_gone:
            return Left(Run(run, None), end, (), ())
        known = {link.ref: link for link in (*await earlier_links(run, self.services), *links)}
        ordered = tuple(sorted(known.values(), key=lambda link: link.started_at))
        top = Run(run, self.services.recogniser.identify(run), links=ordered)
        found = await descendants_of(run.ref.cluster, [top], self.services, await self._described(top))
        writing = writing_on(top, found)
        if writing:
            timeouts = (longest_heartbeat_timeout(each.execution) for each in writing)
            longest = max([end.heartbeat_timeout, *filter(None, timeouts)])
            end = replace(end, heartbeat_timeout=longest, below=writing[0].execution.ref)
        return Left(top, end, found, writing)

    async def _described(self, top: Run) -> Mapping[Ref, Description]:
        """The descriptions of the links of the chain, the latest first, without those that Temporal has removed."""
        engine = self.services.clusters[top.execution.ref.cluster].engine
        for ref in top.refs[:MOST_LINKS]:
            if ref not in self._closed:
                with suppress(NotFound):
                    self._closed[ref] = await engine.describe(ref)
        return self._closed

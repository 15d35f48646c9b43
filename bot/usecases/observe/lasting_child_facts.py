"""Decides when to read the children of completed runs: once for each run, once more if the run had just closed,
because listings lag, and again while a child is open.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.child_facts import awaits_children, child_hints, children_against, lacks_child_facts
from bot.fleet.runs.close_facts import unread
from bot.model import Execution, ExecutionStatus, Ref
from bot.usecases.observe.child_facts import PARENTS_AT_ONCE, ChildFactsReader

# Listings lag by seconds, or by minutes if the server is behind with its queue.
AGAIN_AFTER = timedelta(minutes=1)
LISTED_WITHIN = timedelta(minutes=5)
# The children of at most this many links of a chain are read, the latest first.
MOST_LINKS = 100


class LastingChildFacts:
    """Knows for which runs of one cluster the children are still to be read. Also keeps the links of these runs'
    chains."""

    def __init__(self, reader: ChildFactsReader) -> None:
        self._reader = reader
        self._links: dict[Ref, dict[Ref, Execution]] = {}
        self._again_at: dict[Ref, float] = {}
        self._earlier: set[Ref] = set()
        self._latest_end: datetime | None = None

    def reads(self, run: Execution) -> bool:
        """Whether the children of this completed run matter."""
        return run.status is ExecutionStatus.COMPLETED and self._reader.reads(run)

    @property
    def has_earlier(self) -> bool:
        """Whether there are runs that an earlier version of the bot has recorded without reading their children."""
        return bool(self._earlier)

    @property
    def again(self) -> Collection[Ref]:
        """The runs whose children are read once more, now or later."""
        return self._again_at.keys()

    def earlier_among(self, executions: Iterable[Execution]) -> list[Execution]:
        """Some of the given runs: those that an earlier version of the bot has recorded without reading their
        children. Returns the latest of these, as many as one listing covers."""
        runs = [run for run in executions if run.ref in self._earlier] if self._earlier else []
        return sorted(runs, key=lambda run: run.started_at, reverse=True)[:PARENTS_AT_ONCE]

    def remember(self, run: Execution) -> None:
        """Note what the run history has of this run."""
        self._note_link(run)
        if lacks_child_facts(run) and unread(run) is None and self._reader.reads(run):
            self._earlier.add(run.ref)
        if any(child.status.is_open for child in children_against(run)):
            self._again_at.setdefault(run.ref, 0.0)

    def due(self, runs: Iterable[Execution]) -> list[Execution]:
        """The runs whose children are to be read now."""
        now, due = time.monotonic(), list[Execution]()
        for run in runs:
            self._note_link(run)
            is_due = awaits_children(run) or (run.ref in self._again_at and self._again_at[run.ref] <= now)
            if is_due and self._reader.reads(run):
                due.append(run)
        return due

    async def read(self, runs: Sequence[Execution], until: float) -> Mapping[Ref, Mapping[str, str]]:
        """Read the children of these runs. Returns, as hints, what counts against each run. Reading stops at
        ``until``, a time of the event loop; runs that are not read by then are left out."""
        if not runs:
            return {}
        ends = (run.closed_at for run in runs if run.closed_at)
        self._latest_end = max([*ends, *([self._latest_end] if self._latest_end else [])], default=None)
        against = await self._reader.against({run.ref: self._chain(run) for run in runs}, until)
        for run in runs:
            if run.ref not in against:
                continue
            self._earlier.discard(run.ref)
            has_open = any(child.status.is_open for child in against[run.ref])
            if has_open or (self._has_just_closed(run) and run.ref not in self._again_at):
                self._again_at[run.ref] = time.monotonic() + AGAIN_AFTER.total_seconds()
            else:
                self._again_at.pop(run.ref, None)
        return {run.ref: child_hints(run, against[run.ref]) for run in runs if run.ref in against}

    def _has_just_closed(self, run: Execution) -> bool:
        """Whether the run closed so lately that a listing may lack some of its children. The run's end is compared
        with the latest end of all runs, because both are on the same clock."""
        if run.closed_at is None or self._latest_end is None:
            return False
        return self._latest_end - run.closed_at < LISTED_WITHIN

    def _note_link(self, run: Execution) -> None:
        if run.status is ExecutionStatus.CONTINUED_AS_NEW:
            self._links.setdefault(chain_key(run), {})[run.ref] = run

    def _chain(self, run: Execution) -> Sequence[Execution]:
        """The run and the earlier links of its chain that continued as new, the latest first. A retry or a reset
        begins anew, so the children of the run before it do not matter."""
        links = self._links.get(chain_key(run), {}).values()
        earlier = sorted((link for link in links if link.ref != run.ref), key=lambda link: link.started_at)
        return [run, *earlier[::-1][:MOST_LINKS]]

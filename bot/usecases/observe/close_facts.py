"""Reads, once for each closed run of a cluster, the facts that never change again (``bot.fleet.runs.close_facts``).

Each run takes one or two calls, and one listing covers the children of fifty runs. Each call of ``with_facts`` reads
the runs that have closed since the previous call. Runs that an earlier version of the bot has recorded are read again
in the background, within the cluster's budget of calls. A run's facts are kept in its hints, in memory and in the run
history, because Temporal removes the run.
"""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.computing import compute, compute_over
from bot.errors import DependencyError, NotFound
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.child_facts import awaits_children
from bot.fleet.runs.close_facts import (
    Unread,
    close_event_hints,
    fact_hints,
    is_closed,
    lacking_facts,
    needs_close_event,
    needs_description,
    removed,
    unread,
    updated_facts,
    waits,
    with_longer_timeout,
    without_marks,
)
from bot.model import Execution, Ref
from bot.ports import Engine
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.lasting_child_facts import LastingChildFacts

# No more calls than this are prepared at a time, even if more runs wait.
MOST_AT_ONCE = 1_000
# In seconds. Without this pause, a bot that may not read histories would ask about every failed run each time.
EVENT_AGAIN_AFTER = 300.0

_log = structlog.get_logger(__name__)


class CloseFactsReader:
    """Reads and keeps the facts of one cluster's closed runs, as hints. ``paths`` are the parts of a result that a
    definition needs, by workflow type. ``at_once`` limits the calls that are made at the same time."""

    def __init__(
        self,
        engine: Engine,
        paths: Mapping[str, Collection[str]],
        budget: CallBudget,
        at_once: int,
        children: ChildFactsReader,
    ) -> None:
        self._engine = engine
        self._children = LastingChildFacts(children)
        self._paths = paths
        self._budget = budget
        self._turns = asyncio.Semaphore(at_once)
        self._recalled: dict[Ref, Execution] = {}
        self._read: dict[Ref, Mapping[str, str]] = {}
        self._unsaved: set[Ref] = set()
        self._earlier: set[Ref] = set()
        self._failed: set[Ref] = set()
        self._not_before: dict[Ref, float] = {}

    async def with_facts(self, executions: Sequence[Execution], within: timedelta) -> list[Execution]:
        """The same runs with the known facts of their ends. Runs that have closed lately are read now, as many as the
        time ``within`` allows; the other facts are read later. Raises no DependencyError."""
        until = asyncio.get_running_loop().time() + within.total_seconds()
        enriched, due = await compute_over(executions, self._sorted_out)
        if due:
            await self._read_some(due, until)
            enriched = await compute_over(executions, self._all_enriched)
        if parents := await compute_over(enriched, self._children.due):
            await self._read_children(parents, until)
            enriched = await compute_over(executions, self._all_enriched)
        return enriched

    def note_timeout(self, described: Execution) -> None:
        """Keep the heartbeat timeout of an open run: Temporal reports none once the run has closed."""
        if facts := with_longer_timeout(described, self._facts(described.ref)):
            self._read[described.ref] = facts
            self._unsaved.add(described.ref)

    def reads_children(self, run: Execution) -> bool:
        """Whether the workflows below this completed run matter."""
        return self._children.reads(run)

    async def remember(self, executions: Collection[Execution]) -> None:
        """Keep the facts that the run history has about these runs, and note which runs an earlier version has
        recorded."""
        await compute(self._remember, executions)

    def is_settled(self, run: Execution) -> bool:
        """Whether nothing is left to read about the end of this run. ``run`` is the run as the run history has it."""
        if self._enriched(run) is not run or unread(run) is Unread.WAITS or awaits_children(run):
            return False
        lacks_event = needs_close_event(run, self._paths.get(run.workflow_type, ()))
        return not is_closed(run) or not (needs_description(run) or lacks_event) or run.ref in self._earlier

    @property
    def unsettled(self) -> Collection[Ref]:
        """The runs with known facts that the run history lacks, and the runs whose children will be read again."""
        return {*self._unsaved, *self._children.again}

    @property
    def has_earlier(self) -> bool:
        """Whether runs that an earlier version of the bot has recorded are still to be read again."""
        return bool(self._earlier) or self._children.has_earlier

    async def read_again(self, executions: Collection[Execution], within: timedelta) -> list[Execution]:
        """Read again some runs that an earlier version of the bot has recorded, the latest first, as many as the
        budget of calls allows. Returns the runs that were read."""
        earlier = await compute(lambda: [run for run in executions if run.ref in self._earlier])
        latest = sorted(earlier, key=lambda run: run.started_at, reverse=True)
        in_turn = sorted(latest, key=lambda run: run.ref in self._failed)[: self._budget.spare]
        until = asyncio.get_running_loop().time() + within.total_seconds()
        await self._read_some(in_turn, until)
        again = [*in_turn, *await compute(self._children.earlier_among, executions)]
        read = [self._enriched(run) for run in again if run.ref not in self._earlier]
        kept = [run for run in read if unread(run) is not Unread.REMOVED and self._children.reads(run)]
        await self._read_children(kept, until)
        return [self._enriched(run) for run in read]

    def _sorted_out(self, executions: Sequence[Execution]) -> tuple[list[Execution], list[Execution]]:
        enriched = self._all_enriched(executions)
        return enriched, [run for run in enriched if self._is_due(run)]

    def _all_enriched(self, executions: Iterable[Execution]) -> list[Execution]:
        return [self._enriched(run) for run in executions]

    def _remember(self, executions: Iterable[Execution]) -> None:
        for run in executions:
            if self._recalled.get(run.ref) is run:
                continue
            self._keep_facts(run)
            self._recalled[run.ref] = run
            self._unsaved.discard(run.ref)
            self._children.remember(run)
            if unread(run) is Unread.EARLIER:
                self._earlier.add(run.ref)
            elif unread(run) is Unread.REMOVED:
                self._read[run.ref] = removed()
            else:
                self._earlier.discard(run.ref)

    def _keep_facts(self, run: Execution) -> None:
        """Keep what is known about the end of this recalled run, unless the run's own hints already say all of it."""
        hints = fact_hints(run.hints)
        if (known := updated_facts(self._facts(run.ref), hints)) != hints:
            self._read[run.ref] = known
        else:
            self._read.pop(run.ref, None)

    def _facts(self, ref: Ref) -> Mapping[str, str]:
        """What is known of a run's end; empty if nothing is."""
        return self._read.get(ref) or (fact_hints(self._recalled[ref].hints) if ref in self._recalled else {})

    def _enriched(self, run: Execution) -> Execution:
        if self._recalled.get(run.ref) is run and run.ref not in self._unsaved:
            # Nearly all runs have their facts from the run history.
            return run
        known = self._facts(run.ref)
        hints = lacking_facts(run, known) if known else {}
        if not hints and (unread(run) is not Unread.EARLIER or run.ref in self._earlier):
            return run
        enriched = replace(run, hints={**without_marks(run), **hints})
        is_unread = unread(enriched) is Unread.EARLIER and run.ref not in self._earlier
        return replace(enriched, hints={**enriched.hints, **waits()}) if is_unread else enriched

    def _needs_event(self, run: Execution) -> bool:
        is_time = self._not_before.get(run.ref, 0.0) <= time.monotonic()
        return is_time and needs_close_event(run, self._paths.get(run.workflow_type, ()))

    def _is_due(self, run: Execution) -> bool:
        is_due = is_closed(run) and (needs_description(run) or self._needs_event(run))
        return is_due and run.ref not in self._earlier

    async def _read_children(self, runs: Sequence[Execution], until: float) -> None:
        """Read which workflows below these runs count against them."""
        read = await self._children.read(runs, until)
        for run in runs:
            hints = read.get(run.ref, {})
            if run.hints.items() >= hints.items():
                continue
            self._read[run.ref] = {**(self._facts(run.ref) or fact_hints(run.hints)), **hints}
            self._unsaved.add(run.ref)

    async def _read_some(self, runs: Sequence[Execution], until: float) -> None:
        """Read some runs. A run whose last reading failed comes after the others, so as not to keep them waiting."""
        in_turn = sorted(runs, key=lambda run: run.ref in self._failed)
        failed: dict[Ref, str] = {}
        for first in range(0, len(in_turn), MOST_AT_ONCE):
            chosen = in_turn[first : first + MOST_AT_ONCE]
            reasons = await asyncio.gather(*(self._read_one(run, until) for run in chosen))
            failed |= {run.ref: reason for run, reason in zip(chosen, reasons, strict=True) if reason}
            if asyncio.get_running_loop().time() >= until:
                break
        self._failed = (self._failed - self._read.keys()) | failed.keys()
        if failed:
            reason = next(iter(failed.values()))
            _log.info("ends of runs not read", count=len(failed), reason=reason)

    async def _read_one(self, run: Execution, until: float) -> str:
        """Read one run. Returns why it was not read; "" if it was."""
        try:
            async with asyncio.timeout_at(until), self._turns:
                hints = await self._hints(run)
        except TimeoutError:
            return "no time left"
        except DependencyError as exc:
            return str(exc)
        self._read[run.ref] = updated_facts(fact_hints(run.hints), hints)
        self._unsaved.add(run.ref)
        self._earlier.discard(run.ref)
        return ""

    async def _hints(self, run: Execution) -> Mapping[str, str]:
        hints: dict[str, str] = {}
        if needs_description(run):
            self._budget.spend(asyncio.get_running_loop().time())
            try:
                described = (await self._engine.describe(run.ref)).execution
            except NotFound:
                return removed()
            hints = fact_hints(described.hints)
        if self._needs_event(run):
            hints |= await self._event_hints(run)
        return hints

    async def _event_hints(self, run: Execution) -> Mapping[str, str]:
        """The facts in the run's last event. Empty if Temporal does not answer: the event is then asked for later,
        and the facts from the run's description are kept."""
        self._budget.spend(asyncio.get_running_loop().time())
        try:
            event = await self._engine.close_event(run.ref)
        except NotFound:
            event = None
        except DependencyError as exc:
            _log.info("last event not read", workflow=run.ref.workflow_id, reason=str(exc))
            self._not_before[run.ref] = time.monotonic() + EVENT_AGAIN_AFTER
            return {}
        return close_event_hints(event, run, self._paths.get(run.workflow_type, ()))

"""Reads which workflows below completed runs count against them (``bot.fleet.runs.child_facts``), for one cluster.

One listing covers one level below fifty runs. Only a workflow that did not complete takes more calls. Its latest run
is described, because listings lag. Its parent is described too, because the parent's close policy may have ended the
workflow. If a later workflow may have done the same work, the inputs of both are read.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import structlog
from pydantic import JsonValue

from bot.errors import DependencyError, NotFound
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.child_facts import (
    Below,
    ChildAgainst,
    ends_by_policy,
    is_same_input,
    latest_of_each,
    substitutes,
    suspects,
    unless_inherited,
)
from bot.fleet.runs.recogniser import Recogniser
from bot.model import ClosePolicy, Execution, ExecutionStatus, Ref, Window
from bot.ports import Engine

# One listing names this many parents (``bot.adapters.temporal.engine``).
PARENTS_AT_ONCE = 50
# How many levels are searched. Below more completed children than MOST_PARENTS no further level is searched.
MOST_LEVELS = 10
MOST_PARENTS = 500
# Inputs are compared for at most this many workflows below one run.
MOST_INPUTS = 50

_GOES_ON = (ExecutionStatus.COMPLETED, ExecutionStatus.CONTINUED_AS_NEW)
_log = structlog.get_logger(__name__)

Chains = Mapping[Ref, Collection[Execution]]
"""All links of the chain of each completed run, including the run itself."""


class ChildFactsReader:
    """Reads, for completed runs, how the workflows below them ended. Calls one cluster's ``engine``, with at most
    ``at_once`` calls at the same time."""

    def __init__(self, engine: Engine, recogniser: Recogniser, budget: CallBudget, at_once: int) -> None:
        self._engine = engine
        self._recogniser = recogniser
        self._budget = budget
        self._turns = asyncio.Semaphore(at_once)

    def reads(self, run: Execution) -> bool:
        """Whether the workflows below this run matter. They do if a definition names the type of the run."""
        return self._recogniser.mapping_of(run) is not None

    async def against(self, chains: Chains, until: float) -> Mapping[Ref, Sequence[ChildAgainst]]:
        """What counts against each of these completed runs. Reading stops at ``until``, a time of the event loop;
        runs that are not read by then are left out. Raises no DependencyError."""
        read: dict[Ref, Sequence[ChildAgainst]] = {}
        for first in range(0, len(chains), PARENTS_AT_ONCE):
            some = list(chains)[first : first + PARENTS_AT_ONCE]
            try:
                async with asyncio.timeout_at(until):
                    below = await self._below({ref: chains[ref] for ref in some})
                    answers = await asyncio.gather(
                        *(self._judged(below[ref]) for ref in some), return_exceptions=True
                    )
            except (DependencyError, TimeoutError) as exc:
                _log.info("children not read", count=len(some), reason=str(exc) or "no time left")
                break
            read |= _answered(dict(zip(some, answers, strict=True)))
        return read

    async def _below(self, chains: Chains) -> Mapping[Ref, Sequence[Below]]:
        """The workflows below each of these runs, level by level, at most ``MOST_LEVELS`` levels. Searches only below
        workflows that completed or continued as new; a workflow that failed counts by itself, whatever is below it.
        If more than ``MOST_PARENTS`` workflows of a level completed or continued as new, this level is the last."""
        top = {link.ref.run_id: run for run, links in chains.items() for link in links}
        days = {link.ref.run_id: self._days(link) for links in chains.values() for link in links}
        found: dict[Ref, list[Below]] = {run: [] for run in chains}
        parents: Collection[Ref] = [link.ref for links in chains.values() for link in links]
        for _ in range(MOST_LEVELS):
            listed = [run for run in await self._children(parents) if run.ref.run_id not in top]
            below = [run for run in listed if run.parent_run_id in top]
            for run in below:
                above = days[run.parent_run_id]
                top[run.ref.run_id], days[run.ref.run_id] = top[run.parent_run_id], above | self._days(run)
                own = unless_inherited(self._recogniser.own_identity(run), above)
                found[top[run.ref.run_id]].append(Below(run, own))
            parents = [run.ref for run in below if run.status in _GOES_ON]
            if not 0 < len(parents) <= MOST_PARENTS:
                break
        return found

    def _days(self, run: Execution) -> frozenset[Window]:
        identity = self._recogniser.identify(run) or self._recogniser.own_identity(run)
        return frozenset({identity.window} if identity else ())

    async def _children(self, parents: Collection[Ref]) -> list[Execution]:
        self._spend(-(-len(parents) // PARENTS_AT_ONCE))
        return await self._engine.children(parents)

    async def _judged(self, runs: Iterable[Below]) -> Sequence[ChildAgainst]:
        """The workflows that count against the run above them. Raises DependencyError if this cannot be found out
        now."""
        children = latest_of_each(runs)
        doubtful = suspects(children)
        parents = await self._parents([child.execution for child in doubtful])
        against = (self._if_against(child, parents[child.execution.parent_run_id], children) for child in doubtful)
        return tuple(filter(None, await asyncio.gather(*against)))

    async def _parents(self, children: Iterable[Execution]) -> Mapping[str, Mapping[str, ClosePolicy]]:
        """For each parent, by run id: the children that were open when it closed, and its close policy for each.
        Empty for a parent that Temporal has removed."""
        parents = sorted({Ref(run.ref.cluster, run.parent_workflow_id, run.parent_run_id) for run in children})
        answers = await asyncio.gather(*map(self._open_at_end, parents))
        return {parent.run_id: answer for parent, answer in zip(parents, answers, strict=True)}

    async def _open_at_end(self, parent: Ref) -> Mapping[str, ClosePolicy]:
        async with self._turns:
            self._spend()
            try:
                described = await self._engine.describe(parent)
            except NotFound:
                return {}
        return {child.ref.workflow_id: child.policy for child in described.children}

    async def _if_against(
        self, child: Below, open_at_end: Mapping[str, ClosePolicy], children: Sequence[Below]
    ) -> ChildAgainst | None:
        listed = child.execution
        if ends_by_policy(listed.ref, open_at_end, listed.status):
            return None
        # Listings lag, so a child that is listed as open may have closed.
        status = await self._latest_status(listed)
        if status is ExecutionStatus.COMPLETED or ends_by_policy(listed.ref, open_at_end, status):
            return None
        if await self._is_repeated(listed, substitutes(child, children)):
            return None
        is_going_on = status is ExecutionStatus.CONTINUED_AS_NEW
        return ChildAgainst(listed.ref.workflow_id, ExecutionStatus.RUNNING if is_going_on else status)

    async def _latest_status(self, listed: Execution) -> ExecutionStatus:
        """The status of the latest run with this workflow id; the listed status if Temporal has removed it since."""
        async with self._turns:
            self._spend()
            try:
                latest = await self._engine.describe(replace(listed.ref, run_id=""))
            except NotFound:
                return listed.status
        return latest.execution.status

    async def _is_repeated(self, child: Execution, later: Sequence[Execution]) -> bool:
        """Whether one of the ``later`` workflows had the same input."""
        if not later:
            return False
        own = await self._arguments(child)
        for other in later[:MOST_INPUTS]:
            if is_same_input(own, await self._arguments(other)):
                return True
        return False

    async def _arguments(self, run: Execution) -> tuple[JsonValue, ...]:
        async with self._turns:
            self._spend()
            try:
                return await self._engine.arguments(run.ref)
            except NotFound:
                return (None,)

    def _spend(self, calls: int = 1) -> None:
        self._budget.spend(asyncio.get_running_loop().time(), calls)


def _answered(answers: Mapping[Ref, Sequence[ChildAgainst] | BaseException]) -> dict[Ref, Sequence[ChildAgainst]]:
    """The answers without those that failed because a system did not answer. Raises any other error."""
    read: dict[Ref, Sequence[ChildAgainst]] = {}
    for ref, answer in answers.items():
        match answer:
            case DependencyError():
                _log.info("children not read", workflow=ref.workflow_id, reason=str(answer))
            case BaseException():
                raise answer
            case _:
                read[ref] = answer
    return read

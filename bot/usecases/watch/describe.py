"""Describes the runs that are due in a pass. A run that triggers a bug is isolated, so that others still get their
alerts.

An unexpected exception about a run (a worker may send anything in its heartbeats) is logged with a reference, and the
run is described again in the next pass. An exception in the other tasks of a pass does not end the pass either.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from bot.errors import BackfillBotError, DependencyError, NotFound, new_reference
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Description, Ref
from bot.ports import Engine

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PassDescriptions:
    """The runs described in one pass.

    Temporal no longer knows the runs in ``gone``. The cluster did not answer about those in ``unanswered``.
    ``not_asked`` has the runs about which nothing was asked, because the cluster had stopped answering. ``followed``
    has the closed runs in whose place a later run of the same chain is described, each with the run id of the first
    run of the chain. A run whose description cannot be read is in none of these.
    """

    descriptions: tuple[Description, ...] = ()
    gone: frozenset[Ref] = frozenset()
    unanswered: frozenset[Ref] = frozenset()
    not_asked: frozenset[Ref] = frozenset()
    followed: Mapping[Ref, str] = field(default_factory=dict)

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The runs about which something can be decided."""
        return (*(description.execution.ref for description in self.descriptions), *sorted(self.gone))

    def of(self, refs: Sequence[Ref]) -> "PassDescriptions":
        """The part that is about these runs."""
        wanted = frozenset(refs)
        descriptions = tuple(description for description in self.descriptions if description.execution.ref in wanted)
        return PassDescriptions(descriptions, self.gone & wanted, followed=self.followed)


@dataclass(frozen=True, slots=True)
class PassTime:
    """The time of a pass by the bot's clock (``here``), and by the clock of the cluster's server (``there``)."""

    here: datetime
    there: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Runs that were described together, and the time at which the first describe began."""

    time: PassTime
    described: PassDescriptions

    def with_later(self, later: "Step") -> "Step":
        """Both steps together. For a run that is in both, the later description counts."""
        again = frozenset(later.described.refs)
        earlier = self.described.of([ref for ref in self.described.refs if ref not in again])
        both = PassDescriptions(
            (*earlier.descriptions, *later.described.descriptions), earlier.gone | later.described.gone
        )
        return Step(self.time, both)


class DescribeCalls:
    """Describes runs of one cluster, at most ``at_once`` at the same time; each call begins when the budget allows
    it. When the cluster stops answering, no further call begins."""

    def __init__(self, engine: Engine, at_once: int, budget: CallBudget) -> None:
        self._engine = engine
        self._budget = budget
        self._turns = asyncio.Semaphore(at_once)
        self._is_away = False

    async def describe(self, refs: Sequence[Ref]) -> PassDescriptions:
        """Describe all of these. If several callers describe at the same time, the calls for the first of them begin
        first."""
        answers = await asyncio.gather(*map(self._describe, refs), return_exceptions=True)
        return _sorted_out(dict(zip(refs, answers, strict=True)))

    async def _describe(self, ref: Ref) -> Description | None:
        clock = asyncio.get_running_loop().time
        async with self._turns:
            while not self._is_away and (wait := self._budget.wait(clock())):  # noqa: ASYNC110  (the time is known)
                await asyncio.sleep(wait)
            if self._is_away:
                return None
            self._budget.spend(clock())
            try:
                return await self._engine.describe(ref)
            except NotFound:
                raise
            except DependencyError:
                self._is_away = True
                raise


def _sorted_out(answers: Mapping[Ref, Description | BaseException | None]) -> PassDescriptions:
    descriptions: list[Description] = []
    gone, unanswered, not_asked = set[Ref](), set[Ref](), set[Ref]()
    for ref, answer in answers.items():
        match answer:
            case None:
                not_asked.add(ref)
            case Description():
                descriptions.append(answer)
            case NotFound():
                gone.add(ref)
            case DependencyError():
                _log.warning("describe failed", cluster=ref.cluster, workflow=ref.workflow_id, reason=str(answer))
                unanswered.add(ref)
            case Exception():
                _log_odd_run(ref, answer)
            case _:
                raise answer
    return PassDescriptions(tuple(descriptions), frozenset(gone), frozenset(unanswered), frozenset(not_asked))


async def isolate_odd_runs(
    descriptions: PassDescriptions, conclude: Callable[[PassDescriptions], Awaitable[None]]
) -> frozenset[Ref]:
    """Call ``conclude`` for the runs, without those for which it fails. Returns the runs for which it fails.

    If ``conclude`` raises an unexpected exception, it is called for each half of the runs, and so on, until it fails
    for a single run. If it fails even without any run, its exception is raised, because then no run is the cause.
    """
    try:
        await conclude(descriptions)
    except BackfillBotError:
        raise
    except Exception as exc:  # isolates the run that causes it
        refs = descriptions.refs
        if not refs:
            raise
        if len(refs) == 1:
            await isolate_odd_runs(PassDescriptions(), conclude)
            _log_odd_run(refs[0], exc)
            return frozenset(refs)
        middle = len(refs) // 2
        return await isolate_odd_runs(descriptions.of(refs[:middle]), conclude) | await isolate_odd_runs(
            descriptions.of(refs[middle:]), conclude
        )
    return frozenset()


async def run_isolated(work: Awaitable[_T], default: _T, event: str, cluster: str) -> _T:
    """Await ``work``. If it fails, log ``event`` and return ``default``."""
    try:
        return await work
    except DependencyError as exc:
        _log.warning(event, cluster=cluster, reason=str(exc))
    except Exception as exc:  # noqa: BLE001  (one task must not end the pass)
        _log.error(event, reference=new_reference(), cluster=cluster, exc_info=exc)
    return default


def _log_odd_run(ref: Ref, problem: Exception) -> None:
    _log.error(
        "run not understood: looked at again in the next pass",
        reference=new_reference(),
        cluster=ref.cluster,
        workflow=ref.workflow_id,
        exc_info=problem,
    )

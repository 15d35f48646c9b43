"""The recorded runs of one cluster by customer: only customers with news are looked at again.

Everything that is derived from the past, chains and doubts, is derived from the runs of one customer. So what is kept
of a customer without news is what would be derived anew.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.runs.chains import joined_by_chain
from bot.fleet.runs.doubts import Conditions, with_doubts
from bot.fleet.runs.run import AGE, Run, RunsByCustomer
from bot.model import Execution, HistoryMark, Reading, RecordedChanges, Ref


@dataclass(frozen=True, slots=True)
class PastRules:
    """How the past of one cluster is judged. Runs of other ``types`` are left out. ``make`` gives the run of an
    execution, and ``belongs`` says whether it is one of the campaign. ``is_settled``: all that has to be read of an
    execution was read."""

    types: frozenset[str]
    make: Callable[[Execution], Run]
    belongs: Callable[[Run], bool]
    is_settled: Callable[[Execution], bool]
    conditions: Conditions


class RecordedPast:
    """The recorded runs up to ``mark``, with the ``reading`` that belongs to them. Whoever calls a method holds
    ``turn``, because the work is done in threads."""

    def __init__(self, rules: PastRules) -> None:
        self.turn = asyncio.Lock()
        self.mark: HistoryMark | None = None
        self.reading: Reading | None = None
        self._rules = rules
        self._made: dict[Ref, Run] = {}
        self._own: dict[str | None, dict[Ref, Run]] = {}
        self._derived: dict[str | None, tuple[Run, ...]] = {}
        self._open: dict[Ref, None] = {}
        self._unsettled: dict[Ref, None] = {}

    def __len__(self) -> int:
        return len(self._made)

    @property
    def ended(self) -> int:
        """How many of the runs have ended."""
        return len(self._made) - len(self._open)

    @property
    def executions(self) -> tuple[Execution, ...]:
        """All runs."""
        return tuple(run.execution for run in self._made.values())

    def apply(self, changes: RecordedChanges) -> None:
        """Take over what was recorded, and derive the customers anew that it is about."""
        with_news: dict[str | None, None] = {}
        if changes.is_all:
            known = {execution.ref for execution in changes.executions}
            for ref in [ref for ref in self._made if ref not in known]:
                with_news[self._remove(ref)] = None
        for execution in changes.executions:
            with_news |= dict.fromkeys(self._take(execution))
        for customer in with_news:
            self._derived[customer] = self._derive(self._own.get(customer, {}))
        self.mark, self.reading = changes.mark, changes.reading

    def recorded(self, refs: Iterable[Ref]) -> dict[Ref, Execution]:
        """Those of these runs that are recorded."""
        return {ref: self._made[ref].execution for ref in refs if ref in self._made}

    @property
    def unsettled(self) -> Collection[Ref]:
        """The runs that may have changed without being listed: those recorded as open, and those of which not all was
        read."""
        return {**self._open, **self._unsettled}

    def of(self, customers: Iterable[str | None]) -> list[Execution]:
        """The recorded runs of these customers; None stands for runs that are not recognised."""
        return [run.execution for name in customers for run in self._own.get(name, {}).values()]

    def derived_with(self, news: Sequence[Run]) -> tuple[RunsByCustomer, frozenset[str | None]]:
        """All runs, where ``news`` replace what is recorded; and the customers that the news are about."""
        own = {run.execution.ref: run for run in news}
        before = (self._made[ref] for ref in own if ref in self._made)
        customers = frozenset(map(_customer, (*before, *news)))
        fresh: dict[str | None, dict[Ref, Run]] = {customer: {} for customer in customers}
        for ref, run in own.items():
            if self._rules.belongs(run):
                fresh[_customer(run)][ref] = run
        derived = dict(self._derived)
        for customer, runs in fresh.items():
            recorded = {ref: run for ref, run in self._own.get(customer, {}).items() if ref not in own}
            derived[customer] = self._derive(recorded | runs)
        return RunsByCustomer(derived), customers

    def _take(self, execution: Execution) -> Collection[str | None]:
        """The customers that the execution is news of: its own, and the one that it was recorded for earlier."""
        ref, before = execution.ref, self._made.get(execution.ref)
        if execution.workflow_type not in self._rules.types or (before and before.execution is execution):
            return ()
        earlier = (self._remove(ref),) if before else ()
        run = self._made[ref] = self._rules.make(execution)
        if execution.status.is_open:
            self._open[ref] = None
        if not self._rules.is_settled(execution):
            self._unsettled[ref] = None
        if not self._rules.belongs(run):
            return earlier
        self._own.setdefault(_customer(run), {})[ref] = run
        return (*earlier, _customer(run))

    def _remove(self, ref: Ref) -> str | None:
        customer = _customer(self._made.pop(ref))
        self._own.get(customer, {}).pop(ref, None)
        self._open.pop(ref, None)
        self._unsettled.pop(ref, None)
        return customer

    def _derive(self, runs: Mapping[Ref, Run]) -> tuple[Run, ...]:
        oldest_first = sorted(runs.values(), key=AGE)
        return tuple(sorted(with_doubts(joined_by_chain(oldest_first), self._rules.conditions), key=AGE))


def _customer(run: Run) -> str | None:
    return run.identity.customer if run.identity else None

"""The recorded runs of one cluster, grouped by customer, with the chains and doubts that are derived from them.

Chains and doubts depend only on the runs of one customer. So they are derived again only for customers whose runs
have changed.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.fleet.runs.chains import joined_by_chain
from bot.fleet.runs.doubts import Conditions, with_doubts
from bot.fleet.runs.run import AGE, Run, RunsByCustomer
from bot.model import Execution, HistoryMark, Reading, RecordedChanges, Ref


@dataclass(frozen=True, slots=True)
class PastRules:
    """How the recorded runs of one cluster are selected and judged. Only workflows of these ``types`` count. ``make``
    turns an execution into a run, and ``belongs`` says whether the run belongs to the campaign. ``is_settled`` says
    whether everything that the bot needs of an execution was read."""

    types: frozenset[str]
    make: Callable[[Execution], Run]
    belongs: Callable[[Run], bool]
    is_settled: Callable[[Execution], bool]
    conditions: Conditions


class RecordedPast:
    """The recorded runs up to ``mark``, with the ``reading`` that belongs to them. A caller has to hold the lock
    ``turn`` during a call, because calls run in threads."""

    def __init__(self, rules: PastRules) -> None:
        self.turn = asyncio.Lock()
        self.mark: HistoryMark | None = None
        self.reading: Reading | None = None
        self._rules = rules
        self._made: dict[Ref, Run] = {}
        self._own: dict[str | None, list[Ref]] = {}
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

    def has(self, mark: HistoryMark) -> bool:
        """Whether the rows of the run history up to this mark are in here."""
        return self.mark is not None and (self.mark.start, self.mark.rows) >= (mark.start, mark.rows)

    def apply(self, changes: RecordedChanges) -> None:
        """Apply changes of the run history, and derive chains and doubts again for the customers concerned."""
        with_news: dict[str | None, None] = {}
        if changes.is_all:
            known = {execution.ref for execution in changes.executions}
            for ref in [ref for ref in self._made if ref not in known]:
                with_news |= dict.fromkeys(self._remove(ref))
        for execution in changes.executions:
            with_news |= dict.fromkeys(self._take(execution))
        for customer in with_news:
            self._derived[customer] = self._derive(map(self._made.__getitem__, self._own.get(customer, ())))
        self.mark, self.reading = changes.mark, changes.reading

    def recorded(self, refs: Iterable[Ref]) -> dict[Ref, Execution]:
        """The executions of these runs. Leaves out runs that are not recorded."""
        return {ref: self._made[ref].execution for ref in refs if ref in self._made}

    @property
    def unsettled(self) -> Collection[Ref]:
        """The runs that may have changed without being listed: those recorded as open, and those that are not read
        completely."""
        return {**self._open, **self._unsettled}

    def of(self, customers: Iterable[str | None]) -> list[Execution]:
        """The recorded runs of these customers; None stands for runs that are not recognised."""
        return [self._made[ref].execution for name in customers for ref in self._own.get(name, ())]

    def derived_with(self, news: Sequence[Run]) -> tuple[RunsByCustomer, frozenset[str | None]]:
        """All runs, with ``news`` in place of the recorded state of the same runs. Also returns the customers whose
        runs were derived anew: the customers of the runs in ``news``, and the customers for whom the same runs are
        recorded. Records nothing."""
        own = {run.execution.ref: run for run in news}
        before = (self._made[ref] for ref in own if ref in self._made)
        customers = frozenset(map(_customer, (*before, *news)))
        fresh: dict[str | None, dict[Ref, Run]] = {customer: {} for customer in customers}
        for ref, run in own.items():
            if self._rules.belongs(run):
                fresh[_customer(run)][ref] = run
        derived = dict(self._derived)
        for customer, runs in fresh.items():
            recorded = [self._made[ref] for ref in self._own.get(customer, ()) if ref not in own]
            derived[customer] = self._derive([*recorded, *runs.values()])
        return RunsByCustomer(derived), customers

    def _take(self, execution: Execution) -> Collection[str | None]:
        """Record an execution. Returns the customers to derive again: its own, and the one for which it was recorded
        earlier; none if nothing has changed or its type does not count."""
        ref, before = execution.ref, self._made.get(execution.ref)
        if execution.workflow_type not in self._rules.types or (before and before.execution is execution):
            return ()
        run = self._rules.make(execution)
        earlier, owners = self._owners(before), self._owners(run)
        if owners != earlier:
            self._disown(ref, earlier)
            for customer in owners:
                self._own.setdefault(customer, []).append(ref)
        self._made[ref] = run
        _mark(self._open, ref, is_marked=execution.status.is_open)
        _mark(self._unsettled, ref, is_marked=not self._rules.is_settled(execution))
        return (*earlier, *owners)

    def _remove(self, ref: Ref) -> Collection[str | None]:
        owners = self._owners(self._made.pop(ref))
        self._disown(ref, owners)
        self._open.pop(ref, None)
        self._unsettled.pop(ref, None)
        return owners

    def _owners(self, run: Run | None) -> tuple[str | None, ...]:
        """The customer of the run (None if it is not recognised), alone in a tuple; () without a run, or for a run
        that does not belong to the campaign."""
        return (_customer(run),) if run and self._rules.belongs(run) else ()

    def _disown(self, ref: Ref, owners: Iterable[str | None]) -> None:
        for customer in owners:
            self._own[customer].remove(ref)

    def _derive(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        oldest_first = sorted(runs, key=AGE)
        return tuple(sorted(with_doubts(joined_by_chain(oldest_first), self._rules.conditions), key=AGE))


def _customer(run: Run) -> str | None:
    return run.identity.customer if run.identity else None


def _mark(marked: dict[Ref, None], ref: Ref, *, is_marked: bool) -> None:
    if is_marked:
        marked[ref] = None
    else:
        marked.pop(ref, None)

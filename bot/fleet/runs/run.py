"""The runs of a cluster at one time: the customer and days of each, and the health of the open ones."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import overload

from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.children_health import ChildrenHealth
from bot.fleet.runs.close_facts import Unread, unread
from bot.fleet.runs.identity import Identity
from bot.model import (
    DoubtfulDays,
    Execution,
    ExecutionStatus,
    Health,
    Ref,
    SeenFailure,
    SequenceStanding,
    Window,
)
from bot.model.coverage import missing

# Sorts runs by their start, the oldest first.
AGE = attrgetter("started_at", "execution.ref")


@dataclass(frozen=True, slots=True)
class Run:
    """One logical run. ``execution`` is its latest link, and ``links`` are the earlier links of its chain, oldest
    first (``bot.fleet.runs.chains``). ``identity`` is None if the run was not recognised. ``doubts`` are days of a
    completed run that do not count as complete (``bot.fleet.runs.doubts``).

    ``health`` is None for a closed run, and for an open one that could not be described. ``pollers`` counts the
    workers that poll the task queue on which the run waits; None if it is unknown. ``children`` is the health of the
    open workflows below it, None if there are none; ``health`` already includes the worst of them. ``campaigns`` are
    the campaigns that the run belongs to; empty if only one campaign is known, or if the caller asked for the runs of
    one campaign.
    """

    execution: Execution
    identity: Identity | None
    link: str = ""
    health: Assessment | None = None
    cancel_requested: bool = False
    pollers: int | None = None
    failures: tuple[SeenFailure, ...] = ()
    doubts: tuple[DoubtfulDays, ...] = ()
    links: tuple[Execution, ...] = ()
    children: ChildrenHealth | None = None
    campaigns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The customer, or the workflow id when the run was not recognised."""
        return self.identity.customer if self.identity else self.execution.ref.workflow_id

    @property
    def window(self) -> Window | None:
        """The days of the run; None if it was not recognised."""
        return self.identity.window if self.identity else None

    @property
    def is_open(self) -> bool:
        """Whether the run is open in Temporal."""
        return self.execution.status.is_open

    @property
    def is_completed(self) -> bool:
        """Whether the run is completed in Temporal, and the bot has nothing left to read about how the links of its
        chain ended. Days of such a run may still be in doubt: see ``complete_days``."""
        if self.execution.status is not ExecutionStatus.COMPLETED:
            return False
        return all(unread(link) is not Unread.WAITS for link in (self.execution, *self.links))

    @property
    def is_complete(self) -> bool:
        """Whether the run has completed and none of its days is in doubt."""
        return self.is_completed and not self.doubts

    @property
    def complete_days(self) -> tuple[Window, ...]:
        """The days that the run has completed and that are not in doubt, as the fewest windows."""
        if self.window is None or not self.is_completed:
            return ()
        return missing(self.window, (days.window for days in self.doubts)) if self.doubts else (self.window,)

    @property
    def started_at(self) -> datetime:
        """When the first link of the chain started."""
        return (self.links or (self.execution,))[0].started_at

    @property
    def refs(self) -> tuple[Ref, ...]:
        """All links, the latest first."""
        return (self.execution.ref, *(link.ref for link in reversed(self.links)))

    @property
    def attempts(self) -> int:
        """The latest known attempt. A closed run may have had more, because only recorded failures show its
        attempts."""
        current = self.health.attempt if self.health and not self.health.child else 1
        return max(current, *(seen.attempt + 1 for seen in self.failures), 1)

    def is_of(self, campaigns: Collection[str]) -> bool:
        """Whether the run belongs to one of these campaigns. Also True if none are given, or if the run has none."""
        return not campaigns or not self.campaigns or not self.campaigns.isdisjoint(campaigns)

    def age(self, now: datetime) -> timedelta:
        """The time from the run's start to its end, or to ``now`` while it is open."""
        return (self.execution.closed_at or now) - self.started_at


class RunsByCustomer(Sequence[Run]):
    """The runs of a cluster, oldest start first, grouped by customer because there may be very many. ``groups`` has
    the runs of each customer, oldest start first; runs under None are not recognised."""

    def __init__(self, groups: Mapping[str | None, tuple[Run, ...]]) -> None:
        self.unrecognised = groups.get(None, ())
        self.recognised = {customer: runs for customer, runs in groups.items() if customer is not None and runs}
        self._all: tuple[Run, ...] | None = None

    def replaced(self, customers: Collection[str | None], change: Callable[[Run], Run]) -> "RunsByCustomer":
        """The runs, with ``change`` applied to each run of these customers."""
        groups: dict[str | None, tuple[Run, ...]] = dict(self.recognised.items())
        groups[None] = self.unrecognised
        return RunsByCustomer(groups | {name: tuple(map(change, groups.get(name, ()))) for name in customers})

    def of(self, customers: Iterable[str | None]) -> list[Run]:
        """The runs of these customers."""
        return [
            run
            for name in customers
            for run in (self.unrecognised if name is None else self.recognised.get(name, ()))
        ]

    @overload
    def __getitem__(self, index: int) -> Run: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Run, ...]: ...

    def __getitem__(self, index: int | slice) -> Run | tuple[Run, ...]:
        return self._sorted[index]

    def __len__(self) -> int:
        return len(self._sorted)

    def __iter__(self) -> Iterator[Run]:
        return iter(self._sorted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._sorted == tuple(other)

    def __hash__(self) -> int:
        return hash(self._sorted)

    @property
    def _sorted(self) -> tuple[Run, ...]:
        if self._all is None:
            every = (*self.unrecognised, *chain.from_iterable(self.recognised.values()))
            self._all = tuple(sorted(every, key=AGE))
        return self._all


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Everything that one cluster answered at ``at``, on its own clock: its runs and its open sequences.

    A sequence has no progress if its worker did not answer. ``sequences_silent`` says why the open sequences are
    unknown, ``history_silent`` why some past runs are unknown; both are "" otherwise. The open runs are those that
    were open at ``at``. Their descriptions may be older, by at most ``age``.
    """

    cluster: str
    at: datetime
    runs: Sequence[Run]
    sequences: tuple[SequenceStanding, ...] = ()
    sequences_silent: str = ""
    history_silent: str = ""
    age: timedelta = timedelta(0)

    def of(self, customer: str) -> tuple[Run, ...]:
        """The runs of one customer, oldest start first."""
        return tuple(by_customer(self.runs).get(customer, ()))

    @property
    def customers(self) -> set[str]:
        """All customers with a run or an open sequence on this cluster."""
        return by_customer(self.runs).keys() | {standing.customer for standing in self.sequences}

    @property
    def unrecognised(self) -> tuple[Run, ...]:
        """Runs without a recognised customer and days."""
        if isinstance(self.runs, RunsByCustomer):
            return self.runs.unrecognised
        return tuple(run for run in self.runs if run.identity is None)

    def with_unrecognised_as(self, workflow_id: str) -> "ClusterView":
        """The view in which the open unrecognised runs with this workflow id belong to a customer named like the
        workflow id. A command can then end these runs. The view is unchanged if there are no such runs, or if a
        customer already has this name."""
        own = tuple(run for run in self.unrecognised if run.is_open and run.execution.ref.workflow_id == workflow_id)
        if not own or workflow_id in self.customers:
            return self
        others = tuple(run for run in self.unrecognised if run not in own)
        groups: dict[str | None, tuple[Run, ...]] = {None: others, workflow_id: own}
        groups.update((name, tuple(runs)) for name, runs in by_customer(self.runs).items())
        return replace(self, runs=RunsByCustomer(groups))


def worst_runs_first(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs by health, then by start, then by name. A run that was not described counts as healthy."""

    def key(run: Run) -> tuple[int, datetime, str]:
        health = run.health.health if run.health else Health.HEALTHY
        return health.rank, run.started_at, run.name

    return tuple(sorted(runs, key=key))


def by_campaigns(own: Sequence[Run]) -> Iterator[tuple[Sequence[Run], Sequence[Run]]]:
    """Groups the runs of one customer by the campaigns that they belong to. Yields pairs. The first part is a group;
    the second part is all runs that share a campaign with the group, including the group itself. Only the runs of the
    second part say anything about the group's days, because other campaigns fill other tables. Both parts are in the
    order of ``own``."""
    groups: dict[frozenset[str], list[Run]] = {}
    for run in own:
        groups.setdefault(run.campaigns, []).append(run)
    if len(groups) == 1:
        yield own, own
        return
    for campaigns, group in groups.items():
        yield group, [run for run in own if run.is_of(campaigns)]


def by_customer(runs: Iterable[Run]) -> Mapping[str, Sequence[Run]]:
    """Recognised runs by customer, oldest start first."""
    if isinstance(runs, RunsByCustomer):
        return runs.recognised
    grouped: dict[str, list[Run]] = {}
    for run in runs:
        if run.identity:
            grouped.setdefault(run.identity.customer, []).append(run)
    for own in grouped.values():
        own.sort(key=AGE)
    return grouped

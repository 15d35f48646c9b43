"""What one look at one cluster gives: its runs, each with whom it is for and, while it is open, how it is doing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.identity import Identity
from bot.model import Execution, Ref, SeenFailure, SequenceStanding, Window

# Sorts runs by their start, the oldest first.
AGE = attrgetter("execution.started_at", "execution.ref")


@dataclass(frozen=True, slots=True)
class Run:
    """One execution. ``identity`` is None when it was not recognised.

    ``health`` is None for a closed run, and for an open one that was gone before it could be looked at.
    ``pollers`` counts the workers that poll the queue it waits on, None when that was not asked or not answered.
    """

    execution: Execution
    identity: Identity | None
    link: str = ""
    health: Assessment | None = None
    cancel_requested: bool = False
    pollers: int | None = None
    failures: tuple[SeenFailure, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: the customer, or the workflow id where none was recognised."""
        return self.identity.customer if self.identity else self.execution.ref.workflow_id

    @property
    def window(self) -> Window | None:
        """The days it is for, None when it was not recognised."""
        return self.identity.window if self.identity else None

    @property
    def is_open(self) -> bool:
        """Whether it may still do something."""
        return self.execution.status.is_open

    @property
    def attempts(self) -> int:
        """The latest attempt known: of an open run as Temporal tells it, of a closed one at least this many."""
        told = self.health.attempt if self.health else 1
        return max(told, *(seen.attempt + 1 for seen in self.failures), 1)

    def age(self, now: datetime) -> timedelta:
        """How long it has run, or ran."""
        return (self.execution.closed_at or now) - self.execution.started_at


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Everything one cluster answered at ``at``: its runs, and the open sequences by customer.

    A sequence is without its progress when its driver did not answer; ``sequences_silent`` says why it is not known
    which there are, and ``history_silent`` why not all past runs are, else they are "".
    """

    cluster: str
    at: datetime
    runs: tuple[Run, ...]
    sequences: tuple[SequenceStanding, ...] = ()
    sequences_silent: str = ""
    history_silent: str = ""

    def of(self, customer: str) -> tuple[Run, ...]:
        """The runs of one customer, oldest start first."""
        return tuple(run for run in self.runs if run.identity and run.identity.customer == customer)

    @property
    def customers(self) -> set[str]:
        """Everybody who has a run or an open sequence there."""
        runs = {run.identity.customer for run in self.runs if run.identity}
        return runs | {standing.customer for standing in self.sequences}

    @property
    def unrecognised(self) -> tuple[Run, ...]:
        """Those that tell no customer and days."""
        return tuple(run for run in self.runs if run.identity is None)


class EndedRuns:
    """Runs that have ended, each made once: a long past is told again with every question."""

    def __init__(self) -> None:
        self._made: dict[Ref, Run] = {}

    def of(self, execution: Execution, make: Callable[[Execution], Run]) -> Run:
        """The run of this execution, made when it has not been, or is told otherwise."""
        made = self._made.get(execution.ref)
        if made is None or made.execution is not execution:
            made = self._made[execution.ref] = make(execution)
        return made


def by_customer(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Recognised runs by customer, oldest start first."""
    grouped: dict[str, list[Run]] = {}
    for run in runs:
        if run.identity:
            grouped.setdefault(run.identity.customer, []).append(run)
    for own in grouped.values():
        own.sort(key=AGE)
    return grouped

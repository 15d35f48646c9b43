"""The fleet as a table: a row a cluster, the open customers worst first, and everything that does not fit in.

A cluster that did not answer is a row of its own; its customers are counted as unknown, never as zero.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.fleet.runs.run import ClusterView, Run, by_customer
from bot.fleet.status.backfill import Backfill, derive, with_sequence
from bot.model import Health, SequenceStanding, State, Window

# Worst first: what needs a person, then what goes on by itself. A customer that runs unhealthily comes before all.
_URGENCY = (
    State.FAILED,
    State.CANCELLED,
    State.PARTIAL,
    State.CANCELLING,
    State.RUNNING,
    State.NOT_STARTED,
    State.UNKNOWN,
    State.COMPLETE,
    State.NOT_APPLICABLE,
)
_CLOSED = (State.COMPLETE, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Silent:
    """A cluster that did not answer: why, when it last did (None: never that is known), and whom that hides."""

    cluster: str
    why: str
    last_seen: datetime | None
    customers: int


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One cluster that answered: its expected customers in the configured order, and others seen there.

    ``source_silent`` says why the source could not tell whether customers without an execution have rows at all,
    ``sequences_silent`` why the cluster could not tell which sequences are open, ``history_silent`` why not all past
    runs are known: what seems missing may have been done. ``at`` is when, by the cluster's own clock.
    """

    cluster: str
    customers: tuple[Backfill, ...]
    extras: tuple[Backfill, ...]
    unrecognised: tuple[Run, ...]
    source_silent: str = ""
    sequences_silent: str = ""
    history_silent: str = ""
    at: datetime | None = None

    @property
    def expected(self) -> int:
        """Customers that have something to backfill."""
        return sum(b.state is not State.NOT_APPLICABLE for b in self.customers)

    @property
    def complete(self) -> int:
        """Those that are done."""
        return sum(b.state is State.COMPLETE for b in self.customers)

    @property
    def open(self) -> tuple[Backfill, ...]:
        """Those that are not, in the configured order."""
        return tuple(b for b in self.customers if b.state not in _CLOSED)

    @property
    def is_applicable(self) -> bool:
        """Whether anything is to be done there at all."""
        return self.expected > 0


@dataclass(frozen=True, slots=True)
class Board:
    """The clusters asked about, in the configured order, over ``whole`` at ``at``; ``people`` are names by id."""

    whole: Window
    at: datetime
    rows: tuple[ClusterRow | Silent, ...]
    people: Mapping[str, str] = field(default_factory=dict)

    def view_time(self, cluster: str) -> datetime:
        """When it was looked there, by the clock that its runs go by."""
        return next((row.at for row in self.answered if row.cluster == cluster and row.at), self.at)

    @property
    def answered(self) -> tuple[ClusterRow, ...]:
        """Rows of clusters that answered."""
        return tuple(row for row in self.rows if isinstance(row, ClusterRow))

    @property
    def silent(self) -> tuple[Silent, ...]:
        """Rows of those that did not."""
        return tuple(row for row in self.rows if isinstance(row, Silent))

    @property
    def unknown(self) -> int:
        """Expected customers on clusters that did not answer."""
        return sum(row.customers for row in self.silent)

    @property
    def complete(self) -> int:
        """Customers that are complete for certain."""
        return sum(row.complete for row in self.answered)

    @property
    def total(self) -> int:
        """Customers with something to backfill, those of silent clusters included."""
        return sum(row.expected for row in self.answered) + self.unknown

    @property
    def open(self) -> tuple[Backfill, ...]:
        """Open customers of all clusters, worst first."""
        return worst_first([backfill for row in self.answered for backfill in row.open])

    @property
    def sequences(self) -> tuple[SequenceStanding, ...]:
        """Those that are open, by cluster and customer as in the rows."""
        everybody = (b for row in self.answered for b in (*row.customers, *row.extras))
        return tuple(b.sequence for b in everybody if b.sequence)

    @property
    def extras(self) -> tuple[Backfill, ...]:
        """Customers seen in Temporal that nobody expects, worst first; counted nowhere."""
        return worst_first([backfill for row in self.answered for backfill in row.extras])

    @property
    def unrecognised(self) -> tuple[Run, ...]:
        """Executions that tell no customer and days."""
        return tuple(run for row in self.answered for run in row.unrecognised)


def row_of(view: ClusterView, customers: Collection[str], whole: Window) -> ClusterRow:
    """What one cluster's answer means for the customers expected there."""
    runs, sequences = by_customer(view.runs), {standing.customer: standing for standing in view.sequences}

    def stands(name: str) -> Backfill:
        derived = derive(view.cluster, name, whole, runs.get(name, ()), view.at)
        return with_sequence(derived, sequences.get(name), view.at)

    others = map(stands, sorted((runs.keys() | sequences.keys()) - set(customers)))
    return ClusterRow(
        cluster=view.cluster,
        customers=tuple(map(stands, customers)),
        # Runs of another campaign do not make a customer of this one.
        extras=tuple(replace(other, expected=False) for other in others if other.runs or other.sequence),
        unrecognised=view.unrecognised,
        sequences_silent=view.sequences_silent,
        history_silent=view.history_silent,
        at=view.at,
    )


def people_of(rows: Sequence[ClusterRow | Silent]) -> set[str]:
    """User ids of those who have begun or paused what goes on there."""
    answered = [row for row in rows if isinstance(row, ClusterRow)]
    open_ones = [b.sequence for row in answered for b in (*row.customers, *row.extras) if b.sequence]
    paused_by = [standing.progress.paused_by for standing in open_ones if standing.progress]
    return {user for user in (*(standing.started_by for standing in open_ones), *paused_by) if user}


def not_started(row: ClusterRow) -> tuple[str, ...]:
    """Customers that may have nothing to backfill."""
    return tuple(b.customer for b in row.customers if b.state is State.NOT_STARTED)


def with_volumes(row: ClusterRow, rows: Mapping[str, int]) -> ClusterRow:
    """The row once the source has told how many rows its not started customers have; absent means none."""
    customers = tuple(
        replace(b, state=State.NOT_APPLICABLE, left=None)
        if b.state is State.NOT_STARTED and not rows.get(b.customer)
        else b
        for b in row.customers
    )
    return replace(row, customers=customers)


def worst_first(backfills: Sequence[Backfill]) -> tuple[Backfill, ...]:
    """Unhealthy ones by health, then what needs a person, then what goes on; by name within these.

    One that somebody has paused stays where it is until somebody resumes it.
    """

    def key(backfill: Backfill) -> tuple[int, int, str, str]:
        health = (backfill.health or Health.HEALTHY).rank
        is_paused = backfill.state is State.RUNNING and not backfill.goes_on
        state = State.PARTIAL if is_paused else backfill.state
        return health, _URGENCY.index(state), backfill.cluster, backfill.customer

    return tuple(sorted(backfills, key=key))

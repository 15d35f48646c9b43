"""The state of all clusters as a table with a row for each cluster. A cluster that did not answer has a row, too, and
its customers count as unknown. Unexpected customers, and runs without a customer and days, are kept apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.fleet.runs.run import ClusterView, Run, by_customer
from bot.fleet.status.backfill import Backfill, with_unknown_past
from bot.fleet.status.known_backfills import KnownBackfills
from bot.fleet.status.open_sequence import with_sequence
from bot.fleet.status.queue import QueuePlace, QueueSilent, QueueSummary
from bot.fleet.status.urgency import worst_first
from bot.model import SequenceStanding, State, Window

_NOT_OPEN = (State.COMPLETE, State.NOT_APPLICABLE, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Silent:
    """A cluster that did not answer, and how many customers are expected there. ``last_seen`` is when it last
    answered; None if that is unknown. ``system`` is what did not answer: ``Temporal of voice-prod``; "" if that is
    unknown."""

    cluster: str
    why: str
    last_seen: datetime | None
    customers: int
    system: str = ""


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One cluster that answered: its expected customers in the configured order, and ``extras``, other customers seen
    there.

    Three fields give the reason why something is unknown, and are "" otherwise: ``source_silent``, why it is unknown
    whether customers without a run have rows in the source; ``sequences_silent``, why the open sequences are unknown;
    ``history_silent``, why some past runs are unknown. With ``history_silent``, a customer counts as unknown unless
    it is complete or has something open. ``at`` is when the cluster answered, on its own clock. Some of its open runs
    were described up to ``age`` before. ``queue`` is the cluster's queue; None if none is open.
    """

    cluster: str
    customers: tuple[Backfill, ...]
    extras: tuple[Backfill, ...]
    unrecognised: tuple[Run, ...]
    source_silent: str = ""
    sequences_silent: str = ""
    history_silent: str = ""
    at: datetime | None = None
    age: timedelta = timedelta(0)
    queue: QueueSummary | QueueSilent | None = None

    @property
    def expected(self) -> int:
        """How many customers have something to backfill."""
        return sum(b.state is not State.NOT_APPLICABLE for b in self.customers)

    @property
    def complete(self) -> int:
        """How many customers are complete."""
        return sum(b.state is State.COMPLETE for b in self.customers)

    @property
    def verified(self) -> int:
        """How many customers are complete, with all days proven by counts."""
        return sum(b.is_verified for b in self.customers)

    @property
    def in_doubt(self) -> int:
        """How many customers are in doubt; they are among the open ones."""
        return sum(b.state is State.IN_DOUBT for b in self.customers)

    @property
    def open(self) -> tuple[Backfill, ...]:
        """Customers that are known not to be complete, in the configured order."""
        return tuple(b for b in self.customers if b.state not in _NOT_OPEN)

    @property
    def unknown(self) -> tuple[Backfill, ...]:
        """Customers of whom it is not known whether they are complete, in the configured order."""
        return tuple(b for b in self.customers if b.state is State.UNKNOWN)

    @property
    def not_started(self) -> tuple[Backfill, ...]:
        """Customers that have never run and are not known to be queued, in the configured order."""
        return tuple(b for b in self.customers if b.state is State.NOT_STARTED and not b.place)

    @property
    def share(self) -> str:
        """How many customers are complete: ``14/17``. If others may be complete too, it is ``≥14/17``, or ``unknown``
        where none is known to be complete."""
        if not self.unknown:
            return f"{self.complete}/{self.expected}"
        return f"≥{self.complete}/{self.expected}" if self.complete else State.UNKNOWN.value

    @property
    def is_applicable(self) -> bool:
        """Whether the cluster has anything to backfill."""
        return self.expected > 0


@dataclass(frozen=True, slots=True)
class Board:
    """The clusters in the configured order, for the range ``whole``. ``people`` maps user ids to names. ``slots``
    maps each cluster to the number of windows that may run there at once."""

    whole: Window
    at: datetime
    rows: tuple[ClusterRow | Silent, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, int] = field(default_factory=dict)

    def view_time(self, cluster: str) -> datetime:
        """When the cluster answered, by its own clock. For a cluster that did not answer, the board's time."""
        return next((row.at for row in self.answered if row.cluster == cluster and row.at), self.at)

    def of_clusters(self, clusters: Collection[str]) -> "Board":
        """The part of the board that is about these clusters."""
        return replace(self, rows=tuple(row for row in self.rows if row.cluster in clusters))

    @property
    def age(self) -> timedelta:
        """The age of the oldest description of an open run."""
        return max((row.age for row in self.answered), default=timedelta(0))

    @property
    def answered(self) -> tuple[ClusterRow, ...]:
        """Rows of clusters that answered."""
        return tuple(row for row in self.rows if isinstance(row, ClusterRow))

    @property
    def silent(self) -> tuple[Silent, ...]:
        """Rows of clusters that did not answer."""
        return tuple(row for row in self.rows if isinstance(row, Silent))

    @property
    def unknown(self) -> int:
        """The number of customers of whom it is not known whether they are complete: all customers of clusters that
        did not answer, and those with unknown past runs."""
        return sum(row.customers for row in self.silent) + sum(len(row.unknown) for row in self.answered)

    @property
    def complete(self) -> int:
        """How many customers are known to be complete."""
        return sum(row.complete for row in self.answered)

    @property
    def total(self) -> int:
        """How many customers have something to backfill, including those of clusters that did not answer."""
        return sum(row.expected for row in self.answered) + sum(row.customers for row in self.silent)

    @property
    def open(self) -> tuple[Backfill, ...]:
        """Open customers of all clusters, worst first."""
        return worst_first([backfill for row in self.answered for backfill in row.open])

    @property
    def not_started(self) -> tuple[Backfill, ...]:
        """Customers that have never run and wait in no queue, in the order of the rows."""
        return tuple(b for row in self.answered for b in row.not_started if not b.may_be_queued)

    @property
    def sequences(self) -> tuple[SequenceStanding, ...]:
        """Open sequences, in the order of clusters and customers in the rows."""
        everybody = (b for row in self.answered for b in (*row.customers, *row.extras))
        return tuple(b.sequence for b in everybody if b.sequence)

    @property
    def extras(self) -> tuple[Backfill, ...]:
        """Customers seen in Temporal that are not configured, worst first. No count includes them."""
        return worst_first([backfill for row in self.answered for backfill in row.extras])

    @property
    def unrecognised(self) -> tuple[Run, ...]:
        """Runs without a recognised customer and days."""
        return tuple(run for row in self.answered for run in row.unrecognised)


def row_of(
    view: ClusterView, customers: Collection[str], whole: Window, known: KnownBackfills | None = None
) -> ClusterRow:
    """The row of a cluster, from its answer and the customers expected there. ``known`` has what was derived before,
    for customers whose runs have not changed since."""
    derived = (known or KnownBackfills()).derive
    runs, sequences = by_customer(view.runs), {standing.customer: standing for standing in view.sequences}

    def backfill_of(name: str) -> Backfill:
        past = derived(view.cluster, name, whole, runs.get(name, ()), view.at)
        backfill = with_sequence(past, sequences.get(name), view.at)
        return with_unknown_past(backfill) if view.history_silent else backfill

    others = map(backfill_of, sorted((runs.keys() | sequences.keys()) - set(customers)))
    return ClusterRow(
        cluster=view.cluster,
        customers=tuple(map(backfill_of, customers)),
        # A customer that is not expected here is listed only if it has runs or a sequence in this range.
        extras=tuple(replace(other, expected=False) for other in others if other.runs or other.sequence),
        unrecognised=view.unrecognised,
        sequences_silent=view.sequences_silent,
        history_silent=view.history_silent,
        at=view.at,
        age=view.age,
    )


def people_of(rows: Sequence[ClusterRow | Silent]) -> set[str]:
    """The user ids of the people who have started or paused an open sequence, stopped the work of a customer, queued
    a customer or paused a queue."""
    answered = [row for row in rows if isinstance(row, ClusterRow)]
    backfills = [b for row in answered for b in (*row.customers, *row.extras)]
    sequences = [b.sequence for b in backfills if b.sequence]
    paused_by = [standing.progress.paused_by for standing in sequences if standing.progress]
    paused_by += [row.queue.paused_by for row in answered if isinstance(row.queue, QueueSummary)]
    stopped_by = [b.stop.by for b in backfills if b.stop]
    queued_by = [b.turn.by for b in backfills if isinstance(b.turn, QueuePlace)]
    started_by = [standing.started_by for standing in sequences]
    return {user for user in (*started_by, *paused_by, *stopped_by, *queued_by) if user}


def without_run(row: ClusterRow) -> tuple[str, ...]:
    """Customers without a known run: only the source knows whether they have anything to backfill."""
    return tuple(b.customer for b in row.customers if _has_no_run(b))


def with_volumes(row: ClusterRow, rows: Mapping[str, int]) -> ClusterRow:
    """The row, with customers that have no run and no rows in the source marked as not applicable. ``rows`` has the
    number of rows in the source by customer; a customer that is absent has none."""
    customers = tuple(
        replace(b, state=State.NOT_APPLICABLE, work=None) if _has_no_run(b) and not rows.get(b.customer) else b
        for b in row.customers
    )
    return replace(row, customers=customers)


def _has_no_run(backfill: Backfill) -> bool:
    return backfill.state in (State.NOT_STARTED, State.UNKNOWN) and not backfill.runs

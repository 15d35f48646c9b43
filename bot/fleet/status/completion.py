"""Whether a cluster is complete, from its run history alone. Pure.

The run history shows a run as complete a moment before the rows of the run are counted, and the count may contradict
the run. So the bot announces completion only once counts have proven all days, or once it has waited long enough for
the counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.run import Run, by_customer
from bot.fleet.status.backfill import Backfill, derive
from bot.model import State, Window


@dataclass(frozen=True, slots=True)
class ClusterCompletion:
    """How many customers of a cluster have something to backfill, how many of them are complete, and how many of the
    complete ones are proven by counts. ``is_counted``: the bot waits for no more counts."""

    cluster: str
    expected: int
    complete: int
    verified: int
    is_counted: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do. Also True if nobody has anything to backfill."""
        return self.complete == self.expected


@dataclass(frozen=True, slots=True)
class CountPatience:
    """How long the bot waits for counts: for ``wait`` after the end of a customer's last run. ``wait`` is zero if
    nothing is counted. ``now`` is on the cluster's clock."""

    now: datetime
    wait: timedelta

    def is_over(self, backfill: Backfill) -> bool:
        """Whether the customer's counts are there, or are not waited for any longer."""
        closed = [run.execution.closed_at for run in backfill.runs if run.execution.closed_at]
        return backfill.is_verified or not closed or self.now - max(closed) >= self.wait


def backfills_of(
    cluster: str, customers: Sequence[str], whole: Window, runs: Sequence[Run], now: datetime
) -> list[Backfill]:
    """The customers in their order, as the run history has them. Open sequences play no part: they complete
    nothing."""
    own = by_customer(runs)
    return [derive(cluster, name, whole, own.get(name, ()), now) for name in customers]


def never_run(backfills: Sequence[Backfill]) -> tuple[str, ...]:
    """The customers without any run; empty until everybody else is complete. Only the source shows whether they have
    anything to backfill."""
    if any(backfill.runs and backfill.state is not State.COMPLETE for backfill in backfills):
        return ()
    return tuple(backfill.customer for backfill in backfills if not backfill.runs)


def completion_of(
    cluster: str, backfills: Sequence[Backfill], volumes: Mapping[str, int], patience: CountPatience
) -> ClusterCompletion:
    """The completion of the cluster with these customers. ``volumes`` has the rows in the source of customers that
    have never run; a customer that is absent has none."""
    done = [backfill for backfill in backfills if backfill.state is State.COMPLETE]
    unused = [name for name in never_run(backfills) if not volumes.get(name)]
    return ClusterCompletion(
        cluster=cluster,
        expected=len(backfills) - len(unused),
        complete=len(done),
        verified=sum(backfill.is_verified for backfill in done),
        is_counted=all(map(patience.is_over, done)),
    )

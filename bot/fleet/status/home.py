"""What App Home shows: the board, divided into what needs a person and what goes on by itself."""

from dataclasses import dataclass

from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.model import State

# Customers in these states need nobody yet. ``status`` lists them.
_NOT_BEGUN = (State.NOT_STARTED, State.UNKNOWN)


def share_done(backfill: Backfill) -> float:
    """The share of the customer's work that is done, from 0 to 1, measured in windows, or in days if there are no
    windows. An open run counts with the share that its heartbeats report."""
    if backfill.windows:
        windows = [run for run in backfill.open_runs if run.window and not run.window.contains(backfill.whole)]
        return _within(backfill.windows.done + sum(map(_reported, windows)), backfill.windows.total)
    under_way = (_reported(run) * run.window.days for run in backfill.open_runs if run.window)
    return _within(backfill.covered_days + sum(under_way), backfill.whole.days)


def _within(done: float, total: int) -> float:
    return min(done / total, 1.0) if total else 0.0


def _reported(run: Run) -> float:
    return (run.health.progress.share if run.health else None) or 0.0


@dataclass(frozen=True, slots=True)
class Home:
    """The board as one person sees it. ``campaign`` is the campaign of the board; "" while only one is known.
    ``campaigns`` are the open ones, among which the person may choose; empty unless several are open. ``may_change``:
    the person may change something on every cluster. If not, ``clusters`` are the clusters where the person may
    change something, and ``operators`` are the names of people who may change something."""

    board: Board
    may_change: bool
    operators: tuple[str, ...] = ()
    campaign: str = ""
    clusters: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()

    def may_change_on(self, cluster: str) -> bool:
        """Whether the person may change something on this cluster."""
        return self.may_change or cluster in self.clusters

    @property
    def needs_person(self) -> tuple[Backfill, ...]:
        """Open customers whose work has stopped or is unhealthy, worst first."""
        return tuple(b for b in self.board.open if b.state not in _NOT_BEGUN and b.needs_person)

    @property
    def queued(self) -> tuple[Backfill, ...]:
        """Open customers that wait in a queue and need no person. Those of one cluster are in the order of their
        turns."""
        return tuple(b for b in self.board.open if b.place and (b.state in _NOT_BEGUN or not b.needs_person))

    @property
    def may_be_queued(self) -> tuple[Backfill, ...]:
        """Open customers whose work has stopped, and who may wait in a queue that does not answer."""
        return tuple(b for b in self.board.open if b.may_be_queued and b.state not in _NOT_BEGUN)

    @property
    def goes_on(self) -> tuple[Backfill, ...]:
        """Open customers whose work is healthy, in the order of the board."""
        return tuple(b for b in self.board.open if b.goes_on and not b.needs_person)

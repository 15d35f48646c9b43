"""What App Home shows: the board, divided into what needs a person and what goes on by itself."""

from dataclasses import dataclass

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.model import State

# Customers in these states need nobody yet. ``status`` lists them.
_NOT_BEGUN = (State.NOT_STARTED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Home:
    """The board as one person sees it. ``campaign`` is the campaign of the board; "" while only one is known.
    ``may_change``: the person may change something on every cluster. For anybody else, ``clusters`` are those where
    the person may change something, and ``operators`` are the names of people who may."""

    board: Board
    may_change: bool
    operators: tuple[str, ...] = ()
    campaign: str = ""
    clusters: tuple[str, ...] = ()

    def may_change_on(self, cluster: str) -> bool:
        """Whether the person may change something on this cluster."""
        return self.may_change or cluster in self.clusters

    @property
    def needs_person(self) -> tuple[Backfill, ...]:
        """Open customers whose work has stopped or is unhealthy, worst first."""
        return tuple(b for b in self.board.open if b.state not in _NOT_BEGUN and b.needs_person)

    @property
    def goes_on(self) -> tuple[Backfill, ...]:
        """Open customers whose work is healthy, in the order of the board."""
        return tuple(b for b in self.board.open if b.goes_on and not b.needs_person)

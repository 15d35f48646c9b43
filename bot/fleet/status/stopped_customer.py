"""What a digest shows of a customer whose work has stopped: the missing days, when the work stopped, who stopped it,
and which run explains why nothing runs."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.fleet.status.last_end import LastEnd, last_end
from bot.model import State, Window


@dataclass(frozen=True, slots=True)
class StoppedCustomer:
    """A customer whose work has stopped while days are missing. ``at`` is when the work stopped; None if that is
    unknown. ``by`` is the name of the person who stopped it; "" if nobody did, or if that is unknown. ``name`` is
    ``cluster/customer``; ``link`` may be "". ``end`` is the end of the run that explains why nothing runs
    (``last_end``); None if no run explains it, and in digests of earlier versions."""

    name: str
    state: State
    missing: tuple[Window, ...]
    at: datetime | None = None
    by: str = ""
    link: str = ""
    end: LastEnd | None = None


def stopped_customer(backfill: Backfill, board: Board, link: str) -> StoppedCustomer:
    """The customer as the digest lists it, with the link to its thread."""
    stop = backfill.stop
    by = board.people.get(stop.by, stop.by) if stop else ""
    at, end = stop.at if stop else None, last_end(backfill)
    return StoppedCustomer(backfill.full_name, backfill.state, backfill.missing, at, by, link, end)

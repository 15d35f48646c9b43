"""What ``status`` can answer: the fleet, one cluster, or one customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, Silent
from bot.model import Window


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """All clusters."""

    board: Board


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """One cluster: a board with a single row."""

    cluster: str
    board: Board


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """One customer on one cluster; ``standing`` is Silent when the cluster did not answer.

    ``source_silent`` says why the source could not tell whether a customer without an execution has rows at all.
    ``sequences_silent`` says why the cluster could not tell whether a sequence runs it, ``history_silent`` why not
    all of its past runs are known. ``people`` are names by id. ``notes`` are sentences about what is open of it on
    other clusters.
    """

    cluster: str
    customer: str
    whole: Window
    at: datetime
    standing: Backfill | Silent
    source_silent: str = ""
    sequences_silent: str = ""
    history_silent: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


StatusResult = FleetStatus | ClusterStatus | CustomerStatus

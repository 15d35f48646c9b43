"""The results of ``status``: the fleet, one cluster, or one customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.fleet.runs.open_work import OpenWorkNote
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

    ``source_silent`` says why it is not known whether a customer without a run has rows in the source;
    ``sequences_silent``, why it is not known whether a sequence is open; ``history_silent``, why not all past runs
    are known. ``people`` maps user ids to names. ``notes`` are about the customer's open work on other
    clusters.
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
    notes: tuple[OpenWorkNote, ...] = ()


StatusResult = FleetStatus | ClusterStatus | CustomerStatus

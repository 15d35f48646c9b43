"""The results of ``status``: for all clusters, one cluster, or one customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.fleet.runs.open_work import OpenWorkNote
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, Silent
from bot.model import Ref, Window


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """The status of all clusters."""

    board: Board


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """The status of one cluster: a board with a single row."""

    cluster: str
    board: Board


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """One customer on one cluster. ``standing`` is Silent if the cluster did not answer.

    Three fields give the reason why something is unknown, and are "" otherwise: ``source_silent``, why it is unknown
    whether a customer without a run has rows in the source; ``sequences_silent``, why it is unknown whether a
    sequence is open; ``history_silent``, why some past runs are unknown. ``people`` maps user ids to names. ``notes``
    are about the customer's open work on other clusters. ``ended_by`` has the user who cancelled or terminated a run
    with the bot, as far as that is known.
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
    ended_by: Mapping[Ref, str] = field(default_factory=dict)


StatusResult = FleetStatus | ClusterStatus | CustomerStatus

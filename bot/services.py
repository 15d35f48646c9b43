"""Services: everything a use-case may reach, in one frozen value. Built in ``wiring``, or by a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.config import Config
from bot.fleet.runs.identity import Recogniser
from bot.fleet.runs.run import EndedRuns
from bot.ports import (
    Channel,
    Control,
    Deliveries,
    Engine,
    Journal,
    Lease,
    Modals,
    Outbox,
    People,
    RunHistory,
    Warehouse,
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One environment's systems: Temporal to look at, Temporal to change, ClickHouse."""

    engine: Engine
    control: Control
    warehouse: Warehouse


@dataclass(frozen=True, slots=True)
class Services:
    """The ports and the configuration; ``now`` gives aware UTC times.

    ``recogniser`` tells for whom an execution runs, as the configuration says; ``ended_runs`` are those it has told.
    """

    config: Config
    recogniser: Recogniser
    clusters: Mapping[str, Cluster]
    journal: Journal
    ledger: RunHistory
    outbox: Outbox
    lease: Lease
    deliveries: Deliveries
    channel: Channel
    modals: Modals
    people: People
    now: Callable[[], datetime]
    ended_runs: EndedRuns = field(default_factory=EndedRuns)

"""``Services``: everything that a use-case may reach, in one frozen value. ``bot.wiring`` and tests build it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.campaigns.membership import CampaignView, Membership
from bot.fleet.proposals.audit_records import AuditWording
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.doubts import Conditions
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.latest import LatestAnswers
from bot.fleet.runs.past import RecordedPast
from bot.fleet.runs.recogniser import Recogniser
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.known_backfills import KnownBackfills
from bot.model import CampaignRecord, Episode, Execution, Ref
from bot.ports import (
    Channel,
    Control,
    Deliveries,
    Dialogs,
    Engine,
    Files,
    Journal,
    Leases,
    Modals,
    Outbox,
    People,
    Pictures,
    RunHistory,
    Subscriptions,
    Warehouse,
    Webhooks,
    WindowQueue,
)


class Inputs(Protocol):
    """The interface of ``bot.usecases.observe.inputs.InputReader``. It is here so that use-cases and the composition
    root can both import it."""

    async def with_inputs(self, executions: Sequence[Execution], within: timedelta) -> list[Execution]: ...

    async def remember(self, executions: Collection[Execution]) -> None: ...

    def is_settled(self, run: Execution) -> bool: ...


class CloseFacts(Protocol):
    """The interface of ``bot.usecases.observe.close_facts.CloseFactsReader``."""

    async def with_facts(self, executions: Sequence[Execution], within: timedelta) -> list[Execution]: ...

    async def remember(self, executions: Collection[Execution]) -> None: ...

    async def read_again(self, executions: Collection[Execution], within: timedelta) -> list[Execution]: ...

    def is_settled(self, run: Execution) -> bool: ...

    @property
    def unsettled(self) -> Collection[Ref]: ...

    @property
    def has_earlier(self) -> bool: ...


class Ends(Protocol):
    """The interface of ``bot.usecases.drive.recent_ends.RecentEnds``."""

    def notice(self, run: Execution, now: datetime) -> AbstractContextManager[asyncio.Event]: ...


@dataclass(frozen=True, slots=True)
class Cluster:
    """The systems of one cluster: Temporal to read from (``engine``) and to change (``control``), the ``queue`` of
    the bot's sequences there, and ClickHouse.

    ``inputs`` reads the inputs of runs. ``engine`` uses it: where a mapping needs inputs, the runs that ``engine``
    returns carry their inputs in ``Execution.hints``, as far as these can be read in time. ``close_facts`` reads how
    closed runs ended, and ``ends`` notices soon that followed runs have ended. ``budget`` spreads the calls that can
    wait: those of the watcher, of the activities that follow windows, of the second reading of runs that an earlier
    version recorded, and of a command about a run with very many workflows below it. Other questions of people do not
    wait, but their calls are counted.
    """

    engine: Engine
    control: Control
    queue: WindowQueue
    warehouse: Warehouse
    inputs: Inputs
    close_facts: CloseFacts
    budget: CallBudget
    ends: Ends


@dataclass(frozen=True, slots=True)
class SharedLook:
    """One reading of a cluster's state, shared by everybody who asks within moments; ``view`` is its result. The
    reading began at ``began`` on the event loop's clock, and at ``at`` on the bot's clock."""

    view: asyncio.Future[ClusterView]
    began: float
    at: datetime

    @property
    def has_failed(self) -> bool:
        """Whether the reading has ended without a result."""
        return self.view.done() and (self.view.cancelled() or self.view.exception() is not None)


Pasts = dict[tuple[str, frozenset[str]], RecordedPast]


@dataclass(slots=True)
class CampaignMemory:
    """The campaigns as they were last read, for times when the store does not answer. ``services`` are the services
    made for each campaign, by its name. ``is_read``: the store has answered at least once."""

    records: tuple[CampaignRecord, ...] = ()
    is_read: bool = False
    book: CampaignBook | None = None
    membership: Membership | None = None
    services: dict[str, "Services"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Services:
    """The ports and the configuration. ``now`` returns aware UTC times.

    ``recogniser`` finds the customer and days of an execution, as configured. ``conditions`` say, by workflow type,
    when a result means that the days are complete. ``pasts`` caches, by cluster and workflow types, what the
    recogniser and the conditions say of recorded runs. ``backfills`` caches, by cluster, the customers' backfills
    that were derived from runs. ``audit_wording`` has the texts that the audit stores. ``latest`` has what each
    cluster has answered last about its open runs.

    ``view`` is set for services of one campaign (``bot.usecases.campaigns.scope``): then ``config``, the recogniser
    and the clusters are those of the campaign, and ``root`` are the services of the whole bot. ``campaigns``
    remembers what the root knows of campaigns.
    """

    config: Config
    recogniser: Recogniser
    audit_wording: AuditWording
    clusters: Mapping[str, Cluster]
    journal: Journal
    ledger: RunHistory
    outbox: Outbox
    leases: Leases
    deliveries: Deliveries
    dialogs: Dialogs
    subscriptions: Subscriptions
    channel: Channel
    modals: Modals
    files: Files
    pictures: Pictures
    people: People
    webhooks: Webhooks
    now: Callable[[], datetime]
    conditions: Conditions = field(default_factory=dict)
    pasts: Pasts = field(default_factory=dict)
    latest: dict[str, LatestAnswers] = field(default_factory=dict)
    shared_looks: dict[str, SharedLook] = field(default_factory=dict)
    backfills: dict[str, KnownBackfills] = field(default_factory=dict)
    view: CampaignView | None = None
    root: "Services | None" = None
    campaigns: CampaignMemory = field(default_factory=CampaignMemory)

    @property
    def today(self) -> date:
        """The date in the campaign's time zone."""
        return self.now().astimezone(ZoneInfo(self.config.campaign.timezone)).date()

    def is_about(self, episode: Episode) -> bool:
        """Whether the alert is about the campaign of these services."""
        return self.view is None or self.view.is_about(episode.ref.cluster, episode.customer, episode.window)

    def covers(self, run: Execution, identity: Identity | None) -> bool:
        """Whether the run belongs to the campaign of these services."""
        return self.view is None or self.view.covers(run, identity)

"""Services over fakes, with two customers on one cluster: the start of most tests of use-cases and handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.blocks import audit_wording
from bot.config import Config
from bot.fleet.runs.call_budget import CallBudget
from bot.model import Person
from bot.ports import WindowQueue
from bot.services import Cluster, Services
from bot.usecases.campaigns.ids import fleet_recogniser
from bot.usecases.definitions import conditions, result_paths
from bot.usecases.drive.recent_ends import RecentEnds
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.engine_with_inputs import EngineWithInputs
from bot.usecases.observe.inputs import InputReader
from tests.fakes.channel import FakeChannel
from tests.fakes.control import FakeControl
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.dialogs import FakeDialogs
from tests.fakes.engine import FakeEngine
from tests.fakes.files import FakeFiles
from tests.fakes.journal import FakeJournal
from tests.fakes.leases import FakeLeases
from tests.fakes.ledger import FakeLedger
from tests.fakes.modals import FakeModals
from tests.fakes.outbox import FakeOutbox
from tests.fakes.people import FakePeople
from tests.fakes.pictures import FakePictures
from tests.fakes.queue import FakeQueue
from tests.fakes.subscriptions import FakeSubscriptions
from tests.fakes.warehouse import FakeWarehouse
from tests.fakes.webhooks import FakeWebhooks

TEAM = "T0FAKE"
CHANNEL = "C0BACKFILLS"
OPERATOR, GROUP_OPERATOR, VIEWER, GUEST = "U0OLIVIA", "U0OSCAR", "U0VICTOR", "U0GUS"
NOW = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)

_CONFIG: Mapping[str, Any] = {
    "campaign": {"start": "2026-01-01", "end": "2026-02-21"},
    "workflow": {"types": ["CustomerBackfill"], "task_queue": "backfill"},
    "slack": {"channel": CHANNEL, "operators": [OPERATOR], "operator_groups": ["S0ONCALL"]},
    "verify": {
        "tables": [
            {
                "name": "scores",
                "table": "analytics.scores",
                "customer_column": "customer",
                "time_column": "scored_at",
            }
        ]
    },
    "volume": {"query": "SELECT customer, day, rows FROM volumes"},
}


def config(customers: Mapping[str, tuple[str, ...]], **sections: Any) -> Config:
    """A configuration of these customers by cluster; ``sections`` replace whole tables of the file, and None removes
    one."""
    clusters = {
        name: {
            "customers": names,
            "temporal": {"address": "127.0.0.1:7233", "namespace": name},
            "clickhouse": {"url": "http://127.0.0.1:8123"},
        }
        for name, names in customers.items()
    }
    tables = {name: table for name, table in {**_CONFIG, **sections}.items() if table is not None}
    return Config.model_validate({**tables, "clusters": clusters})


def person(user_id: str, name: str, **facts: Any) -> Person:
    """A member of the workspace, unless ``facts`` say otherwise."""
    known = {"team_id": TEAM, "is_guest": False, "is_bot": False, "is_deleted": False, **facts}
    return Person(user_id=user_id, name=name, **known)


def people() -> FakePeople:
    """An operator by name, one by group, a viewer and a guest."""
    persons = [
        person(OPERATOR, "Olivia"),
        person(GROUP_OPERATOR, "Oscar"),
        person(VIEWER, "Victor"),
        person(GUEST, "Gus", is_guest=True),
    ]
    return FakePeople({known.user_id: known for known in persons}, {"S0ONCALL": frozenset({GROUP_OPERATOR})}, TEAM)


@dataclass
class FakeWorld:
    """The fakes by their own types; ``now`` may be moved."""

    config: Config = field(default_factory=lambda: config({"voice-prod": ("hilton", "vivint")}))
    now: datetime = NOW
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    people: FakePeople = field(default_factory=people)
    leases: FakeLeases = field(default_factory=FakeLeases)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    dialogs: FakeDialogs = field(default_factory=FakeDialogs)
    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)

    def __post_init__(self) -> None:
        self.journal = FakeJournal(self.outbox)
        self.ledger = FakeLedger(fleet_recogniser(self.config).customer_of)
        self.channel = FakeChannel(lambda: self.now, CHANNEL)
        self.engines = {name: FakeEngine() for name in self.config.clusters}
        self.controls = {name: FakeControl(name, engine, lambda: self.now) for name, engine in self.engines.items()}
        self.budgets = {name: CallBudget(self.config.calls_per_second(name)) for name in self.config.clusters}
        self.queues: dict[str, WindowQueue] = {name: FakeQueue() for name in self.config.clusters}
        self.modals = FakeModals()
        self.webhooks = FakeWebhooks()
        self.files = FakeFiles()
        self.pictures = FakePictures()
        self.warehouses = {name: FakeWarehouse() for name in self.config.clusters}

    def _cluster(self, name: str) -> Cluster:
        engine, watch = self.engines[name], self.config.watch
        budget = self.budgets[name]
        inputs = InputReader(
            name, engine, fleet_recogniser(self.config), self.ledger, watch.describes_at_once, budget
        )
        children = ChildFactsReader(engine, fleet_recogniser(self.config), budget, watch.describes_at_once)
        facts = CloseFactsReader(engine, result_paths(self.config), budget, watch.describes_at_once, children)
        reading = EngineWithInputs(engine, inputs, facts, watch.time_limit)
        ends = RecentEnds(engine, budget, watch.every)
        warehouse = self.warehouses[name]
        return Cluster(reading, self.controls[name], self.queues[name], warehouse, inputs, facts, budget, ends)

    @property
    def services(self) -> Services:
        """The fakes as the bot gets them."""
        return Services(
            config=self.config,
            audit_wording=audit_wording.WORDING,
            recogniser=fleet_recogniser(self.config),
            conditions=conditions(self.config),
            clusters={name: self._cluster(name) for name in self.config.clusters},
            journal=self.journal,
            ledger=self.ledger,
            outbox=self.outbox,
            leases=self.leases,
            deliveries=self.deliveries,
            dialogs=self.dialogs,
            subscriptions=self.subscriptions,
            channel=self.channel,
            modals=self.modals,
            files=self.files,
            pictures=self.pictures,
            people=self.people,
            webhooks=self.webhooks,
            now=lambda: self.now,
        )

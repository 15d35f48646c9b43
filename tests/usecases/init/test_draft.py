"""The walk of init over fakes: what is asked, what is found, and what is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.config import ClickHouseAddress, TemporalAddress
from bot.errors import Unavailable
from bot.fleet.diagnostics.same_days import SameDays
from bot.fleet.onboarding.draft import identity_table
from bot.fleet.onboarding.facts import (
    InputOpen,
    Reason,
    RunsSeen,
    SystemAway,
    TokensMissing,
    TypeLeftOut,
    VolumeUnknown,
)
from bot.fleet.onboarding.questions import Topic
from bot.fleet.runs.identity import Source
from bot.model import Ref, Window
from bot.model.catalog import ListedTable
from bot.usecases.init.draft import Answered, draft_configuration
from bot.usecases.init.survey import SAMPLES_OF_TYPE
from bot.usecases.init.systems import Systems
from tests.fakes.catalog import FakeCatalog
from tests.fakes.engine import FakeEngine
from tests.fakes.interview import FakeInterview
from tests.fleet.builders import execution

ORDERS = ListedTable("mart", "orders", "ReplacingMergeTree", {"tenant": "String", "day": "Date"})
RAW = ListedTable("raw", "orders", "MergeTree", {"tenant": "String", "day": "Date"})
WINDOWS = [Window(date(2026, 1, n), date(2026, 1, n + 5)) for n in (1, 6, 11)]
ALWAYS = {
    Topic.CHANNEL: ["C07BACKFILL"],
    Topic.OPERATORS: ["U07OLIVIA"],
    Topic.BOT_TOKEN: ["xoxb-1"],
    Topic.APP_TOKEN: ["xapp-1"],
}


@dataclass
class World:
    """The engines by cluster, and one ClickHouse."""

    engines: dict[str, FakeEngine] = field(default_factory=lambda: {"default": FakeEngine()})
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    addresses: list[TemporalAddress] = field(default_factory=list)
    decoded: dict[str, FakeEngine] = field(default_factory=dict)
    codecs: list[tuple[str, str]] = field(default_factory=list)

    def run(self, workflow_id: str, *arguments: Any, cluster: str = "default", **changes: Any) -> None:
        ref = Ref(cluster, workflow_id, f"run-of-{workflow_id}")
        self.engines[cluster].add(execution(ref=ref, **changes))
        self.engines[cluster].inputs[ref] = arguments

    def fill(self, customer: str = "acme", **changes: Any) -> None:
        """Runs that tell everything."""
        for n, days in enumerate(WINDOWS):
            argument = {"tenant": customer, "from": str(days.start), "to": str(days.end)}
            self.run(f"{customer}-{n}", argument, **changes)

    async def drafted(self, answers: Mapping[Topic, Sequence[str]] | None = None) -> tuple[Answered, FakeInterview]:
        person = FakeInterview({**ALWAYS, **(answers or {})})
        return await draft_configuration(person, Systems(self._engine, self._decoding_engine, self._catalog)), person

    def _engine(self, name: str, address: TemporalAddress) -> FakeEngine:
        self.addresses.append(address)
        return self.engines[name]

    def _decoding_engine(self, name: str, _address: TemporalAddress, endpoint: str, auth: str) -> FakeEngine:
        self.codecs.append((endpoint, auth))
        return self.decoded[name]

    def _catalog(self, _address: ClickHouseAddress, _password: str) -> FakeCatalog:
        return self.catalog


async def test_what_the_runs_and_tables_show_is_not_asked() -> None:
    world = World()
    world.fill()
    world.catalog.listed = [ORDERS, RAW]
    world.catalog.texts = {(ORDERS, "tenant"): frozenset({"acme"}), (RAW, "tenant"): frozenset({"acme"})}

    answered, person = await world.drafted()

    topics = set(person.topics())
    assert not topics & {Topic.TYPES, Topic.END, Topic.CUSTOMERS, Topic.IDENTITY_FROM, Topic.WHOLE_CAMPAIGN}
    draft = answered.draft
    assert draft.is_complete
    assert draft.campaign == Window(date(2026, 1, 1), date(2026, 1, 16))
    assert draft.warehouse
    assert [(t.place, s and s.place) for t, s in draft.warehouse.tables] == [("mart.orders", "raw.orders")]
    assert draft.clusters[0].customers == ("acme",)


def encrypted_world() -> World:
    """Runs whose arguments only their codec server can read."""
    readable = World()
    readable.fill()
    world = World(decoded=readable.engines)
    for n in range(len(WINDOWS)):
        world.run(f"acme-{n}", None)
    return world


async def test_encrypted_runs_are_read_through_the_codec_server_that_the_person_names() -> None:
    world = encrypted_world()
    answers = {Topic.CODEC: ["https://codec.example.com/{namespace}/"], Topic.CODEC_AUTH: ["Bearer a-token"]}

    answered, _ = await world.drafted(answers)

    [cluster] = answered.draft.clusters
    assert world.codecs == [("https://codec.example.com/{namespace}", "Bearer a-token")]
    assert (cluster.codec, cluster.codec_auth) == ("https://codec.example.com/{namespace}", "CODEC_AUTH")
    assert answered.secrets["CODEC_AUTH"] == "Bearer a-token"
    assert cluster.customers == ("acme",)
    assert "a-token" not in repr(answered)


async def test_without_a_codec_server_encrypted_runs_stay_unread() -> None:
    world = encrypted_world()

    answered, _ = await world.drafted({Topic.CODEC: ["https://codec.example.com/decode", "none"]})

    assert world.codecs == []
    assert (answered.draft.clusters[0].codec, answered.draft.definitions) == ("", ())
    assert "CODEC_AUTH" not in answered.secrets


async def test_a_codec_server_without_a_header_needs_no_variable() -> None:
    answered, _ = await encrypted_world().drafted({Topic.CODEC: ["http://localhost:8888"], Topic.CODEC_AUTH: [""]})

    assert answered.draft.clusters[0].codec_auth == ""
    assert answered.draft.clusters[0].customers == ("acme",)


async def test_readable_runs_raise_no_question_about_a_codec() -> None:
    world = World()
    world.fill()

    _, person = await world.drafted()

    assert Topic.CODEC not in person.topics()


async def test_several_namespaces_are_clusters_and_a_queue_is_named_where_it_differs() -> None:
    world = World(engines={"eu": FakeEngine(), "us": FakeEngine()})
    world.fill("acme", cluster="us", task_queue="fill")
    world.fill("globex", cluster="us", task_queue="fill")
    world.fill("umbrella", cluster="eu", task_queue="fill-eu")

    answered, person = await world.drafted({Topic.NAMESPACES: ["us, eu"]})

    us, eu = answered.draft.clusters
    assert [address.namespace for address in world.addresses] == ["us", "eu"]
    assert (us.task_queue, us.customers) == ("", ("acme", "globex"))
    assert (eu.task_queue, eu.customers) == ("fill-eu", ("umbrella",))
    assert [fact for fact in person.facts if isinstance(fact, RunsSeen)] == [
        RunsSeen("us", 6, (("CustomerBackfill", 6),)),
        RunsSeen("eu", 3, (("CustomerBackfill", 3),)),
    ]


async def test_a_profile_brings_its_own_namespace() -> None:
    world = World(engines={"cloud": FakeEngine()})

    answered, _ = await world.drafted({Topic.TEMPORAL: ["profile:cloud"]})

    assert world.addresses == [TemporalAddress(profile="cloud")]
    assert (answered.draft.clusters[0].name, answered.draft.clusters[0].profile) == ("cloud", "cloud")


async def test_customers_that_nobody_confirms_leave_their_type_out() -> None:
    world = World()
    for name in ("acme", "globex"):
        for days in WINDOWS:
            world.run(f"bf-{name}-{days.start}-{days.end}")

    refused, person = await world.drafted({Topic.CUSTOMERS: ["no"]})
    confirmed, _ = await world.drafted({Topic.CUSTOMERS: ["yes"]})

    assert refused.draft.definitions == ()
    assert TypeLeftOut("CustomerBackfill", Reason.NOT_CONFIRMED) in person.facts
    (definition,) = confirmed.draft.definitions
    assert str(definition.mapping.id) == "bf-{customer}-{start}-{end}"


async def test_runs_for_the_same_days_at_once_are_told() -> None:
    world = World()
    for table in ("orders", "refunds"):
        for n, days in enumerate(WINDOWS):
            argument = {"tenant": "acme", "from": str(days.start), "to": str(days.end), "table": table}
            world.run(f"job-{len(table)}{n}", argument)

    _, person = await world.drafted()

    assert [fact.number for fact in person.facts if isinstance(fact, SameDays)] == [6]


async def test_places_that_contradict_each_other_are_asked_about() -> None:
    world = World()
    for n, days in enumerate(WINDOWS):
        hints = {"tenant": "acme", "from": str(days.start), "to": str(days.end)}
        world.run(f"job-{n}", {**hints, "tenant": "globex"}, hints=hints)

    answered, person = await world.drafted({Topic.IDENTITY_FROM: ["input"]})

    assert Topic.IDENTITY_FROM in person.topics()
    assert answered.draft.definitions[0].mapping.sources == (Source.INPUT,)
    assert answered.draft.clusters[0].customers == ("globex",)


async def test_a_customer_in_one_place_and_days_in_another_make_a_definition_that_starts_as_they_did() -> None:
    world = World()
    for name in ("acme", "globex"):
        for days in WINDOWS:
            argument = {"from": str(days.start), "to": str(days.end)}
            world.run(f"{name}-{days.start}", argument, hints={"tenant": name})

    answered, person = await world.drafted()

    [definition] = answered.draft.definitions
    assert not {Topic.END, Topic.CUSTOMERS, Topic.IDENTITY_FROM} & {*person.topics()}
    assert identity_table(definition) == {
        "order": ["attributes", "input"],
        "attributes": {"customer": "tenant"},
        "input": {"start": "[0].from", "end": "[0].to"},
    }
    assert definition.input is not None
    assert definition.input.arguments == ({"from": "{start}", "to": "{end}"},)
    assert answered.draft.refused == ()
    assert answered.draft.clusters[0].customers == ("acme", "globex")


async def test_arguments_that_are_not_answered_and_that_tell_no_days_leave_the_input_open() -> None:
    world = World()
    for n, days in enumerate(WINDOWS):
        world.run(f"job-{n}", hints={"tenant": "acme", "from": str(days.start), "to": str(days.end)})
    world.engines["default"].withheld = set(world.engines["default"].inputs)

    answered, person = await world.drafted()

    assert answered.draft.definitions[0].input is None
    assert InputOpen("CustomerBackfill", is_known=False) in person.facts


async def test_systems_that_are_away_hide_nothing_of_the_others() -> None:
    world = World(engines={"eu": FakeEngine(away=Unavailable("Temporal of eu", "no answer")), "us": FakeEngine()})
    world.fill(cluster="us")
    world.catalog.away = Unavailable("ClickHouse", "no answer")

    answered, person = await world.drafted({Topic.NAMESPACES: ["eu, us"]})

    assert [fact for fact in person.facts if isinstance(fact, SystemAway)] == [
        SystemAway("Temporal of eu: no answer"),
        SystemAway("ClickHouse: no answer"),
    ]
    assert [cluster.name for cluster in answered.draft.clusters] == ["eu", "us"]
    assert answered.draft.definitions
    assert answered.draft.missing == ("[[verify.tables]]", "[volume]")


async def test_a_frequent_type_does_not_hide_a_rare_one_and_few_arguments_are_read() -> None:
    world = World()
    world.fill()
    for n in range(500):
        world.run(f"nightly-{n}", "vacuum", workflow_type="Cleanup")

    answered, _ = await world.drafted()

    assert [definition.types for definition in answered.draft.definitions] == [("CustomerBackfill",)]
    assert len(world.engines["default"].read_inputs) == 3 + SAMPLES_OF_TYPE


async def test_without_a_table_of_source_rows_the_volume_is_said_to_be_unknown() -> None:
    world = World()
    world.fill()
    world.catalog.listed = [ORDERS]

    answered, person = await world.drafted()

    assert answered.draft.warehouse
    assert answered.draft.warehouse.volume is None
    assert VolumeUnknown() in person.facts


async def test_a_token_of_another_kind_is_asked_for_again_and_none_is_left_for_later() -> None:
    world = World()

    answered, person = await world.drafted({Topic.BOT_TOKEN: ["xapp-1", "xoxb-1"], Topic.APP_TOKEN: [""]})

    assert person.rejected == [Topic.BOT_TOKEN]
    assert answered.secrets == {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "", "CLICKHOUSE_PASSWORD": ""}
    assert TokensMissing(("SLACK_APP_TOKEN",)) in person.facts
    assert "xoxb-1" not in repr(answered)

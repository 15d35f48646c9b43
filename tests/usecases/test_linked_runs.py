"""The runs that links to Temporal lead to."""

from bot.errors import Unavailable
from bot.usecases.linked_runs import MOST_LINKS, linked_runs
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import description, execution
from tests.handlers.confirming import CLUSTER, struggling_world

UI = "https://temporal.example.com/namespaces/voice-prod/workflows"
RUN = execution().ref
LINK = f"{UI}/{RUN.workflow_id}/{RUN.run_id}/history"


def world_with_ui() -> FakeWorld:
    world = struggling_world()
    world.engines[CLUSTER].ui = UI
    return world


async def test_a_link_leads_to_the_run_with_its_health() -> None:
    (linked,) = (await linked_runs([LINK, LINK], world_with_ui().services)).values()

    assert (linked.cluster, linked.run.name) == (CLUSTER, "hilton")
    assert linked.run.health is not None


async def test_without_a_run_id_it_leads_to_the_latest_run() -> None:
    (linked,) = (await linked_runs([f"{UI}/{RUN.workflow_id}"], world_with_ui().services)).values()

    assert linked.run.execution.ref == RUN


async def test_messages_with_links_one_after_the_other_share_what_the_cluster_has_answered() -> None:
    world = world_with_ui()
    services = world.services
    first, second = await linked_runs([LINK], services), await linked_runs([LINK], services)

    assert first == second
    assert world.engines[CLUSTER].described == [RUN]


async def test_links_elsewhere_lead_to_nothing_and_ask_no_cluster() -> None:
    world = world_with_ui()
    elsewhere = ["https://example.com/", LINK.replace("voice-prod", "other"), f"{LINK.replace('example', 'other')}"]

    assert await linked_runs(elsewhere, world.services) == {}


async def test_an_unknown_run_and_a_silent_cluster_have_no_card() -> None:
    world = world_with_ui()
    assert await linked_runs([f"{UI}/unknown/run"], world.services) == {}

    world.engines[CLUSTER].away = Unavailable(CLUSTER, "no answer")
    assert await linked_runs([LINK], world.services) == {}


async def test_a_message_gets_a_few_cards_only() -> None:
    names = tuple(f"customer-{number}" for number in range(MOST_LINKS + 2))
    world = FakeWorld(config({CLUSTER: names}))
    world.engines[CLUSTER].ui = UI
    refs = [world.engines[CLUSTER].put(description(of=execution(name))).execution.ref for name in names]

    assert len(await linked_runs([f"{UI}/{ref.workflow_id}" for ref in refs], world.services)) == MOST_LINKS

"""Links to Temporal through Bolt: cards in the team's channel and those of the routes, and nowhere else."""

from typing import Any

import pytest

from bot.errors import Refused
from bot.model import Address
from tests.fakes.services import CHANNEL, TEAM, FakeWorld
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import CLUSTER, eventually, struggling_world
from tests.usecases.test_linked_runs import LINK, UI


@pytest.fixture
def edge(there: ResponseUrl) -> Edge:
    world = struggling_world()
    world.engines[CLUSTER].ui = UI
    return Edge(world, there)


async def share(edge: Edge, *urls: str, event_id: str = "Ev1", **event: Any) -> None:
    links = [{"domain": "temporal.example.com", "url": url} for url in urls]
    shared = {"type": "link_shared", "channel": CHANNEL, "user": "U0OLIVIA", "message_ts": "1.000001", "links": links}
    body = {"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": {**shared, **event}}
    assert (await edge.dispatch(body)).status == 200


async def shown(edge: Edge, count: int = 1) -> FakeWorld:
    await eventually(lambda: len(edge.world.channel.cards) >= count)
    return edge.world


async def test_a_link_gets_a_card(edge: Edge) -> None:
    await share(edge, LINK, "https://temporal.example.com/")
    ((address, cards),) = (await shown(edge)).channel.cards

    assert address == Address(CHANNEL, "1.000001")
    assert list(cards) == [LINK]
    assert cards[LINK].text.startswith("hilton on voice-prod")


@pytest.mark.parametrize(
    "event", [{"channel": "C0ELSEWHERE"}, {"channel": "COMPOSER", "source": "composer"}, {"message_ts": ""}]
)
async def test_elsewhere_it_stays_as_it_is(edge: Edge, event: dict[str, Any]) -> None:
    await share(edge, LINK, event_id="Ev0", **event)
    await share(edge, LINK)

    assert [address.ts for address, _ in (await shown(edge)).channel.cards] == ["1.000001"]


async def test_an_event_that_comes_twice_gets_its_card_once(edge: Edge) -> None:
    await share(edge, LINK)
    await share(edge, LINK)
    await share(edge, LINK, event_id="Ev2", message_ts="2.000002")
    world = await shown(edge, 2)

    assert sorted(address.ts for address, _ in world.channel.cards) == ["1.000001", "2.000002"]


async def test_a_slack_that_takes_no_card_stops_nothing(edge: Edge) -> None:
    edge.world.channel.away = Refused("slack", "chat.unfurl: missing_scope")
    await share(edge, LINK)
    await eventually(lambda: edge.world.channel.calls > 0)
    edge.world.channel.away = None
    await share(edge, LINK, event_id="Ev2")

    assert len((await shown(edge)).channel.cards) == 1

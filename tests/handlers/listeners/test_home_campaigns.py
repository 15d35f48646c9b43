"""App Home with several campaigns: one at a time, which each viewer chooses, and buttons that act in it."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.actions import ActionId, at_place
from bot.errors import Unavailable
from bot.model import CampaignRecord, Execution, ExecutionStatus, Window
from handlers.listeners.home import HomeTabs
from tests.blocks.gate import elements_of, texts
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import OPERATOR, VIEWER, FakeWorld
from tests.fleet.builders import CAMPAIGN, execution
from tests.handlers.bolt import Edge, ResponseUrl, payload
from tests.handlers.confirming import eventually
from tests.usecases.campaigns.two import APRIL, JAN, MARCH, MARCH_DAYS, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE

FEBRUARY = "february"


@pytest.fixture
def world() -> FakeWorld:
    """In March, a run of hilton has failed."""
    world = two_campaigns()
    world.engines[VOICE].add(failed("hilton", MARCH_DAYS))
    return world


@pytest.fixture
def edge(there: ResponseUrl, world: FakeWorld) -> Edge:
    return Edge(world, there)


def failed(customer: str, days: Window) -> Execution:
    return replace(execution(customer, days, VOICE, status=ExecutionStatus.FAILED), closed_at=APRIL)


def close(world: FakeWorld, *names: str) -> None:
    for name in names:
        record = CampaignRecord(name, None, OLIVIA.user_id, APRIL, closed_at=APRIL)
        world.journal.recorded_campaigns[name] = record


async def opened(world: FakeWorld, user: str = OPERATOR) -> HomeTabs:
    tabs = HomeTabs(world.services, processing=0)
    await tabs.opened(user)
    return tabs


def shown(world: FakeWorld, user: str = OPERATOR) -> str:
    """The second line of the tab, which names the campaign."""
    return texts(world.modals.tabs[user][-1])[1]


def menu(world: FakeWorld, user: str = OPERATOR) -> list[str]:
    """The campaigns that the person may choose, the one that is shown first."""
    found = [each for each in elements_of(world.modals.tabs[user][-1].blocks) if each["type"] == "static_select"]
    names = [option["value"] for each in found for option in each["options"]]
    first = [each["initial_option"]["value"] for each in found]
    return [*first, *(name for name in names if name not in first)]


def values(world: FakeWorld, action: ActionId) -> list[dict[str, str]]:
    elements = elements_of(world.modals.tabs[OPERATOR][-1].blocks)
    return [json.loads(each["value"]) for each in elements if each["action_id"].startswith(action)]


async def test_the_default_campaign_is_shown_and_the_other_open_ones_are_in_a_menu(world: FakeWorld) -> None:
    await opened(world)

    assert f"Campaign {JAN}" in shown(world)
    assert menu(world) == [JAN, MARCH]


async def test_after_the_default_is_closed_an_open_campaign_is_shown(
    world: FakeWorld,
) -> None:
    close(world, JAN)
    await opened(world)

    assert f"Campaign {MARCH}" in shown(world)
    assert menu(world) == []


async def test_with_several_open_campaigns_and_no_default_the_first_open_one_is_shown() -> None:
    world = two_campaigns({"name": FEBRUARY, "start": "2026-02-21", "end": "2026-03-01"})
    close(world, JAN)
    await opened(world)

    assert menu(world) == [MARCH, FEBRUARY]
    assert f"Campaign {MARCH}" in shown(world)


async def test_a_button_acts_in_the_campaign_of_the_tab(world: FakeWorld) -> None:
    close(world, JAN)
    await opened(world)

    assert values(world, ActionId.RETRY) == [{"campaign": MARCH, "target": f"{VOICE}/hilton"}]


async def test_a_single_campaign_has_no_menu_and_its_buttons_name_none() -> None:
    world = FakeWorld()
    world.engines[VOICE].add(failed("hilton", CAMPAIGN))
    await opened(world)

    assert menu(world) == []
    assert values(world, ActionId.RETRY) == [{"target": f"{VOICE}/hilton"}]


async def test_who_chooses_a_campaign_keeps_it_and_nobody_else_gets_it(world: FakeWorld) -> None:
    tabs = await opened(world)
    await tabs.opened(VIEWER)
    await tabs.chosen(OPERATOR, MARCH)
    await tabs.refresh()

    assert f"Campaign {MARCH}" in shown(world)
    assert menu(world) == [MARCH, JAN]
    assert f"Campaign {JAN}" in shown(world, VIEWER)


async def test_another_bot_shows_the_campaign_that_was_chosen_with_the_first(world: FakeWorld) -> None:
    tabs = await opened(world)
    await tabs.chosen(OPERATOR, MARCH)
    await opened(world)

    assert f"Campaign {MARCH}" in shown(world)


async def test_a_chosen_campaign_that_is_closed_meanwhile_gives_way_to_an_open_one() -> None:
    world = two_campaigns({"name": FEBRUARY, "start": "2026-02-21", "end": "2026-03-01"})
    tabs = await opened(world)
    await tabs.chosen(OPERATOR, MARCH)
    close(world, MARCH)
    await tabs.refresh()

    assert menu(world) == [JAN, FEBRUARY]


async def test_while_the_store_does_not_answer_the_first_campaign_is_shown(world: FakeWorld) -> None:
    world.dialogs.away = Unavailable("store", "locked")
    tabs = await opened(world)
    await tabs.chosen(OPERATOR, MARCH)

    assert f"Campaign {JAN}" in shown(world)


@on_idle_clock
async def test_a_store_that_hangs_holds_up_no_tab_for_long() -> None:
    world = two_campaigns()

    async def hang(*_: object) -> str:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(world.services.dialogs), "recall", hang)
        await opened(world)

    assert JAN in shown(world)


async def test_the_menu_of_the_tab_publishes_the_campaign_that_was_chosen(edge: Edge) -> None:
    menu_of_home = payload("menu")
    del menu_of_home["channel"], menu_of_home["message"]
    menu_of_home["actions"][0] |= {
        "action_id": at_place(ActionId.HOME_CAMPAIGN, 0),
        "selected_option": {"text": {"type": "plain_text", "text": MARCH}, "value": MARCH},
    }
    await edge.dispatch(menu_of_home | {"container": {"type": "view", "view_id": "V1"}})
    await eventually(lambda: OPERATOR in edge.world.modals.tabs)

    assert f"Campaign {MARCH}" in shown(edge.world)
    assert edge.there.received == []

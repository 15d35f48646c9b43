"""The picture on the Home tab comes after the tab, and nothing that goes wrong with it keeps the tab away."""

from datetime import timedelta

import pytest

from bot.errors import Refused, Unavailable
from bot.message import HomeTab
from bot.model import ExecutionStatus
from handlers.listeners.home import HomeTabs
from handlers.listeners.home_picture import DOUBLINGS, DRAWN_EVERY, HIDDEN_FIRST
from tests.fakes.modals import FakeModals
from tests.fakes.services import GUEST, NOW, OPERATOR, FakeWorld
from tests.fleet.builders import execution


class PicturelessModals(FakeModals):
    """Refuses tabs with pictures while it ``refuses``, and counts them."""

    refuses = True
    refused = 0

    async def publish(self, user_id: str, tab: HomeTab) -> None:
        if self.refuses and has_picture(tab):
            self.refused += 1
            raise Refused("slack", "invalid_arguments")
        await super().publish(user_id, tab)


def has_picture(tab: HomeTab) -> bool:
    return any(block["type"] == "image" for block in tab.blocks)


def shown(world: FakeWorld, user: str = OPERATOR) -> list[bool]:
    """For each tab that this person was shown, whether it had a picture."""
    return [has_picture(tab) for tab in world.modals.tabs.get(user, [])]


def tabs_of(world: FakeWorld) -> HomeTabs:
    return HomeTabs(world.services, processing=0)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    hour = timedelta(hours=1)
    done = execution("hilton", status=ExecutionStatus.COMPLETED, started_at=NOW - 2 * hour, closed_at=NOW - hour)
    world.engines["voice-prod"].add(done)
    return world


async def test_the_tab_comes_at_once_and_again_with_its_picture_at_the_end(world: FakeWorld) -> None:
    await tabs_of(world).opened(OPERATOR)

    assert shown(world) == [False, True]
    first, second = world.modals.tabs[OPERATOR]
    assert second.blocks[:-1] == first.blocks
    assert second.blocks[-1]["alt_text"].startswith(
        "Progress on Jan 1–Feb 20 (51 days) for 1 customer: 100% of 51 days complete at 2026-02-22 09:00 UTC"
    )


async def test_it_is_drawn_now_and_then_and_not_with_each_refresh(world: FakeWorld) -> None:
    tabs = tabs_of(world)
    await tabs.opened(OPERATOR)
    for _ in range(5):
        world.now += DRAWN_EVERY / 4
        await tabs.refresh()

    assert len(world.pictures.drawn) == 2
    assert all(shown(world)[1:])


@pytest.mark.parametrize("away", ["pictures", "files"])
async def test_without_pictures_the_tab_is_as_it_was(world: FakeWorld, away: str) -> None:
    getattr(world, away).away = Unavailable(away, "not drawn within 10 s")
    await tabs_of(world).opened(OPERATOR)

    assert shown(world) == [False]


async def test_a_picture_that_slack_refuses_once_is_back_a_minute_later(world: FakeWorld) -> None:
    world.modals = modals = PicturelessModals()
    tabs = tabs_of(world)
    await tabs.opened(OPERATOR)
    modals.refuses = False
    world.now += HIDDEN_FIRST
    await tabs.refresh()

    assert shown(world) == [False, False, True]
    assert len(world.pictures.drawn) == 1


async def test_a_picture_that_slack_keeps_refusing_is_tried_less_and_less_often(world: FakeWorld) -> None:
    world.modals = modals = PicturelessModals()
    tabs = tabs_of(world)
    tries = []
    for _ in range(2):
        modals.refused = 0
        for _ in range(3 * 24 * 4):
            await tabs.opened(OPERATOR)
            world.now += timedelta(minutes=15)
        tries.append(modals.refused)

    assert tries[0] > tries[1] > 0
    assert tries[1] <= timedelta(days=3) / (HIDDEN_FIRST * 2**DOUBLINGS)
    assert not any(shown(world))


async def test_a_picture_that_was_taken_begins_anew_after_a_refusal(world: FakeWorld) -> None:
    world.modals = modals = PicturelessModals()
    tabs = tabs_of(world)
    for refuses in (True, False, True):
        modals.refuses = refuses
        await tabs.opened(OPERATOR)
        world.now += HIDDEN_FIRST
    modals.refuses = False
    await tabs.refresh()

    assert shown(world)[-1]


async def test_who_may_not_look_sees_no_picture(world: FakeWorld) -> None:
    tabs = tabs_of(world)
    await tabs.opened(OPERATOR)
    await tabs.opened(GUEST)

    assert shown(world, GUEST) == [False]

"""App Home: published to whoever opens it and may look, again while they may be looking, and to nobody else."""

from datetime import timedelta

from bot.actions import ActionId, TargetValue, at_place
from bot.blocks import home as home_blocks
from bot.errors import Unavailable
from handlers.listeners.home import MOST_VIEWERS, VIEWED_FOR
from handlers.listeners.home_board import BOARD_LASTS
from tests.blocks.gate import texts
from tests.fakes.services import GROUP_OPERATOR, GUEST, OPERATOR, TEAM, VIEWER, person
from tests.handlers.bolt import Edge, payload
from tests.handlers.confirming import eventually


async def opens(edge: Edge, user: str, tab: str = "home") -> None:
    event = {"type": "app_home_opened", "user": user, "tab": tab, "channel": "D1"}
    acknowledged = await edge.dispatch({"type": "event_callback", "team_id": TEAM, "event": event})
    assert acknowledged.status == 200


def published(edge: Edge, user: str) -> list[str]:
    """The first line and the last of each tab that this person was shown."""
    tabs = edge.world.modals.tabs.get(user, [])
    return [f"{texts(tab)[0]} … {texts(tab)[-1]}" for tab in tabs]


async def test_who_opens_it_sees_the_fleet_and_what_they_may_do(edge: Edge) -> None:
    await opens(edge, OPERATOR)
    await opens(edge, GROUP_OPERATOR)
    await opens(edge, VIEWER)
    await eventually(lambda: len(edge.world.modals.tabs) == 3)

    assert "You may start and stop" in published(edge, OPERATOR)[0]
    assert "You may start and stop" in published(edge, GROUP_OPERATOR)[0]
    assert "To change something, ask Olivia or Oscar" in published(edge, VIEWER)[0]


async def test_a_guest_who_may_not_look_sees_why_and_nothing_of_the_fleet(edge: Edge) -> None:
    await opens(edge, GUEST)
    await eventually(lambda: GUEST in edge.world.modals.tabs)

    (tab,) = edge.world.modals.tabs[GUEST]
    assert texts(tab)[1:] == ["The bot answers members of this workspace, not its guests."]


async def test_opening_the_messages_of_the_app_publishes_nothing(edge: Edge) -> None:
    await opens(edge, OPERATOR, tab="messages")
    await opens(edge, VIEWER)
    await eventually(lambda: VIEWER in edge.world.modals.tabs)

    assert OPERATOR not in edge.world.modals.tabs


async def test_it_is_published_again_for_a_while_and_then_not(edge: Edge) -> None:
    await edge.home_tabs.opened(OPERATOR)
    edge.world.now += VIEWED_FOR - timedelta(seconds=1)
    await edge.home_tabs.refresh()
    edge.world.now += timedelta(seconds=1)
    await edge.home_tabs.refresh()

    assert len(published(edge, OPERATOR)) == 2


async def test_a_role_that_has_gone_is_seen_at_the_next_refresh(edge: Edge) -> None:
    await edge.home_tabs.opened(VIEWER)
    edge.world.people.persons[VIEWER] = person(VIEWER, "Victor", is_deleted=True)
    edge.world.now += timedelta(minutes=1)
    await edge.home_tabs.refresh()

    assert len(published(edge, VIEWER)) == 2
    assert len(edge.world.modals.tabs[VIEWER][-1].blocks) == len(home_blocks.refused("No.").blocks)


async def test_a_button_opens_the_dialog_that_asks_first(edge: Edge) -> None:
    button = payload("button")
    del button["channel"], button["message"]
    value = TargetValue(target="voice-prod/hilton").model_dump_json()
    button["actions"][0] |= {"action_id": at_place(ActionId.SPLIT, 7), "value": value}
    await edge.dispatch(button | {"trigger_id": "1.1.home", "container": {"type": "view", "view_id": "V1"}})
    await eventually(lambda: bool(edge.world.modals.shown))

    (views,) = edge.world.modals.shown.values()
    assert views[0].title == "Split"


async def test_those_who_open_it_at_about_the_same_time_cost_one_look_at_the_clusters(edge: Edge) -> None:
    await edge.home_tabs.opened(OPERATOR)
    edge.world.engines["voice-prod"].away = Unavailable("temporal", "no answer")
    await edge.home_tabs.opened(VIEWER)
    edge.world.now += BOARD_LASTS + timedelta(seconds=1)
    await edge.home_tabs.opened(VIEWER)

    first, second = published(edge, VIEWER)
    assert "did not answer" not in first
    assert "did not answer" in second


async def test_slack_that_does_not_answer_is_asked_again_at_the_next_refresh(edge: Edge) -> None:
    edge.world.modals.away = Unavailable("slack", "no answer")
    await edge.home_tabs.opened(OPERATOR)
    edge.world.modals.away = None
    await edge.home_tabs.refresh()

    assert len(published(edge, OPERATOR)) == 1


async def test_only_the_latest_viewers_are_refreshed(edge: Edge) -> None:
    users = [f"U{number:04d}" for number in range(MOST_VIEWERS + 1)]
    for user in users:
        edge.world.people.persons[user] = person(user, user)
        await edge.home_tabs.opened(user)
    await edge.home_tabs.refresh()

    assert [len(published(edge, user)) for user in users] == [1, *[2] * MOST_VIEWERS]

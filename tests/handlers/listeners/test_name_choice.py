"""A command without its name: the button that offers to choose one, the menus, and what follows the choice."""

import json
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.response import BoltResponse

from bot.errors import Unavailable
from bot.message import View
from bot.model import Address, CampaignRecord
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, GUEST, OPERATOR, VIEWER, FakeWorld, config
from tests.fleet.builders import execution
from tests.handlers.bolt import BOT, DEADLINE, Edge, ResponseUrl, payload
from tests.handlers.confirming import CLUSTER, Desk, action, eventually, view_text
from tests.usecases.campaigns.two import JAN, MARCH, two_campaigns

HILTON = f"{CLUSTER}/hilton"
ELSEWHERE = "C0ELSEWHERE"
ROOT = Address(CHANNEL, "1600000000.000001")


def choose_button(blocks: Any) -> dict[str, Any]:
    """The button below the answer to a command without its name."""
    (button,) = (each for block in blocks if block["type"] == "actions" for each in block["elements"])
    return dict(button)


async def typed(desk: Desk, text: str) -> dict[str, Any]:
    """The button in the acknowledgement of the slash command."""
    acknowledged = json.loads((await desk.edge.type(text)).body)
    return choose_button(acknowledged["blocks"])


async def pressed(desk: Desk, button: dict[str, Any], user: str = OPERATOR, channel: str = CHANNEL) -> View:
    """The modal that the button opens, once it is filled."""
    body = payload("button") | {"trigger_id": next(desk.edge.triggers), "channel": {"id": channel}}
    body["actions"][0] |= {"action_id": button["action_id"], "value": button["value"]}
    body["user"]["id"] = user
    body.pop("message", None)
    before = len(desk.world.modals.shown)
    await desk.edge.dispatch(body)
    view_id = f"V{before + 1:04d}"
    await eventually(lambda: len(desk.views(view_id)) == 2)
    return desk.views(view_id)[-1]


async def offered(desk: Desk, view: View, query: str = "", menu: str = "choose.name") -> list[str]:
    """The values that a menu of the modal offers."""
    body = {**payload("submission"), "type": "block_suggestion", "action_id": menu, "block_id": menu, "value": query}
    answer = await desk.edge.dispatch(body | {"view": {"id": "V0001", "private_metadata": view.memory}})
    return [option["value"] for option in json.loads(answer.body)["options"]]


async def chosen(
    desk: Desk, view: View, name: str | None = HILTON, campaign: str | None = None, user: str = OPERATOR
) -> BoltResponse:
    """Submit the modal with these options."""
    values = {"choose.name": name} | ({"choose.campaign": campaign} if campaign else {})
    state = {
        field: {field: {"type": "external_select", "selected_option": {"value": value} if value else None}}
        for field, value in values.items()
    }
    return await desk.submit_values(view, state, user, "V0001")


@pytest.fixture
def desk_of_two(there: ResponseUrl) -> Desk:
    return Desk(Edge(two_campaigns(), there))


CONFIRMED = ["run", "split", "pause", "resume", "retry", "cancel", "terminate", "timeout", "reset"]
ANSWERED = ["verify", "plan", "ack", "snooze", "notify"]


@pytest.mark.parametrize("word", [*CONFIRMED, *ANSWERED])
async def test_every_command_that_needs_a_name_offers_to_choose_one(desk: Desk, word: str) -> None:
    acknowledged = json.loads((await desk.edge.type(word)).body)
    button = choose_button(acknowledged["blocks"])
    view = await pressed(desk, button)

    assert acknowledged["text"].startswith(f"{word} needs ")
    assert view.title == word.capitalize()
    assert HILTON in await offered(desk, view, "hil")


async def test_other_mistakes_offer_nothing(desk: Desk) -> None:
    acknowledged = json.loads((await desk.edge.type("verify by")).body)

    assert [block["type"] for block in acknowledged["blocks"]] == ["section"]


async def test_a_change_is_proposed_in_the_same_modal_with_the_options_that_were_typed(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "split windows 10d"))
    acknowledged = action(await chosen(desk, view))
    question = await desk.answer_text()
    await desk.submit(desk.views()[-1])
    await eventually(lambda: bool(desk.begun))

    assert acknowledged["response_action"] == "update"
    assert "of 10 days" in question
    assert [(spec.customer, spec.started_by) for spec in desk.begun] == [("hilton", OPERATOR)]


async def test_a_question_closes_the_modal_and_is_answered_to_all_in_the_team_channel(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "verify by day"))
    acknowledged = await chosen(desk, view)
    await eventually(lambda: bool(desk.world.channel.messages))
    (posted,) = desk.world.channel.messages

    assert acknowledged.body == ""
    assert "hilton" in posted.message.text
    assert (posted.address.channel, posted.thread) == (CHANNEL, None)


async def test_elsewhere_the_answer_is_shown_to_the_asker_where_the_button_was_pressed(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "verify"), channel=ELSEWHERE)
    await chosen(desk, view)
    await eventually(lambda: bool(desk.world.modals.whispers))

    assert desk.world.modals.places == [ELSEWHERE]
    assert desk.world.channel.messages == []


async def test_what_was_mentioned_in_a_thread_is_answered_in_that_thread(desk: Desk) -> None:
    await desk.edge.write(f"<@{BOT}> verify", thread_ts=ROOT.ts)
    await eventually(lambda: bool(desk.world.modals.whispers))
    ((_, refusal),) = desk.world.modals.whispers
    view = await pressed(desk, choose_button(refusal.blocks))
    await chosen(desk, view)
    await eventually(lambda: bool(desk.world.channel.messages))

    assert "verify needs" in refusal.text
    assert desk.world.channel.messages[0].thread == ROOT


async def test_in_direct_messages_everything_stays_there(desk: Desk) -> None:
    direct = {"type": "message", "channel": "D0OLIVIA", "channel_type": "im"}
    await desk.edge.write("plan", **direct)
    await eventually(lambda: bool(desk.world.channel.messages))
    button = choose_button(desk.world.channel.messages[0].message.blocks)
    await chosen(desk, await pressed(desk, button, channel="D0OLIVIA"))
    await eventually(lambda: len(desk.world.channel.messages) == 2)

    assert {message.address.channel for message in desk.world.channel.messages} == {"D0OLIVIA"}
    assert "hilton" in desk.world.channel.messages[1].message.text


async def test_a_shortcut_on_a_message_about_nobody_offers_to_choose(desk: Desk, there: ResponseUrl) -> None:
    await desk.edge.shortcut("message.split", Address(CHANNEL, "1600000000.000009"), text="hilton is stuck")
    (answer,) = await there.answers()
    await chosen(desk, await pressed(desk, choose_button(answer["blocks"])))

    assert "start 11 windows of 5 days" in await desk.answer_text()


async def test_clusters_are_offered_where_the_command_takes_one(desk: Desk) -> None:
    pause = await pressed(desk, await typed(desk, "pause"))
    plan = await pressed(desk, await typed(desk, "plan"))

    assert (await offered(desk, pause, "voice"))[0] == CLUSTER
    assert CLUSTER not in await offered(desk, plan, "voice")


async def test_a_whole_cluster_can_be_chosen(desk: Desk) -> None:
    await chosen(desk, await pressed(desk, await typed(desk, "terminate")), CLUSTER)

    assert f"Type {CLUSTER} to confirm" in await desk.answer_text()


async def test_a_customer_that_only_runs_is_offered_too(desk: Desk) -> None:
    desk.world.engines[CLUSTER].add(execution("stranger"))

    assert await offered(desk, await pressed(desk, await typed(desk, "cancel")), "strang") == [f"{CLUSTER}/stranger"]


async def test_a_name_that_is_too_long_for_an_option_is_found_again(there: ResponseUrl) -> None:
    name = "x" * 180
    desk = Desk(Edge(FakeWorld(config({CLUSTER: (name,)})), there))
    view = await pressed(desk, await typed(desk, "plan"))
    (value,) = await offered(desk, view, "xx")
    await chosen(desk, view, value)
    await eventually(lambda: bool(desk.world.channel.messages))

    assert value.startswith("#")
    assert "xxx" in desk.world.channel.messages[0].message.text


async def test_at_most_a_hundred_are_offered(there: ResponseUrl) -> None:
    names = tuple(f"customer-{number}" for number in range(300))
    desk = Desk(Edge(FakeWorld(config({CLUSTER: names})), there))
    view = await pressed(desk, await typed(desk, "plan"))

    assert len(await offered(desk, view)) == 100
    assert await offered(desk, view, "customer-299") == [f"{CLUSTER}/customer-299"]


async def test_without_the_store_the_configured_names_are_offered(desk: Desk) -> None:
    desk.world.dialogs.away = Unavailable("store", "no answer")
    view = await pressed(desk, await typed(desk, "plan"))

    assert HILTON in await offered(desk, view)


async def test_a_cluster_that_does_not_answer_is_named_and_its_configured_customers_are_offered(desk: Desk) -> None:
    desk.world.engines[CLUSTER].away = Unavailable("Temporal of voice-prod", "no connection")
    view = await pressed(desk, await typed(desk, "plan"))

    assert f"{CLUSTER} did not answer" in view_text(view)
    assert HILTON in await offered(desk, view)


async def test_several_open_campaigns_are_offered_and_the_command_is_about_the_chosen_one(desk_of_two: Desk) -> None:
    view = await pressed(desk_of_two, await typed(desk_of_two, "verify"))
    campaigns = await offered(desk_of_two, view, "", "choose.campaign")
    found = await offered(desk_of_two, view, "mar", "choose.campaign")
    await chosen(desk_of_two, view, campaign=MARCH)
    await eventually(lambda: bool(desk_of_two.world.channel.messages))

    assert (campaigns, found) == ([JAN, MARCH], [MARCH])
    assert f"In campaign {MARCH}" in desk_of_two.world.channel.messages[0].message.text


async def test_a_campaign_that_was_typed_is_not_asked_for(desk_of_two: Desk) -> None:
    view = await pressed(desk_of_two, await typed(desk_of_two, f"verify in {MARCH}"))
    await chosen(desk_of_two, view)
    await eventually(lambda: bool(desk_of_two.world.channel.messages))

    assert [block["block_id"] for block in view.blocks if block["type"] == "input"] == ["choose.name"]
    assert f"In campaign {MARCH}" in desk_of_two.world.channel.messages[0].message.text


async def test_who_may_not_change_is_refused_when_the_choice_is_made(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "split"), VIEWER)
    await chosen(desk, view, user=VIEWER)

    assert "Only operators may split" in await desk.answer_text()
    assert desk.begun == []


async def test_who_may_not_look_is_shown_no_names(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "verify"), GUEST)

    assert not [block for block in view.blocks if block["type"] == "input"]
    assert "guests" in view_text(view)


async def test_nothing_chosen_is_said_at_the_menu(desk: Desk) -> None:
    acknowledged = action(await chosen(desk, await pressed(desk, await typed(desk, "plan")), None))

    assert acknowledged["errors"] == {"choose.name": "Choose one from the menu."}


async def test_a_submission_that_is_delivered_twice_is_answered_once(desk: Desk) -> None:
    view = await pressed(desk, await typed(desk, "verify"))
    await chosen(desk, view)
    await chosen(desk, view)
    await desk.edge.in_flight.end(timedelta(seconds=DEADLINE))

    assert len(desk.world.channel.messages) == 1


async def test_after_a_restart_the_choice_still_counts(desk: Desk, there: ResponseUrl) -> None:
    view = await pressed(desk, await typed(desk, "verify"))
    await chosen(Desk(Edge(desk.world, there)), view)
    await eventually(lambda: bool(desk.world.channel.messages))

    assert "hilton" in desk.world.channel.messages[0].message.text


@pytest.mark.parametrize("memory", ["", "not json", '{"text": "split", "more": 1}', '{"text": "unknown"}'])
async def test_a_modal_of_another_version_says_so(desk: Desk, memory: str) -> None:
    view = View("Split", (), "Next", purpose="choose", memory=memory)
    acknowledged = action(await chosen(desk, view))

    assert "Nothing was done" in str(acknowledged["view"])
    assert await offered(desk, view) == []


async def test_a_trigger_that_came_too_late_is_said_and_what_to_do(desk: Desk, there: ResponseUrl) -> None:
    button = await typed(desk, "split")
    desk.world.modals.away = Unavailable("slack", "views.open: expired_trigger_id")
    body = payload("button") | {"trigger_id": "late"}
    body["actions"][0] |= {"action_id": button["action_id"], "value": button["value"]}
    await desk.edge.dispatch(body)
    (answer,) = await there.answers()

    assert "The dialog did not open" in answer["text"]
    assert "type the command again" in answer["text"]


async def test_an_alert_is_acknowledged_by_choosing_its_customer(edge: Edge) -> None:
    desk, hilton = Desk(edge), episode()
    await chosen(desk, await pressed(desk, await typed(desk, "ack")))
    await eventually(lambda: edge.world.journal.episodes[hilton.id].acked_by == OPERATOR)


async def test_a_campaign_to_close_is_chosen_among_the_open_ones(desk_of_two: Desk) -> None:
    view = await pressed(desk_of_two, await typed(desk_of_two, "campaign close"))
    open_ones = await offered(desk_of_two, view)
    await chosen(desk_of_two, view, MARCH)

    assert view.title == "Campaign"
    assert open_ones == [JAN, MARCH]
    assert f"close the campaign {MARCH}" in await desk_of_two.answer_text()


async def test_a_campaign_to_reopen_is_chosen_among_the_closed_ones(desk_of_two: Desk) -> None:
    now = desk_of_two.world.now
    desk_of_two.world.journal.recorded_campaigns[MARCH] = CampaignRecord(MARCH, None, OPERATOR, now, closed_at=now)
    view = await pressed(desk_of_two, await typed(desk_of_two, "campaign reopen"))

    assert await offered(desk_of_two, view) == [MARCH]


@pytest.mark.parametrize("text", ["campaign open", "campaign extend"])
async def test_a_campaign_without_its_days_is_not_chosen(desk: Desk, text: str) -> None:
    acknowledged = json.loads((await desk.edge.type(text)).body)

    assert [block["type"] for block in acknowledged["blocks"]] == ["section"]

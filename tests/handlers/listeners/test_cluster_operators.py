"""An operator of one cluster may change things there, by every way, and nowhere else."""

import json

import pytest

from bot.actions import ActionId, EpisodeValue
from bot.config import Config
from bot.model import AuditOutcome
from tests.blocks.gate import texts
from tests.fakes.episodes import episode
from tests.fakes.services import OPERATOR, TEAM, FakeWorld, config, person
from tests.fleet.builders import NOW, TIMED_OUT, activity, description, execution
from tests.fleet.sizes import evenly
from tests.handlers.bolt import Edge, ResponseUrl, payload
from tests.handlers.confirming import Desk, eventually, view_text

VOICE, CHAT = "voice-prod", "chat-prod"
VERA = "U0VERA"


def of_both() -> Config:
    """hilton on voice-prod, which is Vera's by name, and verizon on chat-prod, which is not."""
    both = config({VOICE: ("hilton",), CHAT: ("verizon",)})
    voice = both.clusters[VOICE].model_copy(update={"operators": (VERA,)})
    return both.model_copy(update={"clusters": {**both.clusters, VOICE: voice}})


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld(of_both(), now=NOW)
    world.people.persons[VERA] = person(VERA, "Vera")
    for cluster, customer in ((VOICE, "hilton"), (CHAT, "verizon")):
        run = execution(customer, cluster=cluster)
        world.engines[cluster].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=run))
        world.engines[cluster].workers["backfill"] = 1
        world.warehouses[cluster].volume[customer] = evenly(82_353)
        alert = episode(customer, cluster)
        world.journal.episodes[alert.id] = alert
    return world


@pytest.fixture
def desk(world: FakeWorld, there: ResponseUrl) -> Desk:
    return Desk(Edge(world, there))


async def test_a_dialog_about_her_cluster_asks_and_is_carried_out(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton", VERA)
    await desk.submit(question, VERA)
    await desk.answer_text()

    assert [(spec.customer, spec.started_by) for spec in desk.begun] == [("hilton", VERA)]


@pytest.mark.parametrize(
    "typed",
    ["split verizon", "cancel chat-prod", "split hilton verizon", "split struggling"],
)
async def test_a_dialog_about_another_cluster_only_says_who_may(desk: Desk, typed: str) -> None:
    shown = view_text(await desk.ask_confirmation(typed, VERA))

    word = typed.partition(" ")[0]
    assert f"Only operators may {word} on chat-prod. You may change things on voice-prod." in shown
    assert "Ask Olivia or Oscar" in shown
    assert desk.world.journal.audited[-1].outcome is AuditOutcome.REFUSED


async def test_a_campaign_concerns_all_clusters(desk: Desk) -> None:
    shown = view_text(await desk.ask_confirmation("campaign open march 2026-03-01..2026-04-01", VERA))

    assert "Only operators may campaign for all clusters. You may change things on voice-prod." in shown


@pytest.mark.parametrize("typed", ["split verizon", "split hilton verizon"])
async def test_a_dialog_that_somebody_else_has_opened_is_not_carried_out_for_her(desk: Desk, typed: str) -> None:
    question = await desk.ask_confirmation(typed, OPERATOR)
    if question.purpose == "confirm":
        await desk.submit(question, VERA)
    else:
        await desk.submit_rows(question, user=VERA)
    shown = await desk.answer_text()

    assert "Only operators may split on chat-prod" in shown
    assert desk.begun == []
    assert all(not control.states for control in desk.world.controls.values())


async def test_of_a_dialog_for_several_she_may_carry_out_what_is_left_of_her_cluster(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton verizon", OPERATOR)
    await desk.submit_rows(question, unticked=[1], user=VERA)
    await desk.answer_text()

    assert [spec.customer for spec in desk.begun] == ["hilton"]


@pytest.mark.parametrize("word", ["ack", "snooze"])
async def test_alerts_of_her_cluster_are_hers_and_others_are_not(desk: Desk, word: str) -> None:
    edge = desk.edge
    for typed in (f"{word} hilton", f"{word} {VOICE}", f"{word} verizon", f"{word} {CHAT}"):
        await edge.type(typed, user_id=VERA, trigger_id=f"trigger {typed}")
    answers = [json.dumps(each, ensure_ascii=False) for each in await edge.there.answers(4)]

    assert [f"Only operators may {word} on chat-prod" in each for each in answers] == [False, False, True, True]
    of_chat = episode("verizon", CHAT)
    assert edge.world.journal.episodes[of_chat.id] == of_chat


async def test_the_button_of_another_clusters_alert_is_not_hers(desk: Desk) -> None:
    click = payload("button")
    click["user"]["id"] = VERA
    click["response_url"] = desk.edge.there.url
    value = EpisodeValue(episode=episode("verizon", CHAT).id).model_dump_json()
    click["actions"][0] |= {"action_id": ActionId.ACK.value, "value": value}
    await desk.edge.dispatch(click)
    (answer,) = await desk.edge.there.answers()

    assert "Only operators may ack on chat-prod" in json.dumps(answer, ensure_ascii=False)


async def test_her_home_tab_has_buttons_for_her_cluster_and_says_where_she_may(desk: Desk) -> None:
    event = {"type": "app_home_opened", "user": VERA, "tab": "home", "channel": "D1"}
    await desk.edge.dispatch({"type": "event_callback", "team_id": TEAM, "event": event})
    await eventually(lambda: VERA in desk.world.modals.tabs)
    tab = desk.world.modals.tabs[VERA][-1]
    values = [element["value"] for block in tab.blocks if block["type"] == "actions" for element in block["elements"]]

    assert {json.loads(value)["target"] for value in values} == {f"{VOICE}/hilton"}
    assert "You may start and stop backfills on voice-prod" in texts(tab)[-1]
    assert "Elsewhere, ask Olivia or Oscar." in texts(tab)[-1]

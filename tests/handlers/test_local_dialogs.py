"""Dialogs on real protocols: triggers, views, submissions and ephemeral messages of a local Slack."""

from collections.abc import AsyncIterator

import pytest

from bot.config import Transport
from bot.errors import Unavailable
from bot.model import SequenceSpec
from tests.fleet.builders import TIMED_OUT, activity, description, execution, window
from tests.handlers.confirming import CLUSTER, WHY
from tests.handlers.local import Scene, open_scene
from tests.local_slack.harness import eventually


@pytest.fixture(params=list(Transport))
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async with open_scene(request.param) as scene:
        yield scene


def begun(scene: Scene) -> list[SequenceSpec]:
    return [state.spec for state in scene.world.controls[CLUSTER].states.values()]


async def test_split_is_pressed_on_the_alert_confirmed_with_a_reason_and_done(scene: Scene) -> None:
    await scene.control.click(scene.alert, "control.split")
    question = await scene.dialog("start 11 windows of 5 days")
    answer = await scene.submit(question, reason=WHY)
    done = await scene.dialog("11 windows of 5 days run")

    assert (answer["error"], answer["closed"], answer["notice"]) == (None, False, None)
    assert "Working" in str(answer["view"])
    assert done["id"] == question["id"]
    assert [(spec.customer, spec.reason) for spec in begun(scene)] == [("hilton", WHY)]
    assert await scene.control.texts() == [scene.alert["text"]]


@pytest.mark.parametrize("typed", ["split hilton", "run vivint", "cancel hilton", "terminate hilton"])
async def test_every_question_passes_slacks_own_rules(scene: Scene, typed: str) -> None:
    scene.world.warehouses[CLUSTER].volume["vivint"] = scene.world.warehouses[CLUSTER].volume["hilton"]
    delivery = await scene.control.command(typed)
    question = await scene.dialog("About to")

    assert delivery["error"] is None
    assert question["submit"]["text"] == typed.split(maxsplit=1)[0].capitalize()
    assert question["close"]["text"] == "Back"


async def test_what_is_missing_is_said_at_its_field_and_can_be_corrected(scene: Scene) -> None:
    await scene.control.command("terminate hilton")
    question = await scene.dialog("About to")
    wrong = await scene.submit(question, reason=WHY, name="hiltn")
    right = await scene.submit(question, name="hilton")
    await scene.dialog("was terminated")

    assert wrong["errors"] == {"name": "Type hilton, exactly so, to confirm."}
    assert right["errors"] == {}
    assert len(scene.world.controls[CLUSTER].terminated) == 1


async def test_when_the_world_has_changed_the_reason_need_not_be_typed_again(scene: Scene) -> None:
    await scene.control.command("terminate hilton")
    question = await scene.dialog("About to")
    scene.world.engines[CLUSTER].add(execution("hilton", window(1, 6)))
    await scene.submit(question, reason=WHY, name="hilton")
    anew = await scene.dialog("world has changed")
    wrong = await scene.submit(anew, name="hiltn")
    await scene.submit(anew, name="hilton")
    await scene.dialog("was terminated")
    reasons = {reason for _, reason in scene.world.controls[CLUSTER].terminated}

    assert wrong["errors"] == {"name": "Type hilton, exactly so, to confirm."}
    assert [WHY in reason for reason in reasons] == [True]


@pytest.mark.parametrize(("user", "refusal"), [("victor", "Only operators may split."), ("gus", "not its guests")])
async def test_others_press_the_button_and_are_refused_in_a_dialog_of_their_own(
    scene: Scene, user: str, refusal: str
) -> None:
    await scene.control.click(scene.alert, "control.split", user=user)
    refused = await scene.dialog(refusal, user)

    assert refused["submit"] is None
    assert (await scene.control.get("views", user="olivia"))["views"] == []


async def test_an_outcome_that_comes_before_the_acknowledgement_is_not_overwritten_by_it(scene: Scene) -> None:
    await scene.control.click(scene.alert, "control.split")
    question = await scene.dialog("About to")
    scene.world.engines[CLUSTER].away = Unavailable("Temporal of voice-prod", "no connection")
    answer = await scene.submit(question, reason=WHY)
    await scene.dialog("no connection")

    assert "Working" in str(answer["view"])
    assert begun(scene) == []


async def test_who_has_no_dialog_any_more_hears_the_outcome_in_the_channel_and_nobody_else_does(scene: Scene) -> None:
    await scene.control.click(scene.alert, "control.split")
    question = await scene.dialog("About to")
    await scene.control.fault(fault="error", method="views.update", code="not_found")
    await scene.submit(question, reason=WHY)
    (whisper,) = await scene.posted_messages()

    assert "11 windows of 5 days run" in whisper["text"]
    assert whisper["ephemeral_to"] == begun(scene)[0].started_by


async def test_a_click_that_is_delivered_twice_opens_one_dialog(scene: Scene) -> None:
    await scene.control.fault(fault="duplicate_envelope")
    await scene.control.click(scene.alert, "control.split")
    await scene.dialog("About to")
    await scene.control.command("help")
    (answer,) = await scene.posted_messages()

    assert answer["text"].startswith("What you can type")


async def test_a_submission_that_is_delivered_twice_is_carried_out_once(scene: Scene) -> None:
    await scene.control.click(scene.alert, "control.split")
    question = await scene.dialog("About to")
    await scene.control.fault(fault="duplicate_envelope")
    await scene.submit(question, reason=WHY)
    await scene.dialog("11 windows of 5 days run")

    assert len(begun(scene)) == 1
    assert scene.world.controls[CLUSTER].states["hilton"].spec.reason == WHY


async def test_a_sequence_that_runs_is_named_to_who_wants_to_split_again(scene: Scene) -> None:
    await scene.control.click(scene.alert, "control.split")
    await scene.submit(await scene.dialog("About to"), reason=WHY)
    await scene.dialog("11 windows of 5 days run")
    await scene.control.click(scene.alert, "control.split")
    refused = await scene.dialog("sequence")

    assert refused["submit"] is None
    assert len(begun(scene)) == 1


@pytest.mark.parametrize("code", ["expired_trigger_id", "internal_error"])
async def test_when_slack_does_not_open_the_dialog_the_asker_alone_hears_what_to_do(scene: Scene, code: str) -> None:
    await scene.control.fault(fault="error", method="views.open", code=code)
    await scene.control.click(scene.alert, "control.split")
    (answer,) = await scene.posted_messages()

    assert code in answer["text"]
    assert "Press the button or type the command again" in answer["text"]
    assert answer["ephemeral_to"]


async def test_a_slack_that_loses_the_reply_to_an_update_is_told_again(scene: Scene) -> None:
    await scene.control.fault(fault="lost_reply", method="views.update")
    await scene.control.click(scene.alert, "control.split")
    question = await scene.dialog("About to")

    assert question["submit"]["text"] == "Split"


@pytest.mark.parametrize("transport", list(Transport))
async def test_whom_to_leave_out_is_searched_and_chosen(transport: Transport) -> None:
    names = tuple(f"customer-{number}" for number in range(26))
    async with open_scene(transport, customers=("hilton", *names)) as scene:
        for name in names:
            scene.world.warehouses[CLUSTER].volume[name] = scene.world.warehouses[CLUSTER].volume["hilton"]
            run = description(activity(attempt=3, last_failure=TIMED_OUT), of=execution(name))
            scene.world.engines[CLUSTER].put(run)
        await scene.control.command("split struggling")
        question = await scene.dialog("27 customers")
        query = {"user": "olivia", "view_id": question["id"], "action_id": "leave_out", "query": "customer-1"}
        _, offer = await scene.control.post("suggest", query)
        left_out = [option["value"] for option in offer["options"]]
        await scene.submit(question, reason=WHY, leave_out=",".join(left_out))
        await scene.dialog("customers")

        async def all_begun() -> bool:
            return len(begun(scene)) == 16

        await eventually(all_begun)

    assert offer["error"] is None
    assert len(left_out) == 11
    assert not {spec.customer for spec in begun(scene)} & {value.partition("/")[2] for value in left_out}


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_command_without_its_name_is_confirmed_for_the_customer_that_is_searched_and_chosen(
    transport: Transport,
) -> None:
    async with open_scene(transport) as scene:
        await scene.control.command("split windows 10d")
        (refusal,) = await scene.posted_messages()
        await scene.control.click(refusal, "choose")
        choice = await scene.dialog("Customer")
        query = {"user": "olivia", "view_id": choice["id"], "action_id": "choose.name", "query": "hil"}
        _, offer = await scene.control.post("suggest", query)
        (option,) = offer["options"]
        answer = await scene.submit(choice, **{"choose.name": option["value"]})
        question = await scene.dialog("windows of 10 days")
        await scene.submit(question, reason=WHY)
        await scene.dialog("windows of 10 days run")

    assert offer["error"] is None
    assert (answer["error"], answer["closed"]) == (None, False)
    assert question["id"] == choice["id"]
    assert [(spec.customer, spec.reason) for spec in begun(scene)] == [("hilton", WHY)]


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_question_without_its_name_is_answered_where_it_was_asked(transport: Transport) -> None:
    async with open_scene(transport) as scene:
        await scene.control.command("plan")
        (refusal,) = await scene.posted_messages()
        await scene.control.click(refusal, "choose")
        choice = await scene.dialog("Customer")
        query = {"user": "olivia", "view_id": choice["id"], "action_id": "choose.name", "query": "hil"}
        await scene.control.post("suggest", query)
        answer = await scene.submit(choice, **{"choose.name": "voice-prod/hilton"})
        (_, plan) = await scene.posted_messages(2)

    assert (answer["error"], answer["closed"]) == (None, True)
    assert "hilton" in plan["text"]

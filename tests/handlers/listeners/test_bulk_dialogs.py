"""A dialog for several customers: opened at once, filled with a row each, and carried out for those left ticked."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.fleet.notifications.confirmed import BulkCard
from bot.fleet.notifications.notification import parse
from bot.message import View
from bot.model import AuditOutcome, ExecutionStatus, Instruction, Order, Ref, SequenceSpec
from tests.fakes.dialogs import FakeDialogs
from tests.fakes.services import OPERATOR, VIEWER, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, description, execution
from tests.fleet.sequences import spec as sequence
from tests.fleet.sizes import evenly
from tests.handlers.bolt import Edge, ResponseUrl, payload
from tests.handlers.confirming import WHY, Desk, action, eventually, row_texts, rows, view_text

VOICE, EAST = "voice-prod", "us-east-1-prod"
CUSTOMERS = {VOICE: ("hilton", "vivint"), EAST: ("marriott", "spirit", "sunbit")}


def fleet() -> FakeWorld:
    """hilton, marriott and spirit struggle over the full range, vivint is healthy, sunbit has never run."""
    world = FakeWorld(config(CUSTOMERS), now=NOW)
    for cluster, names in CUSTOMERS.items():
        world.engines[cluster].workers["backfill"] = 1
        world.warehouses[cluster].volume = {name: evenly(82_353) for name in names}
    for cluster, name in ((VOICE, "hilton"), (EAST, "marriott"), (EAST, "spirit")):
        struggles(world, cluster, name)
    world.engines[VOICE].put(description(activity(), of=execution("vivint", CAMPAIGN, VOICE)))
    return world


def struggles(world: FakeWorld, cluster: str, customer: str) -> Ref:
    timed_out = activity(attempt=3, last_failure=TIMED_OUT)
    run = description(timed_out, of=execution(customer, CAMPAIGN, cluster))
    return world.engines[cluster].put(run).execution.ref


def ends(world: FakeWorld, cluster: str, customer: str) -> None:
    """The customer's run is terminated by somebody else."""
    engine = world.engines[cluster]
    (known,) = (each for each in engine.descriptions.values() if customer in each.execution.ref.workflow_id)
    over = replace(known.execution, status=ExecutionStatus.TERMINATED, closed_at=world.now)
    engine.put(replace(known, execution=over, activities=()))


@pytest.fixture
def desk(there: ResponseUrl) -> Desk:
    return Desk(Edge(fleet(), there))


def begun(desk: Desk) -> dict[str, int]:
    """The sequences that were started, with the size of their windows."""
    states = [state for control in desk.world.controls.values() for state in control.states.values()]
    return {state.spec.customer: state.spec.sizes.days for state in states}


async def test_one_command_asks_about_everybody_who_struggles_with_a_row_each(desk: Desk) -> None:
    question = await desk.ask_confirmation("split struggling")

    assert (question.submit, question.purpose, question.memory) == ("Split", "confirm.bulk", "split")
    assert "3 customers on 2 clusters: about to cancel 3 workflows and start 33 windows" in view_text(question)
    assert [name for name, _ in row_texts(question)] == [
        "*hilton* on voice-prod",
        "*marriott* on us-east-1-prod",
        "*spirit* on us-east-1-prod",
    ]
    assert {what.split(",")[0] for _, what in row_texts(question)} == {
        "cancel 1 workflow and start 11 windows of 5 days"
    }
    assert begun(desk) == {}


async def test_several_are_terminated_once_the_word_is_typed_and_not_before(desk: Desk) -> None:
    question = await desk.ask_confirmation("terminate hilton spirit")
    refused = action(await desk.submit_rows(question, name="terminat"))
    before = [control.terminated for control in desk.world.controls.values() if control.terminated]
    await desk.submit_rows(question, name="terminate")
    await desk.answer_text()
    ended = [ref for control in desk.world.controls.values() for ref, _ in control.terminated]

    assert refused["errors"] == {"name": "Type terminate, exactly so, to confirm."}
    assert before == []
    assert len(ended) == 2


async def test_one_reason_splits_all_of_them_and_the_audit_has_an_entry_each(desk: Desk) -> None:
    acknowledged = action(await desk.submit_rows(await desk.ask_confirmation("split struggling")))
    outcome = await desk.answer_text()
    records = [record for record in desk.world.journal.audited if record.outcome is AuditOutcome.DONE]

    assert acknowledged["response_action"] == "update"
    assert "Split: under way for all 3 customers." in outcome
    assert begun(desk) == {"hilton": 5, "marriott": 5, "spirit": 5}
    assert sorted((record.subject.full_name, record.user_id, record.reason) for record in records) == [
        (f"{cluster}/{name}", OPERATOR, WHY)
        for cluster, name in ((EAST, "marriott"), (EAST, "spirit"), (VOICE, "hilton"))
    ]
    assert len({record.plan_digest for record in records}) == 3


async def test_one_message_in_the_channel_tells_who_asked_for_whom_and_why(desk: Desk) -> None:
    await desk.submit_rows(await desk.ask_confirmation("split struggling"))
    await desk.answer_text()
    (card,) = bulk_cards(desk)

    assert card == BulkCard("split", OPERATOR, WHY, (f"{VOICE}/hilton", f"{EAST}/marriott", f"{EAST}/spirit"))
    threads = {spec.thread_key for spec in specs(desk)}
    assert len(threads) == 1
    assert threads.pop().startswith("bulk:")


def bulk_cards(desk: Desk) -> list[BulkCard]:
    bodies = (parse(row.message.body) for row in desk.world.outbox.messages.values())
    return [body for body in bodies if isinstance(body, BulkCard)]


def specs(desk: Desk) -> list[SequenceSpec]:
    return [state.spec for control in desk.world.controls.values() for state in control.states.values()]


async def test_a_customer_without_tick_is_left_alone_and_another_size_is_taken(desk: Desk) -> None:
    await desk.submit_rows(await desk.ask_confirmation("split hilton spirit marriott"), sizes={1: "2"}, unticked={2})
    await desk.answer_text()

    assert begun(desk) == {"hilton": 5, "spirit": 2}


async def test_every_size_that_is_offered_says_how_many_windows_it_makes(desk: Desk) -> None:
    (row, _) = rows(await desk.ask_confirmation("split hilton spirit"))
    menu = row["elements"][1]

    assert [option["text"]["text"].split(",")[0] for option in menu["options"]] == [
        "51 windows of 1 day",
        "26 windows of 2 days",
        "17 windows of 3 days",
        "11 windows of 5 days",
        "6 windows of 10 days",
    ]
    assert menu["initial_option"]["text"]["text"].startswith("11 windows of 5 days")


async def test_whoever_has_changed_by_the_click_is_named_and_can_be_run_too(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    ends(desk.world, EAST, "spirit")
    await desk.submit_rows(question)
    outcome = await desk.answer_text()
    rest = desk.views()[-1]
    first = begun(desk)
    await desk.submit_rows(rest)
    done = await desk.answer_text(shown=4)

    assert "Split: under way for 1 of 2 customers, not done for 1." in outcome
    assert "not done for spirit: its plan has changed since you looked." in outcome
    assert (rest.submit, row_texts(rest)[0][0]) == ("Run these, too", "*spirit*")
    assert rest.blocks[-1]["element"]["initial_value"] == WHY
    assert first == {"hilton": 5}
    assert begun(desk) == {"hilton": 5, "spirit": 5}
    assert "11 windows of 5 days run" in done


async def test_the_audit_has_also_whoever_was_left_out_because_of_a_change(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    ends(desk.world, EAST, "spirit")
    await desk.submit_rows(question)
    await desk.answer_text()

    outcomes = {record.subject.name: record.outcome for record in desk.world.journal.audited}
    assert outcomes == {"hilton": AuditOutcome.DONE, "spirit": AuditOutcome.FAILED}


async def test_a_cluster_that_is_away_by_the_click_is_told_and_holds_nobody_up(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    desk.world.engines[EAST].away = Unavailable("Temporal", "connection refused")
    await desk.submit_rows(question)
    outcome = await desk.answer_text()

    assert "us-east-1-prod* did not answer" in outcome.replace("\\u200b", "").replace("\u200b", "")
    assert "not done for spirit." in outcome
    assert begun(desk) == {"hilton": 5}


async def test_customers_of_a_cluster_that_does_not_answer_are_listed_and_left_out(desk: Desk) -> None:
    desk.world.engines[EAST].away = Unavailable("Temporal", "connection refused")
    question = await desk.ask_confirmation("split hilton spirit")

    assert "Left out: spirit." in view_text(question)
    assert [name for name, _ in row_texts(question)] == ["*hilton*"]


async def test_a_healthy_or_finished_customer_is_listed_with_the_reason(desk: Desk) -> None:
    desk.world.warehouses[EAST].volume["sunbit"] = {}
    question = await desk.ask_confirmation("split hilton sunbit")

    assert "sunbit" in view_text(question)
    assert "is left out." in view_text(question)
    assert len(rows(question)) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("split hilton hiltn", "There is no cluster or customer “hiltn”."),
        ("split hilton hiltn", "Did you mean hilton?"),
        ("split hilton voice-prod", "voice-prod is a cluster, and cannot stand among several customers."),
        ("split struggling elsewhere", "There is no cluster “elsewhere”."),
        ("split sunbit vivint windows 60d", "There is nothing to split now for 2 customers."),
        ("retry hilton spirit", "There is nothing to retry now for 2 customers."),
    ],
)
async def test_a_command_that_cannot_be_meant_proposes_nothing(desk: Desk, text: str, reason: str) -> None:
    refusal = await desk.ask_confirmation(text)

    assert reason in view_text(refusal)
    assert refusal.submit == ""


async def test_split_struggling_can_be_limited_to_a_cluster(desk: Desk) -> None:
    question = await desk.ask_confirmation("split struggling voice-prod")

    assert [name for name, _ in row_texts(question)] == ["*hilton*"]


@pytest.mark.parametrize(("cluster", "customers"), [("", 3), (EAST, 2)])
async def test_the_button_for_all_opens_the_same_dialog(desk: Desk, cluster: str, customers: int) -> None:
    await desk.edge.click("button", action_id="control.split_all", value=json.dumps({"cluster": cluster}))
    await eventually(lambda: len(desk.views()) == 2)

    assert len(rows(desk.views()[-1])) == customers


async def test_when_nothing_struggles_the_dialog_says_so(desk: Desk) -> None:
    for cluster, name in ((VOICE, "hilton"), (EAST, "marriott"), (EAST, "spirit")):
        ends(desk.world, cluster, name)

    assert "Nothing struggles on any cluster." in view_text(await desk.ask_confirmation("split struggling"))


async def test_several_are_cancelled_by_one_command_without_a_menu_of_sizes(desk: Desk) -> None:
    question = await desk.ask_confirmation("cancel hilton vivint")
    await desk.submit_rows(question)
    outcome = await desk.answer_text()

    assert [len(block["elements"]) for block in rows(question)] == [1, 1]
    assert "Cancel: under way for both customers." in outcome
    assert sorted(begun(desk)) == ["hilton", "vivint"]


@pytest.mark.parametrize(("word", "is_paused"), [("pause", True), ("resume", False)])
async def test_several_are_paused_and_resumed_by_one_command(desk: Desk, word: str, is_paused: bool) -> None:
    for cluster, name in ((VOICE, "hilton"), (EAST, "spirit")):
        await desk.world.controls[cluster].begin(sequence(name, cluster))
        if word == "resume":
            await desk.world.controls[cluster].instruct(name, Instruction(Order.PAUSE, by=OPERATOR, reason="upgrade"))
    question = await desk.ask_confirmation(f"{word} hilton spirit")
    await desk.submit_rows(question)
    await eventually(lambda: all(bool(by) == is_paused for by in paused_by(desk).values()))

    assert question.submit == word.capitalize()
    assert bulk_cards(desk)[-1].word == word


def paused_by(desk: Desk) -> dict[str, str]:
    """Who has paused each sequence, "" for those that go on."""
    states = [state for control in desk.world.controls.values() for state in control.states.values()]
    return {state.spec.customer: state.paused_by for state in states}


async def test_several_are_run_by_one_command(desk: Desk) -> None:
    ends(desk.world, VOICE, "hilton")
    await desk.submit_rows(await desk.ask_confirmation("run hilton sunbit windows 10d"))
    await desk.answer_text()

    assert begun(desk) == {"hilton": 10, "sunbit": 10}


async def test_nobody_ticked_is_a_mistake_that_the_dialog_shows(desk: Desk) -> None:
    acknowledged = action(await desk.submit_rows(await desk.ask_confirmation("split hilton spirit"), unticked={0, 1}))

    assert acknowledged["errors"] == {"reason": "Tick at least one customer above: nothing would be done."}
    assert begun(desk) == {}


async def test_a_dialog_that_is_over_an_hour_old_does_nothing(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    desk.world.now += HOUR
    acknowledged = action(await desk.submit_rows(question))

    assert "This dialog was open for over an hour" in json.dumps(acknowledged["view"], ensure_ascii=False)
    assert begun(desk) == {}


async def test_without_the_store_nothing_is_done_and_the_dialog_stays(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    desk.world.dialogs.away = Unavailable("store", "database is locked")
    acknowledged = action(await desk.submit_rows(question))

    assert "did not answer in time" in acknowledged["errors"]["reason"]
    assert begun(desk) == {}


async def test_a_late_copy_is_answered_as_the_first_even_without_the_store(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    await desk.submit_rows(question)
    shown = await desk.answer_text()
    del desk.views()[2:]
    desk.world.dialogs.away = Unavailable("store", "database is locked")
    copy = action(await desk.submit_rows(question))

    assert copy["response_action"] == "update"
    assert json.dumps(copy["view"]["blocks"], ensure_ascii=False) in shown.replace('["Split", ', "[")


class CountedDialogs(FakeDialogs):
    """Counts how often the store is asked for a dialog."""

    def __init__(self) -> None:
        super().__init__()
        self.recalls = 0

    async def recall(self, dialog: str, now: datetime) -> str | None:
        self.recalls += 1
        return await super().recall(dialog, now)


async def test_a_late_copy_does_not_wait_for_the_store(there: ResponseUrl) -> None:
    world = fleet()
    world.dialogs = dialogs = CountedDialogs()
    desk = Desk(Edge(world, there))
    question = await desk.ask_confirmation("split hilton spirit")
    await desk.submit_rows(question)
    await desk.answer_text()
    del desk.views()[2:]
    recalls = dialogs.recalls
    await desk.submit_rows(question)

    assert recalls > 0
    assert dialogs.recalls == recalls


async def test_only_operators_confirm_for_several(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    (block, _) = rows(question)
    box = block["elements"][0]
    ticked = {box["action_id"]: {"type": "checkboxes", "selected_options": box["options"]}}
    reason = {"reason": {"reason": {"value": WHY}}}
    await desk.submit_values(question, {block["block_id"]: ticked, **reason}, VIEWER, "V0001")
    outcome = await desk.answer_text()

    assert "Only operators may split." in outcome
    assert begun(desk) == {}


async def test_whoever_closed_the_dialog_hears_alone_what_came_of_it_and_what_to_type(desk: Desk) -> None:
    question = await desk.ask_confirmation("split hilton spirit")
    ends(desk.world, EAST, "spirit")
    desk.world.modals.closed.add("V0001")
    await desk.submit_rows(question)
    await eventually(lambda: bool(desk.world.modals.whispers))
    ((user, message),) = desk.world.modals.whispers

    assert user == OPERATOR
    assert "Type /backfill split us-east-1-prod/spirit to confirm it anew." in message.text


async def test_a_change_of_a_field_is_acknowledged_and_nothing_else(desk: Desk) -> None:
    acknowledged = await desk.edge.click("menu", action_id="bulk.size.0")

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert desk.edge.there.received == []


def many_customers(number: int) -> FakeWorld:
    names = tuple(f"customer-{n}" for n in range(number))
    world = FakeWorld(config({VOICE: names}), now=NOW)
    world.engines[VOICE].workers["backfill"] = 1
    world.warehouses[VOICE].volume = {name: evenly(82_353) for name in names}
    for name in names:
        struggles(world, VOICE, name)
    return world


async def large_dialog(there: ResponseUrl) -> tuple[Desk, View]:
    desk = Desk(Edge(many_customers(26), there))
    return desk, await desk.ask_confirmation("split struggling")


async def test_more_than_25_are_summed_up_by_cluster(there: ResponseUrl) -> None:
    _, question = await large_dialog(there)

    assert rows(question) == []
    assert "26 customers: cancel 26 workflows and start 286 windows" in view_text(question)
    assert [block["block_id"] for block in question.blocks if block["type"] == "input"] == [
        "size",
        "leave_out",
        "reason",
    ]


def leaving_out(*values: str) -> dict[str, Any]:
    chosen = [{"value": value} for value in values]
    return {"leave_out": {"type": "multi_external_select", "selected_options": chosen}}


async def suggested(desk: Desk, typed: str, view_id: str = "V0001") -> list[str]:
    """What the menu of customers to leave out offers."""
    body = {**payload("submission"), "type": "block_suggestion", "action_id": "leave_out", "value": typed}
    answer = await desk.edge.dispatch(body | {"block_id": "leave_out", "view": {"id": view_id}})
    return [option["value"] for option in json.loads(answer.body)["options"]]


async def test_the_menu_offers_the_customers_of_the_dialog(there: ResponseUrl) -> None:
    desk, _ = await large_dialog(there)

    assert await suggested(desk, "customer-2") == [f"{VOICE}/customer-{n}" for n in (2, *range(20, 26))]
    assert len(await suggested(desk, "")) == 26
    assert await suggested(desk, "nobody") == []
    assert await suggested(desk, "customer-2", "V0OTHER") == []


async def test_without_the_store_the_menu_offers_nothing(there: ResponseUrl) -> None:
    desk, _ = await large_dialog(there)
    desk.world.dialogs.away = Unavailable("store", "no answer")

    assert await suggested(desk, "customer") == []


async def test_more_than_25_get_one_size_and_some_are_left_out(there: ResponseUrl) -> None:
    desk, question = await large_dialog(there)
    values = {
        "reason": {"reason": {"value": WHY}},
        "size": {"size": {"type": "static_select", "selected_option": {"value": "10"}}},
        "leave_out": leaving_out(f"{VOICE}/customer-3", f"{VOICE}/customer-4"),
    }
    await desk.submit_values(question, values, OPERATOR, "V0001")
    await desk.answer_text()

    assert len(begun(desk)) == 24
    assert set(begun(desk).values()) == {10}
    assert {"customer-3", "customer-4"}.isdisjoint(begun(desk))


async def test_names_that_were_typed_into_a_dialog_of_an_earlier_version_leave_nobody_in_by_mistake(
    there: ResponseUrl,
) -> None:
    desk, question = await large_dialog(there)
    values = {
        "reason": {"reason": {"value": WHY}},
        "size": {"size": {"type": "static_select", "selected_option": {"value": "suggested"}}},
        "leave_out": {"leave_out": {"value": "customer-3"}},
    }
    acknowledged = action(await desk.submit_values(question, values, OPERATOR, "V0001"))

    assert "may come from another version" in str(acknowledged["view"])
    assert begun(desk) == {}

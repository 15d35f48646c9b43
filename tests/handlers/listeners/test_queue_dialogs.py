"""``run <cluster>`` and ``run all``: one dialog, one reason, and everybody who is not complete is queued."""

import pytest

from bot.errors import Unavailable
from bot.fleet.notifications.confirmed import BulkCard
from bot.fleet.notifications.notification import parse
from bot.fleet.proposals.bulk import MOST_ROWS
from bot.model import AuditOutcome, ExecutionStatus
from bot.model.queue import QueueOrder
from tests.fakes.queue import FakeQueue
from tests.fakes.services import OPERATOR, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW, execution
from tests.fleet.queue.builders import queue as queue_of
from tests.fleet.sizes import evenly
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import WHY, Desk, eventually, row_texts, view_text

VOICE, EAST = "voice-prod", "us-east-1-prod"
CUSTOMERS = {VOICE: ("hilton", "vivint"), EAST: ("marriott", "spirit")}
VOLUMES = {"hilton": 82_353, "vivint": 10_000, "marriott": 50_000, "spirit": 20_000}


def fleet() -> FakeWorld:
    """vivint is complete, and the others have never been started."""
    world = FakeWorld(config(CUSTOMERS), now=NOW)
    for cluster, names in CUSTOMERS.items():
        world.engines[cluster].workers["backfill"] = 1
        world.warehouses[cluster].volume = {name: evenly(VOLUMES[name]) for name in names}
    done = execution("vivint", CAMPAIGN, VOICE, status=ExecutionStatus.COMPLETED, closed_at=NOW)
    world.engines[VOICE].add(done)
    return world


@pytest.fixture
def desk(there: ResponseUrl) -> Desk:
    return Desk(Edge(fleet(), there))


def queue(desk: Desk, cluster: str) -> FakeQueue:
    queue = desk.world.queues[cluster]
    assert isinstance(queue, FakeQueue)
    return queue


def queued(desk: Desk, cluster: str) -> list[str]:
    state = queue(desk, cluster).state
    return [customer.customer for customer in state.queued] if state else []


def many(there: ResponseUrl) -> Desk:
    """A person in front of more customers than a dialog has rows for."""
    names = tuple(f"customer-{number:02}" for number in range(MOST_ROWS + 1))
    world = FakeWorld(config({VOICE: names}), now=NOW)
    world.engines[VOICE].workers["backfill"] = 1
    world.warehouses[VOICE].volume = {name: evenly(82_353) for name in names}
    return Desk(Edge(world, there))


async def test_of_very_many_the_whole_plan_comes_as_a_file_to_the_asker(there: ResponseUrl) -> None:
    desk = many(there)
    question = await desk.ask_confirmation("run all")
    await eventually(lambda: bool(desk.world.files.sent))
    ((user, plan),) = desk.world.files.sent
    rows = [line for line in plan.text.splitlines() if line.startswith("| voice-prod")]

    assert user == OPERATOR
    assert len(rows) == MOST_ROWS + 1
    assert "| customer-00 | start 11 windows of 5 days | 51 |" in rows[0]
    assert "comes as a file in your direct messages" in view_text(question)


async def test_a_file_that_cannot_be_sent_is_told_and_the_dialog_stays(there: ResponseUrl) -> None:
    desk = many(there)
    desk.world.files.away = Unavailable("slack", "timed out")
    question = await desk.ask_confirmation("run all")
    await eventually(lambda: bool(desk.world.modals.whispers))

    assert question.submit == "Run"
    assert "The file with the whole plan could not be sent: timed out." in str(desk.world.modals.whispers)


async def test_all_asks_once_about_everybody_who_is_not_complete(desk: Desk) -> None:
    question = await desk.ask_confirmation("run all")

    assert [name for name, _ in row_texts(question)] == [
        "*hilton* on voice-prod",
        "*marriott* on us-east-1-prod",
        "*spirit* on us-east-1-prod",
    ]
    assert "smallest first. At most " in view_text(question)
    assert (queued(desk, VOICE), queued(desk, EAST)) == ([], [])


async def test_one_reason_queues_them_smallest_first_and_starts_nothing_itself(desk: Desk) -> None:
    await desk.submit_rows(await desk.ask_confirmation("run all"))
    outcome = await desk.answer_text()
    records = [record for record in desk.world.journal.audited if record.outcome is AuditOutcome.DONE]
    (batch,) = queue(desk, EAST).enqueued

    assert (queued(desk, VOICE), queued(desk, EAST)) == (["hilton"], ["spirit", "marriott"])
    assert "Run: queued for all 3 customers." in outcome
    assert (batch.batch.by, batch.batch.reason, batch.batch.whole) == (OPERATOR, WHY, CAMPAIGN)
    assert {record.subject.customer for record in records} == {"hilton", "marriott", "spirit"}
    assert all(record.after.startswith("queued: ") for record in records)
    assert [control.states for control in desk.world.controls.values()] == [{}, {}]


async def test_the_channel_hears_of_all_in_one_message_whose_thread_the_sequences_use(desk: Desk) -> None:
    await desk.submit_rows(await desk.ask_confirmation("run all"))
    await desk.answer_text()
    cards = {key: parse(row.message.body) for key, row in desk.world.outbox.messages.items()}
    (batch,) = queue(desk, EAST).enqueued

    assert isinstance(cards[batch.batch.thread_key], BulkCard)
    assert len(cards) == 1


async def test_a_cluster_queues_its_own_customers_in_the_order_that_was_asked_for(desk: Desk) -> None:
    await desk.submit_rows(await desk.ask_confirmation("run us-east-1-prod largest"))
    await desk.answer_text()

    assert (queued(desk, VOICE), queued(desk, EAST)) == ([], ["marriott", "spirit"])
    assert queue(desk, EAST).enqueued[0].order is QueueOrder.LARGEST


async def test_a_customer_whose_box_is_empty_is_not_queued(desk: Desk) -> None:
    question = await desk.ask_confirmation("run us-east-1-prod")
    await desk.submit_rows(question, unticked=(1,))
    await desk.answer_text()

    assert queued(desk, EAST) == ["marriott"]


async def test_a_queue_that_does_not_answer_is_told_and_the_other_one_is_filled(desk: Desk) -> None:
    question = await desk.ask_confirmation("run all")
    queue(desk, VOICE).away = Unavailable(f"Temporal of {VOICE}", "no answer")
    await desk.submit_rows(question)
    await desk.answer_text()
    failed = [record for record in desk.world.journal.audited if record.outcome is AuditOutcome.FAILED]
    (card,) = (parse(row.message.body) for row in desk.world.outbox.messages.values())

    assert queued(desk, EAST) == ["spirit", "marriott"]
    assert [record.subject.customer for record in failed] == ["hilton"]
    assert isinstance(card, BulkCard)
    assert card.is_queued
    assert card.failed == ("voice-prod/hilton",)
    assert card.customers == ("us-east-1-prod/marriott", "us-east-1-prod/spirit")


@pytest.mark.parametrize("option", ["all", "whole"])
async def test_completed_days_of_a_whole_cluster_do_not_run_again(desk: Desk, option: str) -> None:
    refused = view_text(await desk.ask_confirmation(f"run voice-prod {option}"))

    assert "This would run completed days again." in refused
    assert f"Name the customers: /backfill run hilton spirit {option}." in refused


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """marriott and spirit wait in the queue of a cluster where nothing is open."""
    queue(desk, EAST).state = queue_of(("spirit", 1), ("marriott", 2))
    return desk


@pytest.mark.parametrize(
    ("typed", "about_to", "outcome"),
    [
        (f"cancel {EAST}", "about to empty the queue of 2 customers", "queue emptied: 2 customers"),
        (f"pause {EAST}", "about to pause the queue of 2 customers", "queue paused: 2 customers"),
    ],
)
async def test_a_cluster_where_nothing_runs_is_stopped_by_its_queue(
    filled: Desk, typed: str, about_to: str, outcome: str
) -> None:
    question = await filled.ask_confirmation(typed)
    await filled.submit(question)
    shown = await filled.answer_text()
    (record,) = filled.world.journal.audited[-1:]
    state = queue(filled, EAST).state

    assert f"{EAST}: {about_to}." in view_text(question)
    assert "In the queue: spirit, marriott." in view_text(question)
    assert outcome.removeprefix("queue ") in shown
    assert (record.subject.full_name, record.outcome) == (EAST, AuditOutcome.DONE)
    assert (record.before, record.after, record.reason) == ("2 customers queued", outcome, WHY)
    assert state is not None
    assert bool(state.queued) == bool(state.paused_by)


async def test_a_paused_queue_is_resumed_with_its_cluster(filled: Desk) -> None:
    await filled.submit(await filled.ask_confirmation(f"pause {EAST}"))
    await filled.answer_text()
    question = await filled.ask_confirmation(f"resume {EAST}", view_id="V0002")
    await filled.submit(question, view_id="V0002")
    await filled.answer_text("V0002")
    state = queue(filled, EAST).state

    assert "about to resume the queue of 2 customers" in view_text(question)
    assert state is not None
    assert not state.paused_by


async def test_a_customer_that_only_waits_is_taken_out_of_the_queue(filled: Desk) -> None:
    question = await filled.ask_confirmation("cancel marriott")
    await filled.submit(question)
    shown = await filled.answer_text()
    (record,) = filled.world.journal.audited[-1:]

    assert f"About to give up the place in the queue for marriott on {EAST}." in view_text(question)
    assert "Queued, place 2 of 2." in view_text(question)
    assert "taken out of the queue" in shown
    assert queued(filled, EAST) == ["spirit"]
    assert record.subject.full_name == f"{EAST}/marriott"
    assert (record.before, record.after) == ("queued, place 2 of 2", "taken out of the queue")


async def test_of_a_queue_that_does_not_answer_nobody_says_how_many_wait(filled: Desk) -> None:
    queue(filled, EAST).away = Unavailable(f"Temporal of {EAST}", "no answer")
    question = await filled.ask_confirmation(f"cancel {EAST}")

    assert f"{EAST}: about to empty the queue." in view_text(question)
    assert "who waits there is not known" in view_text(question)

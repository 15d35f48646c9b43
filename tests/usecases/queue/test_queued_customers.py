"""Customers that wait in a queue: the board, the digest and ``status`` say so, and ask nobody to run them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import ActionId
from bot.blocks import digest as digest_blocks
from bot.blocks import status as status_blocks
from bot.blocks.report import markdown
from bot.commands import Digest as DigestCommand
from bot.commands import Report, Status
from bot.errors import Unavailable
from bot.fleet.notifications import notification
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.queue import state as queue_state
from bot.fleet.status.digest import Digest
from bot.fleet.status.home import Home
from bot.message import Message
from bot.model import AlertReason, ExecutionStatus, JournalEntry
from bot.model.queue import QueueChange, QueueInstruction, QueueState
from bot.usecases.board import board_of_fleet
from bot.usecases.digest import digest
from bot.usecases.report import report
from bot.usecases.status import status
from tests.blocks.gate import elements_of
from tests.fakes.episodes import episode
from tests.fakes.queue import FakeQueue
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW, closed, window
from tests.fleet.queue.builders import queue, survey
from tests.fleet.sizes import evenly

VOICE = "voice-prod"
CUSTOMERS = ("marriott", "spirit", "never")


@pytest.fixture
def world() -> FakeWorld:
    """Two customers have the first of their windows, and the third has nothing. All wait in the queue, which is
    full."""
    world = FakeWorld(config({VOICE: CUSTOMERS}), now=NOW)
    for name in ("marriott", "spirit"):
        world.engines[VOICE].add(closed(ExecutionStatus.COMPLETED, name, window(1, 11), VOICE))
    world.warehouses[VOICE].volume = {name: evenly(1_000, CAMPAIGN) for name in CUSTOMERS}
    world.queues[VOICE] = FakeQueue(queue(("spirit", 1), ("marriott", 2), ("never", 3)), survey(other_runs=3))
    return world


def change(world: FakeWorld, instruction: QueueInstruction) -> None:
    of = world.queues[VOICE]
    assert isinstance(of, FakeQueue)
    of.state = queue_state.change(of.state or QueueState(), instruction)


async def digest_of(world: FakeWorld) -> Digest:
    return await digest(DigestCommand(), world.services)


async def home_of(world: FakeWorld) -> Home:
    return Home(await board_of_fleet(world.services), may_change=True)


def offered(message: Message) -> set[str]:
    return {str(each["action_id"]).partition("#")[0] for each in elements_of(message.blocks)}


async def test_on_the_board_a_queued_customer_has_its_place_and_needs_nobody(world: FakeWorld) -> None:
    home = await home_of(world)

    places = {b.customer: b.place.place for b in home.queued if b.place}
    assert places == {"spirit": 1, "marriott": 2, "never": 3}
    assert (home.needs_person, home.goes_on, home.may_be_queued) == ((), (), ())


async def test_a_digest_counts_queued_customers_and_offers_to_run_none_of_them(world: FakeWorld) -> None:
    answer = await digest_of(world)
    message = digest_blocks.render(answer)

    assert answer.stopped == ()
    assert "need" not in message.text
    assert "voice-prod queue: 3 customers queued, next: spirit, marriott, never." in message.text
    assert offered(message).isdisjoint({ActionId.RETRY, ActionId.RETRY_ALL})


async def test_status_says_the_place_and_nothing_of_stopped_customers(world: FakeWorld) -> None:
    fleet = status_blocks.render(await status(Status(), world.services), Status())
    cluster = status_blocks.render(await status(Status(target=VOICE), world.services), Status(target=VOICE))
    customer = status_blocks.render(
        await status(Status(target="marriott"), world.services), Status(target="marriott")
    )

    assert fleet.text.startswith("0 of 3 customers complete · 3 queued.")
    assert "marriott on voice-prod: queued, place 2 of 3, 1 of 6 windows done: 41 days missing" in fleet.text
    assert "stopped" not in fleet.text
    assert "customers not started" not in fleet.text
    assert "Queued: never." in cluster.text.splitlines()
    assert "queued, place 2 of 3" in customer.text
    assert "Nothing has run" not in customer.text
    assert offered(fleet) | offered(customer) <= {ActionId.NOTIFY}


async def test_the_operations_log_says_who_is_queued_and_calls_nobody_stopped(world: FakeWorld) -> None:
    log = markdown(await report(Report(), world.services))

    assert "| marriott | voice-prod | 41 days missing" in log
    assert ", queued |" in log
    assert "- 1 customer on voice-prod queued: never." in log
    assert "until somebody starts it" not in log
    assert "stopped" not in log
    assert "not started" not in log


async def test_the_operations_log_says_who_may_be_queued(world: FakeWorld) -> None:
    world.queues[VOICE] = FakeQueue(away=Unavailable("Temporal of voice-prod", "no answer"))
    log = markdown(await report(Report(), world.services))

    assert ", may be queued, its queue did not answer |" in log
    assert "until somebody starts it" not in log


async def test_the_operations_log_of_a_past_day_does_not_ask_who_is_queued_now(world: FakeWorld) -> None:
    log = markdown(await report(Report(day=NOW.date() - timedelta(days=1)), world.services))

    assert "queued" not in log


async def test_an_alert_about_a_run_that_has_ended_is_no_reason_to_call_a_queued_customer_struggling(
    world: FakeWorld,
) -> None:
    failed = episode("marriott", alert_reason=AlertReason.FAILED, window=window(11, 21), revision=0)
    await world.journal.record(JournalEntry(episodes=(failed,)), NOW)

    assert (await digest_of(world)).struggling == ()


async def test_where_the_queue_does_not_answer_a_stopped_customer_may_be_queued_and_needs_nobody(
    world: FakeWorld,
) -> None:
    world.queues[VOICE] = FakeQueue(away=Unavailable("Temporal of voice-prod", "no answer"))
    home, answer = await home_of(world), await digest_of(world)
    message = digest_blocks.render(answer)
    fleet = status_blocks.render(await status(Status(), world.services), Status())

    assert [b.customer for b in home.may_be_queued] == ["marriott", "spirit"]
    assert home.needs_person == ()
    assert (answer.stopped, answer.eta.stopped) == ((), ())
    assert "voice-prod queue did not answer (no answer). May be queued: marriott, spirit." in message.text
    assert "marriott on voice-prod: may be queued, 1 of 6 windows done" in fleet.text
    assert offered(message).isdisjoint({ActionId.RETRY, ActionId.RETRY_ALL})
    assert offered(fleet) == set()


async def test_a_customer_that_is_held_in_the_queue_needs_a_person_who_resumes_it(world: FakeWorld) -> None:
    change(world, QueueInstruction(QueueChange.HOLD, "U0OLIVIA", ("marriott",)))
    home, answer = await home_of(world), await digest_of(world)
    fleet = status_blocks.render(await status(Status(), world.services), Status())

    assert [b.customer for b in home.needs_person] == ["marriott"]
    assert "1 held: /backfill resume NAME lets one go on." in digest_blocks.render(answer).text
    assert offered(fleet) == {ActionId.RESUME}


async def test_a_paused_queue_is_one_matter_that_needs_a_person(world: FakeWorld) -> None:
    change(world, QueueInstruction(QueueChange.PAUSE, "U0OLIVIA"))
    text = digest_blocks.render(await digest_of(world)).text

    assert "1 needs a person" in text.splitlines()[0]
    assert "Paused by Olivia: /backfill resume voice-prod lets the queue go on." in text


async def test_a_digest_of_an_earlier_version_has_no_queued_customers(world: FakeWorld) -> None:
    answer = await digest_of(world)
    old = notification.dump(DigestCard(replace(answer, queued=())))
    read = notification.parse(old.replace('"queued":[],', "").replace(',"queued":[]', ""))

    assert isinstance(read, DigestCard)
    assert read.digest.queued == ()

"""The queue in ``status``: how full it is, who is next, who holds the slots, and the place of a customer."""

from dataclasses import replace

from bot.blocks.queue import line, place
from bot.blocks.status import render
from bot.commands import Status
from bot.fleet.status.answer import ClusterStatus, FleetStatus
from bot.fleet.status.board import Board, Silent
from bot.fleet.status.queue import QueuePlace, QueueSilent, QueueSummary, SlotHolder
from bot.message import Message
from bot.model import Ref
from tests.blocks.gate import taken_by_slack
from tests.blocks.test_status import NASTY, row
from tests.fleet.builders import CAMPAIGN, NOW

VOICE = "voice-prod"
QUEUE = QueueSummary(upcoming=("cvs", "hilton"), held=0, at_once=10, windows=3)
FULL = replace(QUEUE, windows=10, is_full=True, holders=(SlotHolder("spirit", 6), SlotHolder("vivint", 4)))
PLACE = QueuePlace(3, 12, "U0OLIVIA", "the January gap")
PEOPLE = {"U0OLIVIA": "olivia", "U0NOOR": "noor"}
SILENT = QueueSilent("no answer within 3 s")


def queue_line(queue: QueueSummary | QueueSilent) -> str:
    return line(VOICE, queue, PEOPLE).plain


def fleet(queue: QueueSummary | QueueSilent) -> Message:
    board = Board(CAMPAIGN, NOW, (replace(row(customers=("hilton",)), queue=queue),))
    return taken_by_slack(render(FleetStatus(board), Status()))


def test_a_queue_says_how_full_it_is_and_who_is_next() -> None:
    assert queue_line(QUEUE) == "voice-prod queue: 3 of 10 windows run, 2 customers queued, next: cvs, hilton."


def test_a_full_queue_says_who_holds_the_slots() -> None:
    wild = replace(FULL, other_runs=3, examples=(Ref(VOICE, "wild-1", "r"), Ref(VOICE, "wild-2", "r")))

    assert queue_line(FULL).endswith("No slot is free: held by spirit 6, vivint 4.")
    assert queue_line(wild).endswith(
        "held by spirit 6, vivint 4; 3 runs that the bot has not started take one each (wild-1, wild-2, …)."
    )


def test_a_queue_that_stands_still_says_why() -> None:
    paused = replace(QUEUE, held=1, paused_by="U0OLIVIA")

    assert queue_line(paused) == (
        "voice-prod queue: 3 of 10 windows run, 3 customers queued, 1 of them held, next: cvs, hilton. "
        "Paused by olivia: /backfill resume voice-prod lets the queue go on."
    )


def test_a_queue_that_has_not_asked_temporal_yet_claims_no_bound() -> None:
    young = QueueSummary((), 0, None, 1, waiting=2, beginning=1)

    assert queue_line(young) == (
        "voice-prod queue: 1 window runs, 1 customer beginning, 2 windows waiting for a slot, nobody queued."
    )


def test_a_queue_that_does_not_answer_is_unknown_and_never_empty() -> None:
    assert queue_line(SILENT) == "voice-prod queue: who waits there is not known (no answer within 3 s)."
    assert place(VOICE, SILENT, PEOPLE) == "Whether it is queued is not known: no answer within 3 s."


def test_a_queued_customer_is_told_its_place_and_who_asked() -> None:
    assert place(VOICE, PLACE, PEOPLE) == "Queued, place 3 of 12, by olivia: the January gap."
    assert place(VOICE, replace(PLACE, is_held=True), PEOPLE).endswith("It is held: others go first.")
    assert place(VOICE, replace(PLACE, paused_by="U0NOOR"), PEOPLE).endswith(
        "Paused by noor: /backfill resume voice-prod lets the queue go on."
    )


def test_the_fleet_tells_of_queues_that_somebody_waits_in_and_of_silent_ones() -> None:
    assert queue_line(QUEUE) in fleet(QUEUE).text
    assert queue_line(SILENT) in fleet(SILENT).text
    assert "queue" not in fleet(replace(QUEUE, upcoming=())).text


def test_a_cluster_that_does_not_answer_has_no_line_about_its_queue() -> None:
    board = Board(CAMPAIGN, NOW, (Silent(VOICE, "no answer", None, 1),))

    assert "queue" not in taken_by_slack(render(FleetStatus(board), Status())).text


def test_a_cluster_tells_of_its_queue_also_when_nobody_waits() -> None:
    board = Board(CAMPAIGN, NOW, (replace(row(customers=("hilton",)), queue=replace(QUEUE, upcoming=())),))
    answer = taken_by_slack(render(ClusterStatus(VOICE, board), Status(target=VOICE)))

    assert "voice-prod queue: 3 of 10 windows run, nobody queued." in answer.text


def test_many_queues_with_strange_names_fit_into_one_message() -> None:
    strange = replace(FULL, upcoming=(NASTY,) * 50, holders=(SlotHolder("&" * 300, 5),) * 50, paused_by=NASTY)
    names = [f"cluster-{number}" for number in range(60)]
    rows = (replace(row(customers=("hilton",), cluster=name), queue=strange) for name in names)
    answer = taken_by_slack(render(FleetStatus(Board(CAMPAIGN, NOW, tuple(rows))), Status()))

    assert "more queues: type /backfill status and the name of the cluster." in answer.text

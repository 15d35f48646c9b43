"""What a dialog and its outcome say about a change of a cluster's queue."""

import pytest

from bot.blocks import acts, confirm
from bot.commands import Cancel, ControlRequest, Pause, Resume
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.proposal import ChangeQueue, Done, Proposal
from bot.model.queue import QueueChange
from tests.blocks.gate import shown_by_slack, texts

HILTON = Target("voice-prod", "hilton")


@pytest.mark.parametrize(
    ("command", "change", "question", "outcome"),
    [
        (Pause(target="hilton"), QueueChange.HOLD, "hold the place in the queue", "held in the queue"),
        (Resume(target="hilton"), QueueChange.RELEASE, "stop holding the place", "no longer held in the queue"),
        (Cancel(target="hilton"), QueueChange.REMOVE, "give up the place in the queue", "taken out of the queue"),
    ],
)
def test_a_change_for_one_customer_names_its_place_and_what_follows(
    command: ControlRequest, change: QueueChange, question: str, outcome: str
) -> None:
    act = ChangeQueue(change, "hilton", ("vivint", "hilton"), ("b1",))
    headline, place, *_ = texts(shown_by_slack(confirm.ask(Proposal(command, HILTON, (act,)))))

    assert question in headline
    assert place.startswith("Queued, place 2 of 2.")
    assert acts.outcome(Done(act), (act,)).plain == f"hilton: {outcome}."


def test_whoever_holds_a_place_reads_that_others_go_first() -> None:
    act = ChangeQueue(QueueChange.HOLD, "hilton", ("hilton",), ("b1",))
    shown = texts(shown_by_slack(confirm.ask(Proposal(Pause(target="hilton"), HILTON, (act,)))))

    assert "Others go first until it is resumed." in shown[1]

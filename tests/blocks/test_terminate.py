"""The confirmation of ``terminate``, with the name to type."""

import pytest

from bot.blocks import confirm
from bot.blocks.confirm import ask
from bot.commands import Terminate
from bot.confirmation import InputId
from bot.fleet.proposals.problems import SystemRefused
from bot.fleet.proposals.proposal import Done, ExecutedProposal
from bot.model import Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import NAMES, instruct, proposal, terminate


def test_the_name_must_be_typed_and_the_label_says_which() -> None:
    view = shown_by_slack(ask(proposal(Terminate(target="hilton"), terminate())))

    assert [block["block_id"] for block in view.blocks[-2:]] == [InputId.NAME, InputId.REASON]
    assert "Type hilton to confirm" in texts(view)
    assert view.submit == "Terminate"


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_name_it_is_shown_whole_to_be_typed(name: str) -> None:
    view = shown_by_slack(ask(proposal(Terminate(target="x"), terminate(name), customer=name)))

    assert f"Type {name} to confirm" in texts(view)


def test_with_an_open_sequence_nothing_that_is_terminated_is_said_to_be_asked() -> None:
    view = ask(proposal(Terminate(target="hilton"), instruct(Order.STOP), terminate()))
    shown = str(texts(shown_by_slack(view)))

    assert "No new window starts; the running window is terminated at once." in shown
    assert "is asked to end" not in shown


def test_of_a_cluster_it_is_the_cluster_s_name() -> None:
    view = ask(proposal(Terminate(target="voice-prod"), terminate(), terminate("vivint"), customer=""))

    assert "*2 customers on voice-prod: about to terminate 2 workflows.*" in texts(view)
    assert "Type voice-prod to confirm" in texts(view)


def test_nor_is_it_once_that_is_done_unless_it_was_not_terminated_after_all() -> None:
    stop, end = instruct(Order.STOP), terminate()
    of = proposal(Terminate(target="hilton"), stop, end)
    done = str(texts(confirm.done(ExecutedProposal(of, (Done(stop), Done(end))))))
    failed = str(texts(confirm.done(ExecutedProposal(of, (Done(stop), Done(end, SystemRefused("no answer")))))))

    assert "the sequence is being cancelled. No new window starts; the running window is terminated" in done
    assert "the running window is being cancelled" in failed

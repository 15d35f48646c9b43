"""The confirmation of ``resume``."""

from bot.blocks.confirm import ask
from bot.commands import Resume
from bot.model import Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import instruct, proposal


def test_a_sequence_is_told_as_it_stands_with_who_began_it_and_why() -> None:
    shown = texts(shown_by_slack(ask(proposal(Resume(target="hilton"), instruct(Order.RESUME)))))

    assert shown[0] == "*About to resume the sequence for hilton on voice-prod.*"
    assert shown[1] == "Days: Jan 1–Feb 20 (51 days)."
    assert "Its sequence: window 3 of 11 (Jan 11–15) is running. Begun by <@U0OLIVIA> " in shown[2]
    assert ": it times out." in shown[2]


def test_of_a_cluster_the_count_comes_first_then_a_line_for_each_customer() -> None:
    acts = [instruct(Order.RESUME, name) for name in ("hilton", "vivint")]
    shown = texts(shown_by_slack(ask(proposal(Resume(target="voice-prod"), *acts, customer=""))))

    assert shown[0] == "*2 customers on voice-prod: about to resume 2 sequences.*"
    assert shown[2].splitlines() == [
        "*hilton*: resume the sequence; window 3 of 11 (Jan 11–15) is running",
        "*vivint*: resume the sequence; window 3 of 11 (Jan 11–15) is running",
    ]

"""The confirmation of ``cancel``."""

from bot.blocks.confirm import ask
from bot.commands import Cancel
from bot.model import Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import begin, full_range, instruct, proposal
from tests.fleet.builders import window


def test_of_a_cluster_sequences_and_workflows_are_counted_and_each_customer_has_a_line() -> None:
    stop, begun = instruct(Order.STOP), begin(full_range("vivint"), customer="vivint", days=())
    shown = texts(shown_by_slack(ask(proposal(Cancel(target="voice-prod"), stop, begun, customer=""))))

    assert shown[0] == "*2 customers on voice-prod: about to cancel 1 sequence and 1 workflow.*"
    assert "*vivint*: cancel 1 workflow; attempt 3, struggling (timed out on heartbeat)" in shown[2]


def test_a_window_that_is_cancelled_is_not_called_a_full_range() -> None:
    shown = str(texts(ask(proposal(Cancel(target="hilton"), begin(full_range(days=window(6, 11)), days=())))))

    assert "To be cancelled: Jan 6–10, attempt 3" in shown
    assert "full range" not in shown


def test_cancelling_says_what_is_waited_for() -> None:
    shown = str(texts(ask(proposal(Cancel(target="hilton"), instruct(Order.STOP)))))

    assert "the running window is being cancelled. Rows already written stay." in shown


def test_days_that_are_skipped_are_named_with_their_number() -> None:
    shown = texts(ask(proposal(Cancel(target="hilton"), instruct(Order.SKIP, window=window(32, 37)))))

    assert shown[0] == "*About to skip Feb 1–5 for hilton on voice-prod.*"
    assert shown[1] == "Days: Feb 1–5 (5 days)."

"""The confirmation of ``retry``."""

from dataclasses import replace

from bot.blocks.confirm import ask
from bot.commands import Retry
from bot.fleet.status.estimate import Estimate
from bot.model import Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import begin, instruct, proposal
from tests.fleet.builders import HOUR, window


def test_windows_of_an_open_sequence_are_counted_and_each_is_named() -> None:
    acts = [instruct(Order.AGAIN, window=days) for days in (window(1, 6), window(6, 11))]
    shown = "\n".join(texts(shown_by_slack(ask(proposal(Retry(target="hilton"), *acts)))))

    assert "About to rerun 2 windows for hilton on voice-prod." in shown
    assert "Run Jan 1–5 again.\nRun Jan 6–10 again.\nIt runs before the next windows." in shown
    assert shown.count("Its sequence:") == 1


def test_without_a_sequence_one_is_begun() -> None:
    act = begin(days=(window(6, 16),))

    assert texts(ask(proposal(Retry(target="hilton"), act)))[0] == (
        "*About to start 2 windows of 5 days for hilton on voice-prod.*"
    )


def test_for_a_cluster_the_time_is_until_the_last_customer_is_done() -> None:
    acts = [begin(customer=name, days=(window(6, 16),)) for name in ("hilton", "vivint")]
    proposed = proposal(Retry(target="voice-prod"), *acts, customer="")
    known = replace(proposed, until_last=Estimate(5 * HOUR, 9 * HOUR))

    assert [texts(ask(shown))[0] for shown in (known, proposed)] == [
        "*2 customers on voice-prod: about to start 4 windows, about 5–9 h until the last is done.*",
        "*2 customers on voice-prod: about to start 4 windows; how long that takes is not known.*",
    ]

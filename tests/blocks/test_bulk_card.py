"""The message in the channel about several customers that somebody has confirmed together."""

import pytest

from bot.blocks import notifications
from bot.fleet.notifications.confirmed import BulkCard, NotBegunLine
from tests.blocks.gate import taken_by_slack
from tests.blocks.proposals import NASTY

TARGETS = ("voice-prod/hilton", "us-east-1-prod/spirit", "us-east-1-prod/marriott")


def test_it_says_who_asked_for_whom_and_why() -> None:
    message = taken_by_slack(notifications.draw(BulkCard("split", "U0OLIVIA", "they time out", TARGETS)))

    assert message.text.startswith("U0OLIVIA asked to split 3 customers: they time out. ")
    assert "Begun for hilton on voice-prod; spirit and marriott on us-east-1-prod." in message.text
    assert "not done" not in message.text


def test_it_names_those_for_which_it_was_not_done() -> None:
    message = taken_by_slack(notifications.draw(BulkCard("split", "U0OLIVIA", "why", TARGETS[:1], TARGETS[1:])))

    assert "not done for spirit and marriott on us-east-1-prod." in message.text


def test_a_failure_of_all_names_nobody_as_begun() -> None:
    message = taken_by_slack(notifications.draw(BulkCard("split", "U0OLIVIA", "why", (), TARGETS)))

    assert "Begun" not in message.text


def test_customers_that_wait_in_a_queue_are_not_called_begun() -> None:
    card = BulkCard("run", "U0OLIVIA", "why", TARGETS, is_queued=True)
    message = taken_by_slack(notifications.draw(card))

    assert "In the queue: hilton on voice-prod; spirit and marriott on us-east-1-prod." in message.text
    assert "Begun" not in message.text


def test_who_was_paused_is_not_called_begun() -> None:
    message = taken_by_slack(notifications.draw(BulkCard("pause", "U0OLIVIA", "why", TARGETS[:1])))

    assert "Paused: hilton on voice-prod." in message.text


def test_names_and_reasons_from_outside_ping_nobody() -> None:
    names = tuple(f"voice-prod/{NASTY} {number}" for number in range(200))
    message = taken_by_slack(notifications.draw(BulkCard("split", "U0OLIVIA", NASTY, names)))

    assert "<!channel>" not in str(message.blocks)


@pytest.mark.parametrize(
    ("word", "is_queued", "begun"),
    [("run", True, "Being queued:"), ("run", False, "Beginning for"), ("pause", False, "Pausing:")],
)
def test_what_is_not_known_to_be_done_yet_is_not_called_done(word: str, begun: str, *, is_queued: bool) -> None:
    card = BulkCard(word, "U0OLIVIA", "why", TARGETS[:1], is_queued=is_queued, is_underway=True)
    message = taken_by_slack(notifications.draw(card))

    assert f"{begun} hilton on voice-prod." in message.text
    assert "the same command again does what is left" in message.text


def test_who_is_left_out_of_the_queue_reads_why_and_what_begins_it_later() -> None:
    why = "CopyDay copy-3 fills Jan 1–3 of hilton already."
    message = taken_by_slack(
        notifications.draw(NotBegunLine("voice-prod", "hilton", why, may_begin=True, campaign="march"))
    )

    assert message.text == (
        "hilton on voice-prod: left out of the queue when its turn came. CopyDay copy-3 fills Jan 1–3 of hilton "
        "already. /backfill run voice-prod/hilton in march begins it once that has ended."
    )


def test_who_is_left_out_for_good_reads_no_command() -> None:
    why = "The campaign march is closed."
    message = taken_by_slack(notifications.draw(NotBegunLine("voice-prod", "hilton", why, may_begin=False)))

    assert message.text.endswith(f"when its turn came. {why}")

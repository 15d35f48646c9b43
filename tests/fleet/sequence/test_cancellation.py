"""A cancel request in Temporal stands for the instruction to stop, with the name and reason that it carries."""

import pytest

from bot.fleet.sequence.cancellation import cancel_reason, stop_of
from bot.model import CLOCK, Instruction, Order


@pytest.mark.parametrize("reason", ["the source was mended", "two\nlines", "a (U0OLIVIA, through the bot)", ""])
def test_a_request_through_the_bot_has_the_person_and_their_reason(reason: str) -> None:
    assert stop_of(cancel_reason(reason, "U0OLIVIA")) == Instruction(Order.STOP, "U0OLIVIA", reason)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("", "It was cancelled in Temporal."),
        ("by hand", "It was cancelled in Temporal: by hand"),
        ("(nobody, through the bot)", "It was cancelled in Temporal: (nobody, through the bot)"),
        ("x" * 20_000, "It was cancelled in Temporal: " + "x" * 20_000),
    ],
)
def test_any_other_request_has_nobodys_name(reason: str, shown: str) -> None:
    assert stop_of(reason) == Instruction(Order.STOP, CLOCK.user_id, shown)

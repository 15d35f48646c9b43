"""Stops a sequence by cancelling it in Temporal. The reason of the cancel request carries who asked for it and
why."""

import re

from bot.model import CLOCK, Instruction, Order

ELSEWHERE = "It was cancelled in Temporal."
_BY_PERSON = re.compile(r"(?s)\A(.{0,10000}) \(([UW][A-Z0-9]{1,30}), through the bot\)")


def cancel_reason(reason: str, by: str) -> str:
    """The text that Temporal records: the person's reason and user id."""
    return f"{reason} ({by}, through the bot)"


def stop_of(reason: str) -> Instruction:
    """The instruction to stop that corresponds to a cancel request with this reason. ``reason`` is "" if none was
    given. If the request did not come through the bot, the instruction names ``CLOCK`` instead of a person."""
    match = _BY_PERSON.fullmatch(reason)
    if match:
        return Instruction(Order.STOP, match[2], match[1])
    return Instruction(Order.STOP, CLOCK.user_id, f"{ELSEWHERE[:-1]}: {reason}" if reason else ELSEWHERE)

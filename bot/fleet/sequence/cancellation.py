"""Stopping a sequence by cancelling it in Temporal: the reason of the request carries who asked, and why."""

import re

from bot.model import CLOCK, Instruction, Order

ELSEWHERE = "It was cancelled in Temporal."
_BY_PERSON = re.compile(r"(?s)(.{0,10000}) \(([UW][A-Z0-9]{1,30}), through the bot\)")


def cancel_reason(reason: str, by: str) -> str:
    """The text that Temporal records: what the person gave as the reason, and their user id."""
    return f"{reason} ({by}, through the bot)"


def stop_of(reason: str) -> Instruction:
    """The instruction to stop that a cancel request with this reason stands for. ``reason`` is "" when none was
    given; a request that did not come through the bot has nobody's name."""
    match = _BY_PERSON.fullmatch(reason)
    if match:
        return Instruction(Order.STOP, match[2], match[1])
    return Instruction(Order.STOP, CLOCK.user_id, f"{ELSEWHERE[:-1]}: {reason}" if reason else ELSEWHERE)

"""Draws the message of a group: alerts of one cluster with one reason that opened soon after each other."""

from collections import Counter
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.alert_reasons import WORDS
from bot.fleet.notifications import notification
from bot.message import Message
from bot.model import duration_text

AT_ONCE = timedelta(minutes=1)


def storm(saying: notification.StormCard) -> Message:
    """How many, what that suggests, and who."""
    count = len(saying.names)
    if saying.over == count:
        return _storm_over(saying)
    reason = WORDS[saying.alert_reason]
    rest = f" {saying.over} of them {'is' if saying.over == 1 else 'are'} over." if saying.over else ""
    headline = f"{count} backfills on {saying.cluster} {reason.began} {_when(saying)}.{rest}"
    where = "One line each in the thread."
    advice = f"{reason.many} {where}" if saying.is_large else where
    runs = Counter(saying.names)
    names = ", ".join(name if number == 1 else f"{name} ({number})" for name, number in runs.items())
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        kit.section(f"{advice}\n{kit.escape(kit.clip(names, 1_200))}"),
    ]
    return kit.message(f"{headline} {advice} {names}", blocks)


def _when(saying: notification.StormCard) -> str:
    span = (saying.latest_at or saying.opened_at) - saying.opened_at
    return "at once" if span < AT_ONCE else f"within {duration_text(span)}"


def _storm_over(saying: notification.StormCard) -> Message:
    """One line; green only where everything ended well."""
    count, reason = len(saying.names), WORDS[saying.alert_reason]
    outcome, mark = f"over, {saying.completed or 'none'} of them complete", ":white_circle:"
    if saying.completed == count:
        outcome, mark = "complete", ":large_green_circle:"
    line = f"{saying.cluster}: all {count} backfills that {reason.had_done} together are {outcome}."
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}")])

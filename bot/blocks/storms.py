"""Draws a storm: many alerts of one cluster at once, told in one message."""

from collections import Counter
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.fleet import sayings
from bot.message import Message
from bot.model import duration_text

MANY = "So many at once is rarely about one customer: look at the workers first."
AT_ONCE = timedelta(minutes=1)


def storm(saying: sayings.StormCard) -> Message:
    """Many at once: what that may mean, and who."""
    count = len(saying.names)
    if saying.over == count:
        return _storm_over(saying)
    rest = f" {saying.over} of them {'is' if saying.over == 1 else 'are'} over." if saying.over else ""
    headline = f"{count} backfills on {saying.cluster} began to struggle {_when(saying)}.{rest}"
    where = "One line each in the thread."
    advice = f"{MANY} {where}" if saying.is_large else where
    runs = Counter(saying.names)
    names = ", ".join(name if number == 1 else f"{name} ({number})" for name, number in runs.items())
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        kit.section(f"{advice}\n{kit.escape(kit.clip(names, 1_200))}"),
    ]
    return kit.message(f"{headline} {advice} {names}", blocks)


def _when(saying: sayings.StormCard) -> str:
    span = (saying.latest_at or saying.opened_at) - saying.opened_at
    return "at once" if span < AT_ONCE else f"within {duration_text(span)}"


def _storm_over(saying: sayings.StormCard) -> Message:
    """One line; green only where everything ended well."""
    count = len(saying.names)
    told, mark = f"over, {saying.completed or 'none'} of them complete", ":white_circle:"
    if saying.completed == count:
        told, mark = "complete", ":large_green_circle:"
    line = f"{saying.cluster}: all {count} backfills that struggled together are {told}."
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}")])

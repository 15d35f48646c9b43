"""Draws the answer to ``snooze``, for the person who snoozed. Everybody else reads a line in the alert's thread."""

from bot.blocks import kit, words
from bot.fleet.alerts.lookup import SnoozeResult
from bot.message import Message


def render(result: SnoozeResult) -> Message:
    """Says until when the alert is snoozed, and whether it already was."""
    alert = f"{result.episode.name} on {result.episode.ref.cluster}"
    lead = f"You have snoozed {alert}" if result.is_news else f"{alert} is snoozed already"
    if result.until is None:
        text = f"{lead}, until it changes."
        return kit.message(text, [kit.section(kit.escape(text))])
    plain = f"{lead}, until {words.plain_when(result.until)}."
    return kit.message(plain, [kit.section(f"{kit.escape(lead)}, until {words.when(result.until)}.")])

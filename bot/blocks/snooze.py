"""Draws what the person hears who snoozed an alert; the channel hears it in the alert's thread."""

from bot.blocks import kit, words
from bot.fleet.alerts.lookup import SnoozeResult
from bot.message import Message


def render(result: SnoozeResult) -> Message:
    """How long it is quiet, and that this was so already where it was."""
    what = f"{result.episode.name} on {result.episode.ref.cluster}"
    lead = f"You have snoozed {what}" if result.is_news else f"{what} is snoozed already"
    if result.until is None:
        told = f"{lead}, until it changes."
        return kit.message(told, [kit.section(kit.escape(told))])
    plain = f"{lead}, until {words.plain_when(result.until)}."
    return kit.message(plain, [kit.section(f"{kit.escape(lead)}, until {words.when(result.until)}.")])

"""Draws the answer to ``ack``, for the person who acknowledged. Everybody else reads a line in the alert's thread."""

from bot.blocks import kit
from bot.fleet.alerts.lookup import AckResult
from bot.message import Message


def render(result: AckResult) -> Message:
    """Says that the alert is acknowledged now, or that it already was, and by whom."""
    alert = f"{result.episode.name} on {result.episode.ref.cluster}"
    if not result.already_by:
        text = f"You have acknowledged {alert}. Its reminders stop."
        return kit.message(text, [kit.section(kit.escape(text))])
    lead = f"{alert} was acknowledged already, by"
    return kit.message(f"{lead} {result.already_by}.", [kit.section(f"{kit.escape(lead)} <@{result.already_by}>.")])

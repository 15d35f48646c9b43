"""Draws what the person hears who acknowledged an alert; the channel hears it in the alert's thread."""

from bot.blocks import kit
from bot.fleet.alerts.lookup import AckResult
from bot.message import Message


def render(result: AckResult) -> Message:
    """That it is theirs now, or whose it was already."""
    what = f"{result.episode.name} on {result.episode.ref.cluster}"
    if not result.already_by:
        told = f"You have acknowledged {what}. Its reminders stop."
        return kit.message(told, [kit.section(kit.escape(told))])
    lead = f"{what} was acknowledged already, by"
    return kit.message(f"{lead} {result.already_by}.", [kit.section(f"{kit.escape(lead)} <@{result.already_by}>.")])

"""Draws the answer to ``ack``, for the person who acknowledged. Everybody else reads a line in the alert's thread."""

from bot.blocks import kit, words
from bot.fleet.alerts.lookup import AckResult, ClusterAckResult
from bot.message import Message


def render(result: AckResult | ClusterAckResult) -> Message:
    """Says which alerts are acknowledged now, and which already were."""
    return _all(result) if isinstance(result, ClusterAckResult) else _single(result)


def _single(result: AckResult) -> Message:
    alert = f"{result.episode.name} on {result.episode.ref.cluster}"
    if not result.already_by:
        text = f"You have acknowledged {alert}. Its reminders stop."
        return kit.message(text, [kit.section(kit.escape(text))])
    lead = f"{alert} was acknowledged already, by"
    return kit.message(f"{lead} {result.already_by}.", [kit.section(f"{kit.escape(lead)} <@{result.already_by}>.")])


def _all(result: ClusterAckResult) -> Message:
    where = f"on {result.cluster}"
    if result.acked:
        theirs = "Its" if result.acked == 1 else "Their"
        text = f"You have acknowledged {words.plural(result.acked, 'alert')} {where}. {theirs} reminders stop."
        text += f" {result.already:,} {_were(result.already)} acknowledged before." if result.already else ""
    else:
        who = "The only open alert" if result.already == 1 else f"All {result.already:,} open alerts"
        text = f"{who} {where} {_were(result.already)} acknowledged already."
    return kit.message(text, [kit.section(kit.escape(text))])


def _were(number: int) -> str:
    return "was" if number == 1 else "were"

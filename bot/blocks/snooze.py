"""Draws the answer to ``snooze``, for the person who snoozed. Everybody else reads a line in the alert's thread."""

from datetime import datetime

from bot.blocks import kit, words
from bot.fleet.alerts.lookup import ClusterSnoozeResult, SnoozeResult
from bot.message import Message


def render(result: SnoozeResult | ClusterSnoozeResult) -> Message:
    """Says until when the alerts are snoozed, and whether they already were."""
    if isinstance(result, ClusterSnoozeResult):
        return _until(_lead_for_all(result), result.until)
    alert = f"{result.episode.name} on {result.episode.ref.cluster}"
    lead = f"You have snoozed {alert}" if result.is_news else f"{alert} is snoozed already"
    return _until(lead, result.until)


def _lead_for_all(result: ClusterSnoozeResult) -> str:
    where, already = f"on {result.cluster}", result.already
    if not result.snoozed:
        who = "The only open alert" if already == 1 else f"All {already:,} open alerts"
        return f"{who} {where} {words.be(already)} snoozed already"
    others = f" ({words.plural(already, 'other')} {'was' if already == 1 else 'were'} already)" if already else ""
    return f"You have snoozed {words.plural(result.snoozed, 'alert')} {where}{others}"


def _until(lead: str, until: datetime | None) -> Message:
    if until is None:
        text = f"{lead}, until it changes."
        return kit.message(text, [kit.section(kit.escape(text))])
    plain = f"{lead}, until {words.plain_when(until)}."
    return kit.message(plain, [kit.section(f"{kit.escape(lead)}, until {words.when(until)}.")])

"""Draws the message of a group of alerts, which have the same cluster and reason and opened within a short time."""

from collections import Counter
from datetime import timedelta

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.actions import ActionId
from bot.blocks import alert_facts, buttons, kit, words
from bot.blocks.alert_reasons import WORDS
from bot.blocks.mentions import for_whom
from bot.fleet.notifications import notification
from bot.message import Message
from bot.model import AlertReason, duration_text

AT_ONCE = timedelta(minutes=1)


def storm(card: notification.StormCard) -> Message:
    """The number of alerts, the advice, and the names. One line when all of the alerts have ended."""
    count = len(card.names)
    if card.over == count:
        return _ended(card)
    reason = WORDS[card.alert_reason]
    over = f" {card.over} of them {'has' if card.over == 1 else 'have'} ended." if card.over else ""
    headline = f"{_what(card)} {_when(card)}.{over}"
    footer = "Each has a line in the thread."
    polled = f"{alert_facts.polled(card.facts).plain} " if card.alert_reason is AlertReason.NO_WORKER else ""
    advice = f"{polled}{reason.many} {footer}" if card.is_large or polled else footer
    runs = Counter(card.names)
    names = ", ".join(name if number == 1 else f"{name} ({number})" for name, number in runs.items())
    blocks: list[Block] = [
        kit.section(f"{reason.mark} *{kit.escape(headline)}*"),
        kit.section(f"{advice}\n{kit.escape(kit.clip(names, 1_200))}"),
        *buttons.row(_buttons(card)),
    ]
    text = f"{headline} {advice} {names}"
    mention = for_whom(card.mention)
    if mention:
        return kit.message(f"{text} {mention.plain}", [*blocks, kit.context(mention.mrkdwn)])
    return kit.message(text, blocks)


def _what(card: notification.StormCard) -> str:
    """What the alerts have in common. For runs that wait for a worker, that is their task queue; they need not be
    backfills of different customers."""
    count = len(card.names)
    if card.alert_reason is AlertReason.NO_WORKER:
        return f"{count} runs on {card.cluster} began to wait for a worker on {words.name(card.facts.task_queue)}"
    return f"{count} backfills on {card.cluster} {WORDS[card.alert_reason].began}"


def _buttons(card: notification.StormCard) -> list[InteractiveElement]:
    """A single button that splits all runs of the group. Only for a large group whose reason suggests a split."""
    can_split = ActionId.SPLIT in WORDS[card.alert_reason].actions
    return buttons.split_all(card.cluster) if card.is_large and can_split else []


def _when(card: notification.StormCard) -> str:
    span = (card.latest_at or card.opened_at) - card.opened_at
    return "at once" if span < AT_ONCE else f"within {duration_text(span)}"


def _ended(card: notification.StormCard) -> Message:
    """The line of a group whose alerts have all ended. Its icon is green only if all backfills are complete."""
    count, reason = len(card.names), WORDS[card.alert_reason]
    outcome, mark = f"over, {card.completed or 'none'} of them complete", ":white_circle:"
    if card.completed == count:
        outcome, mark = "complete", ":large_green_circle:"
    elif card.completed + card.recovered == count:
        outcome, mark = "well again", ":large_green_circle:"
    line = f"{card.cluster}: all {count} backfills that {reason.had_done} together are {outcome}."
    return kit.message(line, [kit.section(f"{mark} {kit.escape(line)}")])

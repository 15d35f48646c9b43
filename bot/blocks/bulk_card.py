"""Draws the message in the channel about a command that somebody has confirmed for several customers together."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit, words
from bot.blocks.lines import Line
from bot.fleet.notifications.confirmed import BulkCard
from bot.message import Message

LONGEST_NAMES = 1_200
# The words before the customers' names, for commands that take effect at once.
_BEGUN = {"pause": "Paused:", "resume": "Resumed:"}


def card(notification: BulkCard) -> Message:
    """Who has changed how many customers, and why; their names by cluster; and the customers for which the change
    failed."""
    number = len(notification.customers) + len(notification.failed)
    order = f"asked to {notification.word} {words.plural(number, 'customer')}: {words.sentence(notification.reason)}"
    begun = "In the queue:" if notification.is_queued else _BEGUN.get(notification.word, "Begun for")
    headline = Line.who(notification.by).then(order)
    lines = [
        *([f"{begun} {_names(notification.customers)}."] if notification.customers else []),
        *([f"not done for {_names(notification.failed)}."] if notification.failed else []),
        "Each customer's thread tells how it goes on: the one of its alert, or this one.",
    ]
    blocks: list[Block] = [
        kit.section(headline.mrkdwn),
        kit.section("\n".join(map(kit.escape, lines))),
    ]
    return kit.message(" ".join([headline.plain, *lines]), blocks)


def _names(targets: tuple[str, ...]) -> str:
    """``hilton and vivint on voice-prod; spirit on us-east-1-prod``."""
    by_cluster: dict[str, list[str]] = {}
    for target in targets:
        cluster, _, customer = target.partition("/")
        by_cluster.setdefault(cluster, []).append(words.name(customer))
    names = "; ".join(f"{words.joined(customers)} on {cluster}" for cluster, customers in by_cluster.items())
    return kit.clip(names, LONGEST_NAMES)

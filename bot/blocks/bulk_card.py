"""Draws the message in the channel about a command that somebody has confirmed for several customers together."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit, words
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.notifications.confirmed import BulkCard, NotBegunLine
from bot.message import Message

LONGEST_NAMES = 1_200
UNDERWAY = "If this stays so, the bot was stopped in the middle: the same command again does what is left."
# The words before the customers' names, for commands that take effect at once.
_BEGUN = {"pause": "Paused:", "resume": "Resumed:"}
_BEGINNING = {"pause": "Pausing:", "resume": "Resuming:"}


def card(notification: BulkCard) -> Message:
    """Who has changed how many customers, and why; their names by cluster; and the customers for which the change
    failed."""
    number = len(notification.customers) + len(notification.failed)
    order = f"asked to {notification.word} {words.plural(number, 'customer')}: {words.sentence(notification.reason)}"
    headline = Line.who(notification.by).then(order)
    lines = [
        *([f"{_begun(notification)} {_names(notification.customers)}."] if notification.customers else []),
        *([f"not done for {_names(notification.failed)}."] if notification.failed else []),
        *([UNDERWAY] if notification.is_underway else []),
        "Each customer's thread tells how it goes on: the one of its alert, or this one.",
    ]
    blocks: list[Block] = [
        kit.section(headline.mrkdwn),
        kit.section("\n".join(map(kit.escape, lines))),
    ]
    return kit.message(" ".join([headline.plain, *lines]), blocks)


def _begun(notification: BulkCard) -> str:
    word, is_underway = notification.word, notification.is_underway
    if notification.is_queued:
        return "Being queued:" if is_underway else "In the queue:"
    return _BEGINNING.get(word, "Beginning for") if is_underway else _BEGUN.get(word, "Begun for")


def not_begun(line: NotBegunLine) -> Message:
    """``hilton on voice-prod: left out of the queue when its turn came. …`` If the customer can begin later, the line
    ends with the command for that."""
    subject = f"{words.name(line.customer)} on {line.cluster}: left out of the queue when its turn came."
    run = f"{SLASH} run {typed(f'{line.cluster}/{line.customer}')}{words.in_campaign(line.campaign)}"
    later = [f"{run} begins it once that has ended."] if line.may_begin else []
    text = Line.of(" ".join([subject, words.sentence(line.why), *later]))
    return kit.message(text.plain, [kit.section(text.mrkdwn)])


def _names(targets: tuple[str, ...]) -> str:
    """``hilton and vivint on voice-prod; spirit on us-east-1-prod``."""
    by_cluster: dict[str, list[str]] = {}
    for target in targets:
        cluster, _, customer = target.partition("/")
        by_cluster.setdefault(cluster, []).append(words.name(customer))
    names = "; ".join(f"{words.joined(customers)} on {cluster}" for cluster, customers in by_cluster.items())
    return kit.clip(names, LONGEST_NAMES)

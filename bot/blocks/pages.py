"""The sentences about pages: the summary that a webhook is sent, and the line about a page that failed."""

from bot.blocks import kit, words
from bot.blocks.alert_reasons import WORDS
from bot.blocks.lines import Line, first_names
from bot.fleet.notifications.calls import PageFailedLine
from bot.fleet.notifications.pages import Page
from bot.message import Message

NAMED = 5


def summary(page: Page) -> str:
    """What the person who is paged reads first."""
    reason, since = WORDS[page.alert_reason], words.plain_when(page.opened_at)
    unanswered = "Nobody has acknowledged this in Slack."
    if len(page.names) == 1:
        return f"{page.names[0]} on {page.cluster} {reason.still}, since {since}. {unanswered}"
    names = first_names(page.names, NAMED)
    return (
        f"{len(page.names)} backfills on {page.cluster} {reason.began}, the first at {since}: {names}. {unanswered}"
    )


def failed(line: PageFailedLine) -> Message:
    """Tells the channel that a page has reached nobody, why, and whether the bot keeps trying."""
    about = f"{line.names[0]} on {line.cluster}" if len(line.names) == 1 else f"backfills on {line.cluster}"
    what = f"The page about {about} did not reach {line.webhook}"
    then = "The bot keeps trying." if line.goes_on else f"It is not tried again: see [webhooks.{line.webhook}]."
    text = Line.of(f"{what}: {line.reason}. {then}")
    return kit.message(text.plain, [kit.section(text.mrkdwn)])

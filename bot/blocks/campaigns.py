"""Draws the list of campaigns, and says in an answer which campaign it is about."""

from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.blocks import buttons, kit, words
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.campaigns.listed import CampaignList, ListedCampaign
from bot.fleet.campaigns.membership import CampaignView
from bot.message import Message
from bot.model import KnownCampaign, Window

# A campaign's tables, definitions or clusters are named if there are at most this many, and counted otherwise.
_NAMED = 8


def render(result: CampaignList) -> Message:
    """A paragraph for each campaign, the open ones first."""
    headline = f"{words.plural(sum(each.campaign.is_open for each in result.campaigns), 'open campaign')}"
    paragraphs = [_paragraph(each, result) for each in result.campaigns]
    names = [each.campaign.name for each in result.campaigns if each.campaign.is_open]
    example = f"{SLASH} status in {typed(names[0])}" if names else f"{SLASH} help campaign"
    footer = f"Add in NAME to a command to choose a campaign: {example}."
    blocks: list[Block] = [
        kit.header(headline),
        *kit.sections([f"*{kit.escape(title)}*\n{kit.escape(text)}" for title, text in paragraphs]),
        kit.context(kit.escape(footer)),
    ]
    return kit.message("\n".join([headline, *(f"{title}. {text}" for title, text in paragraphs), footer]), blocks)


def _paragraph(listed: ListedCampaign, result: CampaignList) -> tuple[str, str]:
    campaign, window = listed.campaign, listed.campaign.window
    title = f"{_icon(campaign)} {campaign.name}: {_days(window)}"
    customers = f"{words.plural(listed.customers, 'customer')} on {_some(listed.clusters, 'cluster')}"
    filled = f"filled by {_some(listed.workflows, 'definition')} into {_some(listed.tables, 'table')}"
    sentences = [f"{customers}; {filled}; days of {campaign.definition.timezone}.", *_notes(campaign, result)]
    return title, " ".join(sentences)


def _notes(campaign: KnownCampaign, result: CampaignList) -> list[str]:
    notes = []
    if campaign.name == result.default:
        notes.append("Commands mean this one when they name none.")
    if campaign.closed_at:
        by = result.people.get(campaign.closed_by, "")
        notes.append(f"Closed on {campaign.closed_at:%Y-%m-%d}{f' by {by}' if by else ''}.")
    if campaign.problem:
        notes.append(f"Broken: {campaign.problem}. It starts nothing.")
    if campaign.clashes:
        notes.append("One of this name was also opened from Slack: backfill.toml wins.")
    notes.append("From backfill.toml." if campaign.in_file else "Opened from Slack.")
    return notes


def _icon(campaign: KnownCampaign) -> str:
    if campaign.problem:
        return "⚠"
    return "▶" if campaign.is_open else "■"


def _days(window: Window) -> str:
    """``Jan 1–Feb 20, 2026 (51 days)``. The year is always given, because campaigns may be of any year."""
    return f"{window.with_year()} ({words.days(window.days)})"


def _some(names: tuple[str, ...], noun: str) -> str:
    """The names, or how many there are."""
    return ", ".join(names) if 0 < len(names) <= _NAMED else words.plural(len(names), noun)


def with_campaign(message: Message, view: CampaignView | None) -> Message:
    """The answer, with a line that says which campaign it is about and how a command names that campaign. ``view`` is
    None if the bot knows only one campaign; then the answer is returned unchanged."""
    if view is None:
        return message
    campaign = view.campaign
    others = len(view.book.open) - campaign.is_open
    line = f"In campaign {campaign.name}, {_days(campaign.window)}{'' if campaign.is_open else ', closed'}."
    if others:
        line += f" {words.plural(others, 'other')} {words.be(others)} open: {SLASH} campaigns."
    if campaign != view.book.default:
        # Not every suggestion of the answer names its campaign.
        line += f" A command about it needs “{words.in_campaign(campaign.name).strip()}”."
    drawn = kit.message(line, [kit.context(kit.escape(line))])
    own = buttons.in_campaign(message.blocks, campaign.name)
    blocks = own + drawn.blocks if len(own) < kit.MAX_BLOCKS else own
    return replace(message, text=f"{message.text}\n{drawn.text}", blocks=blocks)

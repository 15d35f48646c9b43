"""Which campaign a command is about, and services for it."""

from typing import TypeVar

from bot.commands import Reach, Request, Retry, Run, Split, Verify
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.refusals.campaigns import CampaignBroken, CampaignClosed, TablesGone, UnknownCampaign, WhichCampaign
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.model import KnownCampaign
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign

_Q = TypeVar("_Q", bound=Request)


async def in_its_campaign(command: _Q, services: Services) -> tuple[_Q, Services]:
    """The command, and services for its campaign. If several campaigns are known, the returned command names its
    campaign. A command about all campaigns and its services are returned unchanged.

    Raises Declined if the named campaign is unknown, if it is unclear which campaign is meant, if the command starts
    something although its campaign can start nothing, or if the command counts rows and all tables of its campaign
    are gone."""
    book = await campaign_book(services)
    campaign = chosen(command, book)
    if campaign is None:
        return command, services
    if isinstance(command, Run | Retry | Split):
        require_startable(campaign)
    named = command.model_copy(update={"campaign": campaign.name}) if book.has_several else command
    limited = in_campaign(campaign, book, services)
    if isinstance(command, Verify) and not limited.config.verify.tables:
        raise Declined(TablesGone(campaign.name, campaign.definition.tables))
    return named, limited


async def in_default_campaign(command: Request, services: Services) -> Services:
    """Services for the default campaign. Raises Declined if there is none."""
    book = await campaign_book(services)
    return in_campaign(_default(command, book), book, services)


def chosen(command: Request, book: CampaignBook) -> KnownCampaign | None:
    """The campaign that the command names, or the default one; None for a command about all campaigns. Raises
    Declined if the named campaign is unknown, or if none is named and there is no default."""
    if command.campaign:
        found = book.find(command.campaign)
        if found is None:
            raise Declined(UnknownCampaign(command.campaign, book.names))
        return found
    return _default(command, book) if command.reach is Reach.ONE else None


def _default(command: Request, book: CampaignBook) -> KnownCampaign:
    campaign = book.default or (None if book.has_several else book.home)
    if campaign is None:
        raise Declined(WhichCampaign(command.word(), tuple(each.name for each in book.open)))
    return campaign


def require_startable(campaign: KnownCampaign) -> None:
    """Raises Declined if the campaign is closed, or if it does not fit the configuration any more and so can start
    nothing."""
    if not campaign.is_open:
        raise Declined(CampaignClosed(campaign.name))
    if campaign.problem:
        raise ActionBlocked(CampaignBroken(campaign.name, campaign.problem))

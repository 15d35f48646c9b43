"""``campaigns``: lists what is being filled."""

from bot.commands import Campaigns
from bot.fleet.campaigns.listed import CampaignList, ListedCampaign
from bot.model import KnownCampaign
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book
from bot.usecases.display_names import names_of


async def campaigns(_command: Campaigns, services: Services) -> CampaignList:
    """All known campaigns, the open ones first. Reads only the configuration and the store, so it answers even while
    no cluster does."""
    book = await campaign_book(services)
    default = book.default
    listed = sorted(book.campaigns, key=lambda campaign: (not campaign.is_open, campaign is not default))
    people = await names_of([each.closed_by for each in listed if each.closed_by], services)
    return CampaignList(
        tuple(_listed(campaign, services) for campaign in listed), default.name if default else "", dict(people)
    )


def _listed(campaign: KnownCampaign, services: Services) -> ListedCampaign:
    view = services.config.for_campaign(campaign.definition)
    workflows = dict.fromkeys(view.filling_workflow(cluster).name for cluster in view.clusters)
    return ListedCampaign(
        campaign,
        clusters=tuple(view.clusters),
        customers=sum(len(cluster.customers) for cluster in view.clusters.values()),
        workflows=tuple(workflows),
        tables=tuple(table.name for table in view.verify.tables),
    )

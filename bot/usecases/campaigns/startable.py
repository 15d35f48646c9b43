"""Whether a campaign can start anything now."""

from bot.fleet.refusals.campaigns import CampaignBroken, CampaignClosed
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.model import KnownCampaign


def require_startable(campaign: KnownCampaign) -> None:
    """Raises Declined for a campaign that is closed, or that the configuration no longer lets start anything."""
    if not campaign.is_open:
        raise Declined(CampaignClosed(campaign.name))
    if campaign.problem:
        raise ActionBlocked(CampaignBroken(campaign.name, campaign.problem))

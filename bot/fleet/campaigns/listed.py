"""The result of the command ``campaigns``: every known campaign, with its clusters, customers, definitions and tables
as the present configuration has them."""

from dataclasses import dataclass

from bot.model import KnownCampaign


@dataclass(frozen=True, slots=True)
class ListedCampaign:
    """A campaign, the clusters that it is for, how many customers are expected there, the definitions that fill it,
    and its tables."""

    campaign: KnownCampaign
    clusters: tuple[str, ...]
    customers: int
    workflows: tuple[str, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignList:
    """All known campaigns, the open ones first. ``default`` is the name of the campaign that commands mean when they
    name none; "" if they have to name one. ``people`` maps user ids to names."""

    campaigns: tuple[ListedCampaign, ...]
    default: str
    people: dict[str, str]

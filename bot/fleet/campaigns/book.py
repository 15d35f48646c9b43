"""The campaigns that the bot knows, and which of them a command means."""

from dataclasses import dataclass

from bot.model import KnownCampaign


@dataclass(frozen=True, slots=True)
class CampaignBook:
    """All known campaigns, open or closed: those of the file first, then the others by name."""

    campaigns: tuple[KnownCampaign, ...]

    @property
    def open(self) -> tuple[KnownCampaign, ...]:
        """The campaigns that are still to be filled."""
        return tuple(campaign for campaign in self.campaigns if campaign.is_open)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return tuple(campaign.name for campaign in self.campaigns)

    @property
    def has_several(self) -> bool:
        """Whether an answer has to say which campaign it is about."""
        return len(self.campaigns) > 1

    @property
    def default(self) -> KnownCampaign | None:
        """The campaign that commands mean when they name none; None if there is no such one, and they have to ask."""
        chosen = next((campaign for campaign in self.open if campaign.is_default), None)
        return chosen or (self.open[0] if len(self.open) == 1 else None)

    @property
    def home(self) -> KnownCampaign:
        """The campaign whose ids do not contain its name, to which everything belongs that tells no campaign."""
        return next((campaign for campaign in self.campaigns if campaign.keeps_plain_ids), self.campaigns[0])

    def find(self, name: str) -> KnownCampaign | None:
        """The campaign of this name, in upper or lower case."""
        exact = (campaign for campaign in self.campaigns if campaign.name == name)
        folded = (campaign for campaign in self.campaigns if campaign.name.casefold() == name.casefold())
        return next(exact, None) or next(folded, None)

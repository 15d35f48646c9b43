"""The campaigns that the bot knows, and which of them a command means."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.commands.spelling import spells
from bot.model import KnownCampaign


@dataclass(frozen=True, slots=True)
class CampaignBook:
    """All known campaigns, open or closed: those of backfill.toml first, then the others by name."""

    campaigns: tuple[KnownCampaign, ...]

    @property
    def open(self) -> tuple[KnownCampaign, ...]:
        """The campaigns that are still to be filled."""
        return tuple(campaign for campaign in self.campaigns if campaign.is_open)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all known campaigns."""
        return tuple(campaign.name for campaign in self.campaigns)

    @property
    def has_several(self) -> bool:
        """Whether an answer has to say which campaign it is about."""
        return len(self.campaigns) > 1

    @property
    def default(self) -> KnownCampaign | None:
        """The campaign that a command means when it names none: the open default, or else the only open one. None if
        there is neither: then the person has to name one."""
        chosen = next((campaign for campaign in self.open if campaign.is_default), None)
        return chosen or (self.open[0] if len(self.open) == 1 else None)

    @property
    def home(self) -> KnownCampaign:
        """The campaign of all sequences that name no campaign. It is the one whose workflow ids do not contain its
        name, or else the first known one."""
        return next((campaign for campaign in self.campaigns if campaign.keeps_plain_ids), self.campaigns[0])

    @property
    def of_the_rest(self) -> KnownCampaign:
        """The campaign of all runs that no campaign claims. It is ``home``; but if ``home`` is closed and another
        campaign is open, it is the first open one, so that people see these runs."""
        return next(iter(self.open), self.home) if not self.home.is_open else self.home

    @property
    def shown_first(self) -> KnownCampaign:
        """The campaign that people see if they name none: the default, or else the first open one; the home campaign
        if all are closed."""
        return self.default or next(iter(self.open), self.home)

    def acting(self, names: Collection[str]) -> str:
        """The name of the campaign in which the buttons of an alert act. ``names`` are the campaigns to which its run
        belongs. The default is preferred, then ``of_the_rest``, then the first of ``campaigns``. "" if only one
        campaign is known, or if none of ``names`` is known."""
        if not self.has_several:
            return ""
        preferred = (self.default, self.of_the_rest, *self.campaigns)
        return next((campaign.name for campaign in preferred if campaign and campaign.name in names), "")

    def find(self, name: str) -> KnownCampaign | None:
        """The campaign of this name, in upper or lower case; None if there is none. An exact match comes first, then
        one in another case, and last one with the same ``spelling``."""
        exact = (campaign for campaign in self.campaigns if campaign.name == name)
        folded = (campaign for campaign in self.campaigns if campaign.name.casefold() == name.casefold())
        alike = (campaign for campaign in self.campaigns if spells(name, campaign.name))
        return next(exact, None) or next(folded, None) or next(alike, None)

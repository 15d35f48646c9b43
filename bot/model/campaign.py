"""Campaigns: what is to be filled, where the bot knows it from, and whether it is still open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class CampaignDefinition:
    """A campaign as it is written in backfill.toml or was opened from Slack.

    ``workflow`` names the workflow definition that fills it; "" for the usual one of each cluster. ``tables``,
    ``clusters`` and ``customers`` are names; empty for all of them.
    """

    name: str
    window: Window
    timezone: str = "UTC"
    workflow: str = ""
    tables: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """What the store keeps about a campaign: its definition, if it was opened from Slack, and whether it is closed.

    ``definition`` is None for a campaign of backfill.toml, of which only closing and reopening are stored.
    ``revision`` counts the changes; a new record has 0.
    """

    name: str
    definition: CampaignDefinition | None
    changed_by: str
    changed_at: datetime
    closed_at: datetime | None = None
    revision: int = 0


class CampaignProblem(StrEnum):
    """Why a campaign can start nothing."""

    NO_WORKFLOW = "its workflow definition is gone"
    FILLS_NOTHING = "its workflow definition covers no days"
    NO_TABLES = "none of its tables is configured"
    NO_CLUSTERS = "none of its clusters is configured"


@dataclass(frozen=True, slots=True)
class KnownCampaign:
    """A campaign that the bot knows, open or closed.

    ``is_default``: commands that name no campaign mean this one. ``keeps_plain_ids``: the ids of its sequences do not
    contain its name, as in versions of the bot that knew a single campaign. ``in_file``: backfill.toml defines it.
    ``clashes``: a campaign of this name was also opened from Slack, and the bot ignores that one.
    """

    definition: CampaignDefinition
    is_default: bool = False
    keeps_plain_ids: bool = False
    in_file: bool = True
    clashes: bool = False
    closed_at: datetime | None = None
    closed_by: str = ""
    problem: CampaignProblem | None = None

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def window(self) -> Window:
        """The days that every customer of the campaign has to get."""
        return self.definition.window

    @property
    def is_open(self) -> bool:
        """Whether it is still to be filled."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class CampaignScope:
    """Which sequences belong to the campaign ``name``: the sequences that name it. If this campaign
    ``keeps_plain_ids``, the sequences that name no campaign also belong to it, and so do those that name a campaign
    that is not among the ``others``."""

    name: str
    keeps_plain_ids: bool = False
    others: frozenset[str] = frozenset()

    def owns(self, campaign: str) -> bool:
        """Whether a sequence that names this ``campaign`` belongs to the scope's campaign. ``campaign`` is "" for a
        sequence that names none."""
        return campaign == self.name or (self.keeps_plain_ids and campaign not in self.others)

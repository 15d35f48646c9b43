"""Why a command cannot be about a campaign, or a campaign cannot be changed."""

from dataclasses import dataclass
from datetime import date

from bot.commands import ControlRequest
from bot.model import CampaignProblem, Window


@dataclass(frozen=True, slots=True)
class WhichCampaign:
    """The command names no campaign, and there is no default: several campaigns are open, or none. ``names`` are the
    open ones."""

    word: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownCampaign:
    """No campaign has the name ``text``. ``names`` are the campaigns that exist."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignClosed:
    """The campaign is closed, so nothing of it is started or changed."""

    name: str


@dataclass(frozen=True, slots=True)
class CampaignBroken:
    """The configuration no longer has what the campaign needs to start anything."""

    name: str
    problem: CampaignProblem


@dataclass(frozen=True, slots=True)
class TablesGone:
    """The configuration has none of the campaign's ``tables`` any more, so there is nothing to count."""

    name: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignNotOnCluster:
    """The campaign does not fill the cluster, or no longer does."""

    name: str
    cluster: str


@dataclass(frozen=True, slots=True)
class CampaignInFile:
    """The configuration file defines the campaign, so its end can only be changed there."""

    name: str


@dataclass(frozen=True, slots=True)
class CampaignExists:
    """A campaign of this name is known already."""

    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class CampaignOverlaps:
    """``other`` fills these days of the same customers, with the same tables or definition."""

    name: str
    other: str
    days: Window


@dataclass(frozen=True, slots=True)
class SameEnd:
    """The campaign already ends at ``end``."""

    name: str
    end: date


@dataclass(frozen=True, slots=True)
class EndBeforeStart:
    """The end would not be after the campaign's first day."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class CampaignInUse:
    """Work of the campaign is open or queued, or may be. ``customers`` have such work, as cluster/customer.
    ``silent`` are the clusters that did not answer; what is open there is unknown."""

    name: str
    customers: tuple[str, ...]
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignIsOpen:
    """The campaign is open, so there is nothing to reopen."""

    name: str


@dataclass(frozen=True, slots=True)
class OnOtherClusters:
    """The command would act on several clusters, because several campaigns have something open for the customer, on
    different clusters. ``places`` has the name and the cluster of each of these campaigns."""

    command: ControlRequest
    customer: str
    places: tuple[tuple[str, str], ...]


CampaignRefusal = (
    WhichCampaign
    | UnknownCampaign
    | CampaignClosed
    | CampaignBroken
    | TablesGone
    | CampaignNotOnCluster
    | CampaignInFile
    | CampaignExists
    | CampaignOverlaps
    | SameEnd
    | EndBeforeStart
    | CampaignInUse
    | CampaignIsOpen
    | OnOtherClusters
)

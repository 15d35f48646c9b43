"""Why a command cannot be about a campaign, or a campaign cannot be changed."""

from dataclasses import dataclass
from datetime import date

from bot.model import CampaignProblem, Window


@dataclass(frozen=True, slots=True)
class WhichCampaign:
    """Several campaigns are open, none is the default, and the command names none. ``names`` are the open ones; empty
    if none is open."""

    word: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownCampaign:
    """There is no campaign ``text``."""

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
class CampaignInFile:
    """The campaign is defined in the file, and the file wins."""

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
    """The campaign ends there already."""

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
    """Something of the campaign is open or queued. ``customers`` are whose, as cluster/customer. ``silent`` are the
    clusters that did not answer, so that nobody knows what is open there."""

    name: str
    customers: tuple[str, ...]
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignIsOpen:
    """The campaign is open, so there is nothing to reopen."""

    name: str


@dataclass(frozen=True, slots=True)
class OnOtherClusters:
    """The customer has something open on different clusters. ``places`` has the name and the cluster of each campaign
    that has something there."""

    word: str
    customer: str
    places: tuple[tuple[str, str], ...]


CampaignRefusal = (
    WhichCampaign
    | UnknownCampaign
    | CampaignClosed
    | CampaignBroken
    | CampaignInFile
    | CampaignExists
    | CampaignOverlaps
    | SameEnd
    | EndBeforeStart
    | CampaignInUse
    | CampaignIsOpen
    | OnOtherClusters
)

"""What the check of the routes finds, as values."""

from dataclasses import dataclass
from enum import StrEnum


class MentionLack(StrEnum):
    """Why a mention reaches nobody."""

    UNKNOWN = "unknown"
    NO_MEMBERS = "no members"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class RouteRefused:
    """A channel, user group or user of a route cannot be used. ``place`` is its id, and ``why`` is Slack's reason."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class MentionLacks:
    """Mentioning this user group or user reaches nobody."""

    mention: str
    lack: MentionLack


@dataclass(frozen=True, slots=True)
class CampaignOfNoFile:
    """A route names a campaign that the configuration does not have. It may have been opened from Slack."""

    name: str


@dataclass(frozen=True, slots=True)
class RoutesReach:
    """How many channels and how many user groups and users the routes name."""

    channels: int
    mentions: int


@dataclass(frozen=True, slots=True)
class RoutesUnknown:
    """It is unknown whether the routes can be used, because Slack did not answer. ``error`` is the reason."""

    error: str


RouteFact = RouteRefused | MentionLacks | CampaignOfNoFile | RoutesReach | RoutesUnknown

"""The announcements that the channel gets once: a cluster is complete, or the whole campaign is complete.

These notifications are part of the union in ``bot.fleet.notifications.notification``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator

from bot.model import Window


@dataclass(frozen=True, slots=True)
class ClusterComplete:
    """All customers of a cluster are complete; ``verified`` of them are proven by counts. ``campaign`` is "" while
    only one campaign is known."""

    cluster: str
    window: Window
    customers: int
    verified: int
    at: datetime
    campaign: str = ""
    kind: Literal["cluster complete"] = "cluster complete"


@dataclass(frozen=True, slots=True)
class CampaignComplete:
    """All customers of all clusters are complete; ``verified`` of them are proven by counts. ``campaign`` is "" while
    only one campaign is known."""

    window: Window
    clusters: int
    customers: int
    verified: int
    at: datetime
    campaign: str = ""
    kind: Literal["campaign complete"] = "campaign complete"


Announcement = Annotated[ClusterComplete | CampaignComplete, Discriminator("kind")]


def announcement_key(campaign: str, cluster: str) -> str:
    """The outbox key of the announcement that a cluster of a campaign is complete, or the whole campaign if
    ``cluster`` is "". Equal keys keep the bot from announcing it twice. For ``campaign`` see ``Subscription``."""
    return f"complete:{campaign}:{cluster}" if cluster else f"complete:{campaign}"

"""Who is to get one message when something is complete, or when a customer needs a person."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A message that a person, or the channel, is to get once about a customer, a cluster or the campaign.
    ``user_id`` is the person who asked and gets a direct message; "" for an announcement in the channel. ``customer``
    is "" for all customers of the cluster, and ``cluster`` is "" for the whole campaign.

    ``campaign`` identifies the campaign: by its name for a person, by its range and its name for an announcement. The
    name is left out if the ids of the campaign's sequences do not contain it. ``told_at`` is when the message was
    recorded; None until then.
    """

    cluster: str
    customer: str
    user_id: str
    since: datetime
    campaign: str = ""
    told_at: datetime | None = None

    @property
    def is_personal(self) -> bool:
        """Whether a person has asked for it."""
        return bool(self.user_id)

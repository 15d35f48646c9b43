"""Who is to be told once that something is complete."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A message that a person, or the channel, is to get once about a customer, a cluster or the campaign.
    ``user_id`` is the person who asked and gets a direct message; "" for an announcement in the channel.
    ``customer`` is "" for all customers of the cluster, and ``cluster`` is "" for the whole campaign.

    ``campaign`` of an announcement is the range of the campaign that is announced, and its name where its ids contain
    it; of a person's it is the name alone, and "" for the campaign whose ids do not contain their name.
    ``told_at`` is when the message was recorded; None until then."""

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

"""The direct messages that a person gets once, after asking for them with ``notify``.

They are part of the union in ``bot.fleet.notifications.notification``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator

from bot.model import AlertReason, SequenceProgress, Window


@dataclass(frozen=True, slots=True)
class CustomerComplete:
    """The customer is complete. ``is_verified``: counts have proven all of its days. ``campaign`` is the campaign
    that the person asked about, here and in the other notes; "" while only one is known."""

    cluster: str
    customer: str
    window: Window
    is_verified: bool
    at: datetime
    campaign: str = ""
    kind: Literal["customer complete"] = "customer complete"


@dataclass(frozen=True, slots=True)
class CustomerAlert:
    """An alert about the customer has opened. ``link`` leads to its run."""

    cluster: str
    customer: str
    alert_reason: AlertReason
    link: str
    campaign: str = ""
    kind: Literal["customer alert"] = "customer alert"


@dataclass(frozen=True, slots=True)
class CustomerStopped:
    """The customer's sequence does not go on by itself: it has ended with days missing or in doubt, or a run that it
    has cancelled stays open."""

    progress: SequenceProgress
    campaign: str = ""
    kind: Literal["customer stopped"] = "customer stopped"


PersonalNote = Annotated[CustomerComplete | CustomerAlert | CustomerStopped, Discriminator("kind")]

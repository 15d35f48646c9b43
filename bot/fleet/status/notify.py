"""The results of ``notify``."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.name_lookup import Target
from bot.fleet.status.backfill import Backfill
from bot.model import Episode


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The person gets a message. ``backfill`` is the customer's state now, at ``at``; None if the cluster did not
    answer. ``alert`` is its open alert, which is no news any more. ``campaign`` is the one that it is about; "" while
    a single one is known."""

    target: Target
    at: datetime
    backfill: Backfill | None
    alert: Episode | None = None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class NothingToAwait:
    """The customer is complete already, or has nothing to backfill: there will be no message."""

    backfill: Backfill


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The person gets no message about these customers any more. ``asked`` is the name that was typed, "" for all."""

    targets: tuple[Target, ...]
    asked: str


NotifyResult = Subscribed | NothingToAwait | Unsubscribed

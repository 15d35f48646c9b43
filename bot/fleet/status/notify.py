"""The results of ``notify``."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.name_lookup import Target
from bot.fleet.status.backfill import Backfill
from bot.model import Episode


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The person will get a message. ``backfill`` is the customer's state at ``at``; None if the cluster did not
    answer. ``alert`` is the customer's alert that is already open. ``campaign`` is the one that the subscription is
    about; "" while only one is known."""

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

"""The lines in an alert's thread that call people, or say that a webhook has not accepted a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model import AlertReason


@dataclass(frozen=True, slots=True)
class MentionLine:
    """Nobody has answered the alert: ``mention`` are the users and user groups to call. ``names`` are the backfills
    that need somebody."""

    cluster: str
    names: tuple[str, ...]
    mention: tuple[str, ...]
    opened_at: datetime
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    kind: Literal["mention"] = "mention"


@dataclass(frozen=True, slots=True)
class PageFailedLine:
    """A webhook has not accepted the page about these backfills; ``reason`` says why. ``goes_on``: the bot will call
    the webhook again."""

    cluster: str
    names: tuple[str, ...]
    webhook: str
    reason: str
    goes_on: bool
    kind: Literal["page_failed"] = "page_failed"

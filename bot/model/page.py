"""Calls of a webhook about an alert, such as an incident at PagerDuty."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# The beginning of the destination of an outbox message that goes to a webhook.
WEBHOOK = "webhook:"

# What stands for the values of a call in the texts of a template.
FIELDS = ("action", "dedup_key", "summary", "cluster", "names", "reason", "since", "link", "thread")
PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")


class PageAction(StrEnum):
    """What a call tells the other side. Members are in the order in which they follow each other."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"

    @property
    def rank(self) -> int:
        """Its place in that order."""
        return list(PageAction).index(self)


@dataclass(frozen=True, slots=True)
class PageCall:
    """One call of a webhook. ``key`` is the same in all calls about one alert and step, so that a repeated one opens
    nothing twice. ``names`` are the backfills that need somebody; ``link`` leads to Temporal, ``thread`` to Slack."""

    key: str
    action: PageAction
    summary: str
    cluster: str
    names: tuple[str, ...]
    reason: str
    since: datetime
    link: str
    thread: str = ""

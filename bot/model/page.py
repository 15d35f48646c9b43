"""Calls of a webhook about an alert, such as an incident at PagerDuty."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# The prefix of ``OutboxMessage.destination`` for a message that goes to a webhook.
WEBHOOK = "webhook:"

# The placeholders of a webhook's template. Each stands for a value of the call.
FIELDS = ("action", "dedup_key", "summary", "cluster", "names", "reason", "since", "link", "thread")
PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")


class PageAction(StrEnum):
    """The event that a call reports. Members are in the order in which the events of an alert happen."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"

    @property
    def rank(self) -> int:
        """The position of this action among the events of an alert, in the order in which they happen, from 0."""
        return list(PageAction).index(self)


@dataclass(frozen=True, slots=True)
class PageCall:
    """One call of a webhook. ``key`` is the same in all calls about one page, so that a repeated call opens no second
    incident. If the alert begins to call people again, after a snooze for example, its next pages have other keys.
    ``names`` are the backfills that needed somebody when the page was made; ``link`` leads to Temporal, ``thread`` to
    Slack."""

    key: str
    action: PageAction
    summary: str
    cluster: str
    names: tuple[str, ...]
    reason: str
    since: datetime
    link: str
    thread: str = ""

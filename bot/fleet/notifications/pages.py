"""Pages: what goes to a webhook when nobody answers an alert. The outbox stores them as JSON, like notifications.

A page is one row of the outbox. When somebody answers the alert, the row's body changes to the next action, and the
bot calls the webhook again. Stored fields keep their names, and a new field needs a default.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.model import AlertReason, PageAction


@dataclass(frozen=True, slots=True)
class Page:
    """The state of an alert, for the receiver of the webhook. ``names`` are the backfills that needed somebody when
    the page was made. ``thread_key`` is the key of the message in whose thread the bot reports a failed call.
    ``action`` has to be the last field: the store looks at the end of the JSON to find the pages that are not
    resolved."""

    webhook: str
    cluster: str
    names: tuple[str, ...]
    opened_at: datetime
    alert_reason: AlertReason
    link: str
    thread_key: str
    action: PageAction = PageAction.TRIGGER


# The end of the stored body of a page that needs no further call.
RESOLVED = f'"action":"{PageAction.RESOLVE}"}}'

_ADAPTER = TypeAdapter(Page)


def dump_page(page: Page) -> str:
    """The JSON for the outbox. Equal pages give the same text."""
    return _ADAPTER.dump_json(page).decode()


def parse_page(body: str) -> Page:
    """Read the JSON back. Raises pydantic's ValidationError for anything that ``dump_page`` did not write."""
    return _ADAPTER.validate_json(body)

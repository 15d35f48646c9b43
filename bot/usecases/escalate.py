"""Calls people about alerts that nobody has answered, as the routes say, and updates their pages when the alerts
change.
"""

from collections.abc import Mapping

import structlog
from pydantic import ValidationError

from bot.fleet.alerts.escalation import due_calls, follow_ups, stories
from bot.fleet.notifications.pages import Page, parse_page
from bot.model import Episode, JournalEntry, Queued
from bot.services import Services

_log = structlog.get_logger(__name__)


async def escalate(services: Services) -> bool:
    """Queue the calls that are due and not queued yet, and the changes of open pages. Returns whether anything was
    queued. Asks no cluster."""
    now = services.now()
    # Read the pages before the alerts: a page that is read later may be about an alert that opened in between, and
    # would be resolved as if that alert had ended.
    pages = await _open_pages(services)
    known_stories = stories(await _episodes(services), now)
    calls = {message.key: message for story in known_stories for message in due_calls(story)}
    known = await services.journal.messages(calls) if calls else {}
    fresh = [message for key, message in calls.items() if key not in known]
    messages = (*fresh, *follow_ups(pages, known_stories, calls))
    if messages:
        await services.journal.record(JournalEntry(messages=messages), now)
    return bool(messages)


async def _open_pages(services: Services) -> Mapping[str, Page]:
    pages = {row.message.key: _page(row) for row in await services.outbox.open_pages()}
    return {key: page for key, page in pages.items() if page is not None}


def _page(row: Queued) -> Page | None:
    """The page; None if another version of the bot wrote it in a way that this one does not read. Such a page must
    not hold up other pages."""
    try:
        return parse_page(row.message.body)
    except ValidationError:
        _log.warning("page not read", key=row.message.key)
        return None


async def _episodes(services: Services) -> list[Episode]:
    """The alerts of each cluster that has an open alert which may call somebody later: all open alerts of that
    cluster, and the ended alerts that are in a group with one of them."""
    may_call = [episode for episode in await services.journal.open_episodes() if episode.route.calls_later]
    clusters = sorted({episode.ref.cluster for episode in may_call})
    return [episode for name in clusters for episode in (await services.journal.memory(name, ())).episodes]

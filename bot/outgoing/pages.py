"""Sends the pages of the outbox to their webhooks, always with the latest action.

Each attempt is recorded before it is made. If its outcome is unknown, the call is made again with the same key, by
which the receiver recognises repeated calls. If an alert is acknowledged or resolved before the first call of its
page, the page is discarded. A page that is refused, or that has waited for a day, becomes a dead letter. Pages do not
wait for Slack, and a webhook that does not answer does not delay the others.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from pydantic import ValidationError

from bot.blocks import pages
from bot.errors import DependencyError, RateLimited, Refused, Unreachable, new_reference
from bot.fleet.notifications.calls import PageFailedLine
from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.pages import Page, parse_page
from bot.model import Address, JournalEntry, OutboxMessage, PageAction, PageCall, Queued
from bot.outgoing.circuit_breaker import doubled
from bot.services import Services

BATCH = 20
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
# After this many failures, a line in the channel says that nobody was paged. That is 35 s after the first failure, if
# each call fails at once.
TOLD_FROM = 4
# After this time without an answer, another call is not worth making.
GIVEN_UP_AFTER = timedelta(days=1)
# How long a call waits for the link to the alert's thread.
LINK_SECONDS = 2
# The longest time that a call takes.
LONGEST_PAGE = timedelta(seconds=12)

_log = structlog.get_logger(__name__)


class PageDispatcher:
    """Calls the webhooks. A call is made only if ``may_send`` returns True right before it."""

    def __init__(self, services: Services, may_send: Callable[[], bool]) -> None:
        self._services = services
        self._may_send = may_send

    async def dispatch(self) -> None:
        """Make the calls that are due, at most ``BATCH``, all at the same time."""
        due = await self._services.outbox.due_pages(self._services.now(), BATCH)
        await asyncio.gather(*(self._send(queued) for queued in due))

    async def _send(self, queued: Queued) -> None:
        try:
            page = parse_page(queued.message.body)
        except ValidationError:
            await self._give_up(queued, "cannot be read")
            return
        if page.action is not PageAction.TRIGGER and queued.address is None and queued.attempted_at is None:
            await self._services.outbox.discard_stale(queued.message.key, queued.revision, "over before it was sent")
            return
        begun = await self._services.outbox.begin_attempt(queued, self._services.now())
        if begun is None or not self._may_send():
            return
        await self._call(page, queued, begun)

    async def _call(self, page: Page, queued: Queued, begun: Queued) -> None:
        key, services = queued.message.key, self._services
        call = PageCall(
            key=key,
            action=page.action,
            summary=pages.summary(page),
            cluster=page.cluster,
            names=page.names,
            reason=page.alert_reason.value,
            since=page.opened_at,
            link=page.link,
            thread=await self._link(page),
        )
        try:
            await services.webhooks.send(page.webhook, call)
        except DependencyError as exc:
            await self._failed(page, queued, begun, exc)
        except Exception as exc:  # noqa: BLE001  (the named edge)
            _log.error("page failed", key=key, reference=new_reference(), exc_info=exc)
            await self._try_later(page, queued, f"unexpected {type(exc).__name__}", timedelta(0))
        else:
            await services.outbox.done(key, queued.revision, Address(queued.message.destination, key))
            _log.info("page sent", key=key, webhook=page.webhook, action=page.action)

    async def _link(self, page: Page) -> str:
        try:
            async with asyncio.timeout(LINK_SECONDS):
                address = await self._services.outbox.address(page.thread_key)
                return await self._services.channel.permalink(address) if address else ""
        except (DependencyError, TimeoutError):
            return ""

    async def _failed(self, page: Page, queued: Queued, begun: Queued, problem: DependencyError) -> None:
        never_arrived = isinstance(problem, Refused | RateLimited | Unreachable)
        if never_arrived and queued.attempted_at is None:
            await self._services.outbox.clear_attempt(begun)
        waited = self._services.now() - queued.created_at
        if isinstance(problem, Refused) or waited > GIVEN_UP_AFTER:
            await self._tell(page, queued, problem.why, goes_on=False)
            await self._give_up(queued, str(problem))
            return
        at_least = problem.retry_after if isinstance(problem, RateLimited) else timedelta(0)
        await self._try_later(page, queued, problem.why, at_least)

    async def _try_later(self, page: Page, queued: Queued, reason: str, at_least: timedelta) -> None:
        key, tries = queued.message.key, queued.tries + 1
        wait = max(doubled(FIRST_WAIT, queued.tries, LONGEST_WAIT), at_least)
        await self._services.outbox.postpone(key, self._services.now() + wait, reason, tries)
        _log.warning("page postponed", key=key, webhook=page.webhook, reason=reason, wait_s=wait.total_seconds())
        if tries == TOLD_FROM and page.action is PageAction.TRIGGER:
            await self._tell(page, queued, reason, goes_on=True)

    async def _tell(self, page: Page, queued: Queued, reason: str, *, goes_on: bool) -> None:
        """Queue a reply in the alert's thread that says why the page failed. Slack also shows the reply in the
        channel. ``goes_on``: the bot tries the page again."""
        line = PageFailedLine(page.cluster, page.names, page.webhook, reason, goes_on)
        key = f"{page.thread_key}:{queued.message.key.replace(':', '-')}:{'late' if goes_on else 'failed'}"
        message = OutboxMessage(key, dump(line), page.thread_key, broadcast=True)
        await self._services.journal.record(JournalEntry(messages=(message,)), self._services.now())

    async def _give_up(self, queued: Queued, reason: str) -> None:
        now = self._services.now()
        await self._services.outbox.dead_letter(queued.message.key, queued.revision, reason, now)
        _log.error("dead letter", key=queued.message.key, reason=reason)

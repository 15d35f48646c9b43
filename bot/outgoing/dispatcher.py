"""The outbox dispatcher: posts to Slack the messages that the outbox has due, or edits them there.

Each attempt is recorded before it is made. When its outcome is unknown (the bot died, or Slack's answer was lost),
the dispatcher looks for the message in the channel by its key before it posts again: Slack has no idempotency key
(docs/decisions/outbox.md).

Two bots that lead one after the other do not post a message twice either. A bot posts or edits only while its lease
outlasts the longest call (``may_send``), and only if the row is unchanged since the bot read it: a message that
another bot has tried meanwhile is left to that bot.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from bot.blocks.notifications import draw
from bot.errors import AccessDenied, DependencyError, NotFound, Refused
from bot.fleet.notifications.notification import parse
from bot.message import DrawingError, Message
from bot.model import MIN_EDIT_INTERVAL, Address, Queued
from bot.outgoing.circuit_breaker import CircuitBreaker
from bot.outgoing.display_names import with_display_names
from bot.outgoing.failures import DeliveryFailures
from bot.outgoing.pictures import PostedPictures
from bot.services import Services
from bot.usecases.outbox_backlog import discard_stale_messages, is_late

# One round sends at most this many posts, and as many edits.
BATCH = 20
# The most rounds of one pass. A pass needs several, because a line of a thread is due only once the one before it is
# posted.
ROUNDS = 10
# The check for stale messages reads all waiting ones, which may be thousands, while Slack takes one a second.
STALE_CHECK_EVERY = timedelta(seconds=10)
# The search in the channel covers this much time before and after an attempt. The channel's history may lag, Slack
# may carry out a call after the bot has given it up, and clocks differ (``check`` reports by how much).
SEARCH_MARGIN = timedelta(hours=1)

MaySend = Callable[[], bool]


class OutboxDispatcher:
    """Sends the outbox's messages, one pass at a time. Its circuit breaker and ``pictures`` last from one pass to the
    next. ``may_send`` is called before each message, and again right before each post or edit."""

    def __init__(self, services: Services, may_send: MaySend) -> None:
        self.pictures = PostedPictures(services)
        self._services = services
        self._may_send = may_send
        self._breaker = CircuitBreaker()
        self._failures = DeliveryFailures(services, self._breaker)
        self._stale_checked_at = datetime.min.replace(tzinfo=UTC)

    async def dispatch(self) -> int:
        """Send the messages that are due, and those that become due because others were sent. Returns the number of
        posts and edits, including posts of earlier attempts that were found in the channel."""
        sent = 0
        for _ in range(ROUNDS):
            sent_now = 0 if self._is_paused() else await self._send_batch(await self._due())
            sent += sent_now
            if not sent_now:
                break
        return sent

    def _is_paused(self) -> bool:
        return self._breaker.is_open(self._services.now())

    async def _due(self) -> Sequence[Queued]:
        """The rows to send now. If some of them are late, rows that have become stale while they waited are discarded
        first."""
        now = self._services.now()
        # Failing rows stay due, so the limit is raised by their number: they must not crowd out the others.
        limit = BATCH + self._breaker.failing_count
        due = await self._services.outbox.due(now, limit)
        is_late_now = any(is_late(queued, now) and self._is_in_pace(queued) for queued in due)
        if is_late_now and abs(now - self._stale_checked_at) >= STALE_CHECK_EVERY:
            self._stale_checked_at = now
            discarding = discard_stale_messages(self._services)
            if await _caught(discarding, self._failures.stale_check_failed):
                return await self._services.outbox.due(now, limit)
        return due

    async def _send_batch(self, due: Sequence[Queued]) -> int:
        """Send the rows in their order, until ``may_send`` returns False, and return how many were sent. A row that
        the circuit breaker holds back, or that Slack's rate limits do not allow yet, is skipped and due again in the
        next pass."""
        sent = 0
        for queued in due:
            if not self._may_send():
                break
            if self._breaker.blocks(queued.message.key, self._services.now()) or not self._is_in_pace(queued):
                continue
            sent += await _caught(self._render_and_deliver(queued), partial(self._failures.unexpected, queued))
        return sent

    def _is_in_pace(self, queued: Queued) -> bool:
        channel = self._services.channel
        if queued.address:
            return channel.may_edit(queued.address)
        return channel.may_post(queued.thread, channel=queued.message.destination)

    async def _render_and_deliver(self, queued: Queued) -> bool:
        """Draw the row's message and send it. Returns whether it was sent. If not, the row is due again later, a dead
        letter, discarded, or left to another bot."""
        try:
            message = await with_display_names(draw(parse(queued.message.body)), self._services)
        except (ValidationError, DrawingError) as exc:
            await self._failures.cannot_be_drawn(queued, exc)
            return False
        return await self._deliver(self.pictures.add_to(message, queued.message.key), queued)

    async def _deliver(self, message: Message, queued: Queued) -> bool:
        """Post or edit the message, and return whether it was sent. If the latest attempt may have posted the message
        already, first look for it in the channel; a post that is found there counts as sent. If the row has changed
        since it was read (another bot has tried it, or it has a new body), leave the row as it is and return
        False."""
        outbox, now = self._services.outbox, self._services.now
        if queued.address is None and queued.attempted_at is not None:
            try:
                address = await self._find_earlier_post(queued)
            except DependencyError as exc:
                await self._failures.lookup_failed(queued, exc)
                return False
            if address is not None:
                self._breaker.close(queued.message.key)
                # The post that was found may show an earlier body. Revision 0 is always outdated, so the next round
                # edits it.
                return await self._record_sent(queued, address, 1 if queued.revision == 1 else 0)
        begun = await outbox.begin_attempt(queued, now())
        if begun is None or not self._may_send():
            return False
        try:
            address = await self._post_or_edit(message, queued)
        except NotFound as exc:
            await self._failures.message_gone(begun, exc)
        except Refused as exc:
            if not isinstance(exc, AccessDenied) and self.pictures.is_refused_for(queued.message.key):
                await outbox.clear_attempt(begun)
            else:
                await self._failures.send_failed(begun, exc)
        except DependencyError as exc:
            await self._failures.send_failed(begun, exc)
        else:
            self._breaker.record_success(queued)
            return await self._record_sent(queued, address, queued.revision)
        return False

    async def _find_earlier_post(self, queued: Queued) -> Address | None:
        """The address at which the latest attempt posted the message; None if the channel does not show it. Only the
        latest attempt needs a search: before each new attempt, the bot has already found that the attempt before it
        had posted nothing."""
        assert queued.attempted_at is not None
        since, until = queued.attempted_at - SEARCH_MARGIN, queued.attempted_at + SEARCH_MARGIN
        recorded = queued.message
        return await self._services.channel.find(
            recorded.key, since, queued.thread, until, channel=recorded.destination
        )

    async def _post_or_edit(self, message: Message, queued: Queued) -> Address:
        recorded, channel = queued.message, self._services.channel
        if queued.address is None:
            return await channel.post(
                message,
                recorded.key,
                queued.thread,
                broadcast=recorded.broadcast,
                channel=recorded.destination,
            )
        await channel.edit(queued.address, message, recorded.key)
        return queued.address

    async def _record_sent(self, queued: Queued, address: Address, revision: int) -> bool:
        edit_from = self._services.now() + MIN_EDIT_INTERVAL
        await self._services.outbox.done(queued.message.key, revision, address, edit_from)
        return True


async def _caught(work: Awaitable[bool], on_error: Callable[[Exception], Awaitable[None]]) -> bool:
    """The result of ``work``. An unexpected error goes to ``on_error`` and makes the result False, so that a bug in
    one message does not stop the messages behind it. A DependencyError of the store ends the pass."""
    try:
        return await work
    except DependencyError:
        raise
    except Exception as exc:  # noqa: BLE001  (the named edge)
        await on_error(exc)
        return False

"""Decides what follows when a message cannot be delivered: open the circuit breaker, try again later, or dead-letter.

A failure of Slack or of the channel opens the circuit breaker, which holds all messages, so that they keep their
order. A failure of one message concerns that message and its replies: it is tried again for a while or goes to the
dead letters at once, and the others go on (docs/decisions/outbox.md).
"""

from datetime import timedelta

import structlog

from bot.errors import (
    AccessDenied,
    DependencyError,
    NoAnswer,
    RateLimited,
    Refused,
    Unavailable,
    UnrecognisedRefusal,
    new_reference,
)
from bot.fleet.notifications.notification import is_settled, parse
from bot.model import LONGEST_WAIT, Queued
from bot.outgoing.circuit_breaker import FIRST_WAIT_DENIED, LONGEST_WAIT_DENIED, SUSPICIOUS, CircuitBreaker, doubled
from bot.redaction import redact_line
from bot.services import Services

# A call that the bot gave up on may still be carried out. A search before that finds nothing, and the message would
# be posted twice. Slack documents no bound; gateways commonly give up after a minute.
LATE_EFFECT = timedelta(seconds=60)
# For one message: nine waits, 85 minutes in all.
FIRST_WAIT = timedelta(seconds=10)
MOST_TRIES = 10
# How often a root message is posted anew because a reply found no thread: then the reply is at fault, not the root.
MOST_THREADS = 2
LONGEST_REASON = 300

_log = structlog.get_logger(__name__)


class DeliveryFailures:
    """One method for each kind of failure; each records in the outbox what follows from it."""

    def __init__(self, services: Services, breaker: CircuitBreaker) -> None:
        self._services = services
        self._breaker = breaker

    async def cannot_be_drawn(self, queued: Queued, problem: Exception) -> None:
        """Dead-letter it: its body can never be drawn."""
        reason = redact_line(str(problem), LONGEST_REASON)
        await self._dead_letter(queued, f"cannot be drawn: {reason}")

    async def unexpected(self, queued: Queued, problem: Exception) -> None:
        """Log the bug with a reference, and try again later."""
        reference = new_reference()
        _log.error("message failed", key=queued.message.key, reference=reference, exc_info=problem)
        await self._try_later(queued, f"unexpected {type(problem).__name__}, reference {reference} in the log")

    async def stale_check_failed(self, problem: Exception) -> None:
        """Log the bug. The check for stale messages is skipped this time, so stale ones may be sent."""
        _log.error("backlog not looked through", reference=new_reference(), exc_info=problem)

    async def send_failed(self, queued: Queued, problem: DependencyError) -> None:
        """Decide by the error whether to retry, open the breaker or discard, after Slack refused a post or edit or
        its outcome is unknown."""
        if isinstance(problem, Refused | RateLimited):
            await self._services.outbox.clear_attempt(queued)
        may_still_happen = isinstance(problem, NoAnswer) and queued.address is None
        at_least = LATE_EFFECT if may_still_happen else timedelta(0)
        match problem:
            case Unavailable():
                await self._outage(queued, problem, at_least)
            case AccessDenied() if await self._is_in_former_channel(queued):
                await self.message_gone(queued, problem)
            case AccessDenied():
                await self._outage(queued, problem, at_least)
            case UnrecognisedRefusal():
                await self._try_later(queued, str(problem))
            case _:
                await self._dead_letter(queued, str(problem))

    async def lookup_failed(self, queued: Queued, problem: DependencyError) -> None:
        """The search for an earlier post failed, so nobody knows whether the message is in the channel.

        Without access to the history only this message waits: others need no search. A failed search says nothing
        about the message and does not count as a try; the waits grow with the time since the last try.
        """
        may_be_slack = isinstance(problem, Unavailable)
        if may_be_slack and (isinstance(problem, RateLimited) or not self._breaker.record_failure(queued).is_alone):
            await self._open_breaker(queued, problem, timedelta(0))
        elif isinstance(problem, Unavailable | AccessDenied | UnrecognisedRefusal):
            since = self._services.now() - (queued.attempted_at or self._services.now())
            wait = min(max(since, FIRST_WAIT_DENIED), LONGEST_WAIT_DENIED)
            await self._postpone(queued, wait, str(problem), queued.tries)
        else:
            await self._dead_letter(queued, str(problem))

    async def message_gone(self, queued: Queued, problem: DependencyError) -> None:
        """Somebody deleted the message, or the root of its thread.

        The deleted message is posted anew with its latest body, and its thread continues there. If its story is over,
        it is discarded with the replies that are still to be posted.
        """
        await self._services.outbox.clear_attempt(queued)
        address = queued.address or queued.thread
        key = queued.message.key if queued.address else queued.message.thread_key
        deleted = await self._services.outbox.get(key)
        if address is None or deleted is None:
            await self._dead_letter(queued, str(problem))
        elif is_settled(parse(deleted.message.body)):
            await self._discard_thread(deleted)
        elif queued.threads >= MOST_THREADS:
            await self._dead_letter(queued, str(problem))
        else:
            now = self._services.now()
            await self._services.outbox.mark_thread_missing(queued.message.key, str(problem))
            await self._services.outbox.mark_deleted(key, address, now)
            _log.warning("message is gone, and is posted anew", key=key, reason=str(problem))

    async def _is_in_former_channel(self, queued: Queued) -> bool:
        """Whether the message or its thread is in a channel that was configured before and is closed to the bot,
        while the channel configured now is open."""
        address = queued.address or queued.thread
        if address is None or address.channel == self._services.config.slack.channel:
            return False
        try:
            await self._services.channel.check()
        except DependencyError:
            return False
        return True

    async def _discard_thread(self, root: Queued) -> None:
        unsent = await self._services.outbox.undelivered()
        replies = [queued for queued in unsent if queued.message.thread_key == root.message.key]
        for queued in (*replies, root):
            reason = "it is over, and its message was deleted"
            await self._services.outbox.discard_stale(queued.message.key, queued.revision, reason)
            _log.info("message discarded as stale", key=queued.message.key, reason=reason)

    async def _outage(self, queued: Queued, problem: DependencyError, at_least: timedelta) -> None:
        """Slack or the channel failed: open the breaker, unless this message is known to fail alone.

        A message that fails alone counts a try only if Slack took another one since its last failure, so an outage
        gives nothing up. AccessDenied is never given up: a person can always let the bot in.
        """
        if isinstance(problem, RateLimited):
            await self._open_breaker(queued, problem, at_least)
            return
        record = self._breaker.record_failure(queued)
        if not record.is_alone:
            await self._open_breaker(queued, problem, at_least)
        elif isinstance(problem, AccessDenied):
            wait = doubled(FIRST_WAIT_DENIED, record.times - SUSPICIOUS, LONGEST_WAIT_DENIED)
            await self._postpone(queued, wait, str(problem), queued.tries)
        elif record.is_overtaken:
            await self._try_later(queued, str(problem), at_least)
        else:
            wait = max(doubled(FIRST_WAIT, queued.tries, LONGEST_WAIT), at_least)
            await self._postpone(queued, wait, str(problem), queued.tries)

    async def _open_breaker(self, queued: Queued, problem: DependencyError, at_least: timedelta) -> None:
        """Hold all messages of this process. The row is postponed only where another bot must not try it sooner
        either."""
        now = self._services.now()
        until = self._breaker.open(queued.message.key, problem, now, at_least)
        next_try = until if at_least else now
        await self._services.outbox.postpone(queued.message.key, next_try, str(problem), queued.tries)
        wait_s = (until - now).total_seconds()
        _log.warning("messages postponed", key=queued.message.key, reason=str(problem), wait_s=wait_s)

    async def _try_later(self, queued: Queued, reason: str, at_least: timedelta = timedelta(0)) -> None:
        """Postpone this message and its replies; after ``MOST_TRIES`` it goes to the dead letters."""
        if queued.tries + 1 >= MOST_TRIES:
            await self._dead_letter(queued, reason)
            return
        wait = max(doubled(FIRST_WAIT, queued.tries, LONGEST_WAIT), at_least)
        await self._postpone(queued, wait, reason, queued.tries + 1)

    async def _postpone(self, queued: Queued, wait: timedelta, reason: str, tries: int) -> None:
        until = self._services.now() + wait
        await self._services.outbox.postpone(queued.message.key, until, reason, tries)
        _log.warning("message postponed", key=queued.message.key, reason=reason, wait_s=wait.total_seconds())

    async def _dead_letter(self, queued: Queued, reason: str) -> None:
        self._breaker.drop_record(queued.message.key)
        await self._services.outbox.dead_letter(queued.message.key, queued.revision, reason, self._services.now())
        _log.error("dead letter", key=queued.message.key, reason=reason)

"""Decides what follows when a message cannot be delivered: open the circuit breaker, try again later, post it
elsewhere or anew, discard it, or dead-letter it.

A failure of Slack or of the team's channel opens the circuit breaker, which holds all messages but a probe, so that
they keep their order. A failure of one message concerns only that message and its replies; the others go on
(docs/decisions/outbox.md).
"""

from datetime import timedelta

import structlog

from bot.blocks.notifications import draw
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
from bot.fleet.notifications.direct_messages import is_direct
from bot.fleet.notifications.notification import parse, parse_if_readable
from bot.fleet.notifications.settled import is_settled
from bot.model import LONGEST_WAIT, Queued
from bot.outgoing.circuit_breaker import FIRST_WAIT_DENIED, LONGEST_WAIT_DENIED, SUSPICIOUS, CircuitBreaker, doubled
from bot.outgoing.display_names import with_display_names
from bot.redaction import redact_line
from bot.services import Services

# Slack may carry out a call this long after the bot has given it up. A search before that might find nothing, and the
# message would be posted twice. Slack documents no limit; gateways commonly give up after a minute.
LATE_EFFECT = timedelta(seconds=60)
# For the retries of one message: nine waits, 85 minutes in all.
FIRST_WAIT = timedelta(seconds=10)
MOST_TRIES = 10
# How often a root message is posted anew because a reply found no thread. After that the reply must be at fault.
MOST_THREADS = 2
LONGEST_REASON = 300

_log = structlog.get_logger(__name__)


class DeliveryFailures:
    """Handles failures, with one method for each kind. If the failure is about a message, the method records in the
    outbox what happens to that message next."""

    def __init__(self, services: Services, breaker: CircuitBreaker) -> None:
        self._services = services
        self._breaker = breaker

    async def cannot_be_drawn(self, queued: Queued, problem: Exception) -> None:
        """Make the message a dead letter: its body can never be drawn."""
        reason = redact_line(str(problem), LONGEST_REASON)
        await self._dead_letter(queued, f"cannot be drawn: {reason}")

    async def unexpected(self, queued: Queued, problem: Exception) -> None:
        """Log the bug with a reference, and try again later, at most ``MOST_TRIES`` times."""
        reference = new_reference()
        _log.error("message failed", key=queued.message.key, reference=reference, exc_info=problem)
        await self._try_later(queued, f"unexpected {type(problem).__name__}, reference {reference} in the log")

    async def stale_check_failed(self, problem: Exception) -> None:
        """Log the bug. This pass goes on without the check, so it may send stale messages."""
        _log.error("backlog not looked through", reference=new_reference(), exc_info=problem)

    async def send_failed(self, queued: Queued, problem: DependencyError) -> None:
        """Decide what happens to a message that Slack has refused to post or to edit, or whose outcome is unknown."""
        if isinstance(problem, Refused | RateLimited):
            await self._services.outbox.clear_attempt(queued)
        may_still_happen = isinstance(problem, NoAnswer) and queued.address is None
        at_least = LATE_EFFECT if may_still_happen else timedelta(0)
        match problem:
            case Unavailable():
                await self._outage(queued, problem, at_least)
            case Refused() if await self._is_refused_by_person(queued):
                await self._tell_ephemerally(queued, problem)
            case AccessDenied() if await self._is_in_former_channel(queued):
                await self.message_gone(queued, problem)
            case AccessDenied() if await self._is_for_closed_channel(queued):
                await self._redirect(queued, problem)
            case AccessDenied():
                await self._outage(queued, problem, at_least)
            case UnrecognisedRefusal():
                await self._try_later(queued, str(problem))
            case _:
                await self._dead_letter(queued, str(problem))

    async def lookup_failed(self, queued: Queued, problem: DependencyError) -> None:
        """Decide what follows when the search for an earlier post of the message failed, so that nobody knows whether
        the message is in the channel already.

        If Slack does not answer, the breaker opens, unless this message is known to be at fault; then only this
        message waits. If the message is for a channel that is closed to the bot, it goes to the team's channel
        instead; a direct message is shown there as an ephemeral message, to its reader alone. If the channel is open
        to the bot but its history is not, only this message waits: other messages can be sent if they were never
        tried, because a search is needed only before a second try. After a refusal that the bot does not recognise,
        only this message waits, too. Any other refusal makes it a dead letter. A failed search proves nothing about
        the message, so it does not count as an attempt. Where only this message waits, the wait is as long as the
        time since its last attempt, but at least ``FIRST_WAIT_DENIED`` and at most ``LONGEST_WAIT_DENIED``.
        """
        if isinstance(problem, AccessDenied) and await self._is_for_closed_channel(queued):
            await self._services.outbox.clear_attempt(queued)
            is_direct_message = await self._is_refused_by_person(queued)
            await (self._tell_ephemerally if is_direct_message else self._redirect)(queued, problem)
            return
        may_be_slack = isinstance(problem, Unavailable)
        if may_be_slack and (
            isinstance(problem, RateLimited) or not self._breaker.record_failure(queued).is_at_fault
        ):
            await self._open_breaker(queued, problem, timedelta(0))
        elif isinstance(problem, Unavailable | AccessDenied | UnrecognisedRefusal):
            since = self._services.now() - (queued.attempted_at or self._services.now())
            wait = min(max(since, FIRST_WAIT_DENIED), LONGEST_WAIT_DENIED)
            await self._postpone(queued, wait, str(problem), queued.tries)
        else:
            await self._dead_letter(queued, str(problem))

    async def message_gone(self, queued: Queued, problem: DependencyError) -> None:
        """Decide what follows when the message, or the root of its thread, is lost: it was deleted, or it is in a
        channel that the bot can no longer use.

        The lost message or root is posted anew with its latest body, and its thread continues there. But if what it
        shows has ended, an alert for example, it is not posted anew, and the replies that still wait are discarded,
        too. After ``MOST_THREADS`` losses, the message ``queued`` becomes a dead letter.
        """
        await self._services.outbox.clear_attempt(queued)
        address = queued.address or queued.thread
        key = queued.message.key if queued.address else queued.message.thread_key
        deleted = await self._services.outbox.get(key)
        if address is None or deleted is None:
            await self._dead_letter(queued, str(problem))
        elif (known := parse_if_readable(deleted.message.body)) and is_settled(known):
            await self._discard_thread(deleted)
        elif queued.threads >= MOST_THREADS:
            await self._dead_letter(queued, str(problem))
        else:
            now = self._services.now()
            await self._services.outbox.mark_thread_missing(queued.message.key, str(problem))
            await self._services.outbox.mark_deleted(key, address, now)
            _log.warning("message is gone, and is posted anew", key=key, reason=str(problem))

    async def _is_in_former_channel(self, queued: Queued) -> bool:
        """After AccessDenied: whether the message or its thread is outside the team's channel, in the channel of a
        route or in one that was configured earlier, while the bot can use the team's channel."""
        address = queued.address or queued.thread
        if address is None or address.channel == self._services.config.slack.channel:
            return False
        return await self._is_in_team_channel()

    async def _is_for_closed_channel(self, queued: Queued) -> bool:
        """After AccessDenied: whether the message can be posted in the team's channel instead. The message must not
        be posted yet, must not be a reply, and must be for a person or for another channel than the team's. The bot
        must be able to use the team's channel."""
        starts_thread = queued.address is None and queued.thread is None
        return bool(starts_thread and queued.message.destination) and await self._is_in_team_channel()

    async def _is_refused_by_person(self, queued: Queued) -> bool:
        """After a refusal: whether the message is a direct one, and the bot can use the team's channel instead."""
        return is_direct(queued.message) and await self._is_in_team_channel()

    async def _is_in_team_channel(self) -> bool:
        try:
            await self._services.channel.check()
        except DependencyError:
            return False
        return True

    async def _redirect(self, queued: Queued, problem: DependencyError) -> None:
        """Post the message in the team's channel instead: an alert that nobody sees is worse than one in another
        channel."""
        key, channel = queued.message.key, queued.message.destination
        await self._services.outbox.redirect(key, "")
        _log.error("message goes to the team's channel", key=key, channel=channel, reason=str(problem))

    async def _tell_ephemerally(self, queued: Queued, problem: DependencyError) -> None:
        """Show a direct message to its reader as an ephemeral message in the team's channel, where nobody else sees
        it. The outbox then discards the message, because Slack does not keep ephemeral messages."""
        key, reader = queued.message.key, queued.message.destination
        message = await with_display_names(draw(parse(queued.message.body)), self._services)
        try:
            await self._services.modals.whisper(reader, message)
        except Unavailable as exc:
            await self._try_later(queued, str(exc))
        except DependencyError as exc:
            await self._dead_letter(queued, f"{problem}; nor in the team's channel: {exc.why}")
        else:
            reason = redact_line(f"told in the team's channel, to its reader alone: {problem}", LONGEST_REASON)
            await self._services.outbox.discard_stale(key, queued.revision, reason)
            _log.warning("direct message not taken", key=key, reason=reason)

    async def _discard_thread(self, root: Queued) -> None:
        unsent = await self._services.outbox.undelivered()
        replies = [queued for queued in unsent if queued.message.thread_key == root.message.key]
        for queued in (*replies, root):
            reason = "it is over, and its message was deleted"
            await self._services.outbox.discard_stale(queued.message.key, queued.revision, reason)
            _log.info("message discarded as stale", key=queued.message.key, reason=reason)

    async def _outage(self, queued: Queued, problem: DependencyError, at_least: timedelta) -> None:
        """Slack or the channel failed: open the breaker, unless this message is known to be at fault itself.

        A message at fault becomes a dead letter after too many failed attempts. An attempt counts only if Slack has
        taken another message of the same sort (post or edit) since the failure before, so an outage alone makes no
        dead letter. Nor does RateLimited, nor AccessDenied: a person can give the bot access again at any time.
        """
        if isinstance(problem, RateLimited):
            await self._open_breaker(queued, problem, at_least)
            return
        record = self._breaker.record_failure(queued)
        if not record.is_at_fault:
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
        """Hold all messages of this process but a probe for a while, at least for ``at_least``. Unless that is zero,
        also postpone this message in the outbox until the hold ends, so that no other bot tries it earlier."""
        now = self._services.now()
        until = self._breaker.open(queued.message.key, problem, now, at_least)
        next_try = until if at_least else now
        await self._services.outbox.postpone(queued.message.key, next_try, str(problem), queued.tries)
        wait_s = (until - now).total_seconds()
        _log.warning("messages postponed", key=queued.message.key, reason=str(problem), wait_s=wait_s)

    async def _try_later(self, queued: Queued, reason: str, at_least: timedelta = timedelta(0)) -> None:
        """Postpone this message and its replies; after ``MOST_TRIES`` attempts it becomes a dead letter."""
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

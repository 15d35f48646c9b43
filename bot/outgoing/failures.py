"""What becomes of a speech that could not be said: whether Slack is at fault, or its channel, or the speech itself.

The first two pause all speeches, so that they stay in their order. What is wrong with one speech concerns it alone,
and what replies to it: it is tried again for a while, or set aside at once, and the others go on.
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
from bot.outgoing.circuit_breaker import FIRST_WAIT_OUTSIDE, LONGEST_WAIT_OUTSIDE, SUSPICIOUS, Pause, doubled
from bot.redaction import redact_line
from bot.services import Services

# What we gave up waiting for may still be under way: whoever looks too soon does not see it, and says it twice.
# Slack says nowhere how long that may take; gateways commonly give up after a minute.
LATE_EFFECT = timedelta(seconds=60)
# Of one speech: nine waits, 85 minutes in all.
FIRST_WAIT = timedelta(seconds=10)
MOST_TRIES = 10
# A line that no thread takes is not at fault for the message above it: that is posted anew so often for it, not more.
MOST_THREADS = 2
LONGEST_REASON = 300

_log = structlog.get_logger(__name__)


class DeliveryFailures:
    """Each method takes a speech, and writes down what becomes of it."""

    def __init__(self, services: Services, pause: Pause) -> None:
        self._services = services
        self._pause = pause

    async def cannot_be_drawn(self, queued: Queued, problem: Exception) -> None:
        """No body of this kind can be, ever."""
        told = redact_line(str(problem), LONGEST_REASON)
        await self._set_aside(queued, f"cannot be drawn: {told}")

    async def unexpected(self, queued: Queued, problem: Exception) -> None:
        """Nobody has thought of it: the log has it by its reference."""
        reference = new_reference()
        _log.error("speech failed", key=queued.speech.key, reference=reference, exc_info=problem)
        await self._try_later(queued, f"unexpected {type(problem).__name__}, reference {reference} in the log")

    async def cannot_be_judged(self, problem: Exception) -> None:
        """Whether anything has been overtaken: then it is said as it was recorded."""
        _log.error("backlog not looked through", reference=new_reference(), exc_info=problem)

    async def not_said(self, queued: Queued, problem: DependencyError) -> None:
        """Slack did not take what was begun, or did not say so."""
        if isinstance(problem, Refused | RateLimited):
            await self._services.outbox.without_effect(queued)
        is_under_way = isinstance(problem, NoAnswer) and queued.address is None
        at_least = LATE_EFFECT if is_under_way else timedelta(0)
        match problem:
            case Unavailable():
                await self._outage(queued, problem, at_least)
            case AccessDenied() if await self._is_left_behind(queued):
                await self.vanished(queued, problem)
            case AccessDenied():
                await self._outage(queued, problem, at_least)
            case UnrecognisedRefusal():
                await self._try_later(queued, str(problem))
            case _:
                await self._set_aside(queued, str(problem))

    async def not_found_out(self, queued: Queued, problem: DependencyError) -> None:
        """Nobody knows whether it stands. Where the bot may not look, others need not wait until it may. That says
        nothing about the speech, so it is no try of it: the waits grow with the time since that."""
        may_be_slack = isinstance(problem, Unavailable)
        if may_be_slack and (isinstance(problem, RateLimited) or not self._pause.failed(queued).is_alone):
            await self._rest(queued, problem, timedelta(0))
        elif isinstance(problem, Unavailable | AccessDenied | UnrecognisedRefusal):
            since = self._services.now() - (queued.attempted_at or self._services.now())
            wait = min(max(since, FIRST_WAIT_OUTSIDE), LONGEST_WAIT_OUTSIDE)
            await self._postpone(queued, wait, str(problem), queued.tries)
        else:
            await self._set_aside(queued, str(problem))

    async def vanished(self, queued: Queued, problem: DependencyError) -> None:
        """Somebody has deleted the message, or the one above it. It is posted anew, as it stands now, and its thread
        goes on there; if its story is over, it is let go with what was still to be said below it."""
        await self._services.outbox.without_effect(queued)
        gone = queued.address or queued.thread
        key = queued.speech.key if queued.address else queued.speech.thread_key
        known = await self._services.outbox.get(key)
        if gone is None or known is None:
            await self._set_aside(queued, str(problem))
        elif is_settled(parse(known.speech.body)):
            await self._let_go(known)
        elif queued.threads >= MOST_THREADS:
            await self._set_aside(queued, str(problem))
        else:
            now = self._services.now()
            await self._services.outbox.mark_thread_missing(queued.speech.key, str(problem))
            await self._services.outbox.forget(key, gone, now)
            _log.warning("message is gone, and is posted anew", key=key, reason=str(problem))

    async def _is_left_behind(self, queued: Queued) -> bool:
        """Whether it stands, or was to stand, in a channel that was configured before and does not take it any more,
        while the one of today does."""
        stands = queued.address or queued.thread
        if stands is None or stands.channel == self._services.config.slack.channel:
            return False
        try:
            await self._services.channel.check()
        except DependencyError:
            return False
        return True

    async def _let_go(self, known: Queued) -> None:
        unsaid = await self._services.outbox.unsaid()
        below = [one for one in unsaid if one.speech.thread_key == known.speech.key]
        for one in (*below, known):
            reason = "it is over, and its message was deleted"
            await self._services.outbox.discard_stale(one.speech.key, one.revision, reason)
            _log.info("speech left out", key=one.speech.key, reason=reason)

    async def _outage(self, queued: Queued, problem: DependencyError, at_least: timedelta) -> None:
        """Slack's, or its channel's: all wait. Once others were said meanwhile it is its own, and it waits alone. It
        is given up only for what others did not meet either before or after it; not being let in always passes."""
        if isinstance(problem, RateLimited):
            await self._rest(queued, problem, at_least)
            return
        failing = self._pause.failed(queued)
        if not failing.is_alone:
            await self._rest(queued, problem, at_least)
        elif isinstance(problem, AccessDenied):
            wait = doubled(FIRST_WAIT_OUTSIDE, failing.times - SUSPICIOUS, LONGEST_WAIT_OUTSIDE)
            await self._postpone(queued, wait, str(problem), queued.tries)
        elif failing.is_overtaken:
            await self._try_later(queued, str(problem), at_least)
        else:
            wait = max(doubled(FIRST_WAIT, queued.tries, LONGEST_WAIT), at_least)
            await self._postpone(queued, wait, str(problem), queued.tries)

    async def _rest(self, queued: Queued, problem: DependencyError, at_least: timedelta) -> None:
        """All wait. The row itself does only where another bot, too, must not try it before."""
        now = self._services.now()
        until = self._pause.begin(queued.speech.key, problem, now, at_least)
        again = until if at_least else now
        await self._services.outbox.postpone(queued.speech.key, again, str(problem), queued.tries)
        wait_s = (until - now).total_seconds()
        _log.warning("speeches postponed", key=queued.speech.key, reason=str(problem), wait_s=wait_s)

    async def _try_later(self, queued: Queued, reason: str, at_least: timedelta = timedelta(0)) -> None:
        """It alone waits, and what replies to it; not for ever."""
        if queued.tries + 1 >= MOST_TRIES:
            await self._set_aside(queued, reason)
            return
        wait = max(doubled(FIRST_WAIT, queued.tries, LONGEST_WAIT), at_least)
        await self._postpone(queued, wait, reason, queued.tries + 1)

    async def _postpone(self, queued: Queued, wait: timedelta, reason: str, tries: int) -> None:
        until = self._services.now() + wait
        await self._services.outbox.postpone(queued.speech.key, until, reason, tries)
        _log.warning("speech postponed", key=queued.speech.key, reason=reason, wait_s=wait.total_seconds())

    async def _set_aside(self, queued: Queued, reason: str) -> None:
        self._pause.drop(queued.speech.key)
        await self._services.outbox.set_aside(queued.speech.key, queued.revision, reason, self._services.now())
        _log.error("speech set aside", key=queued.speech.key, reason=reason)

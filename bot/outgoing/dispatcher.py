"""Says what the outbox holds: posts or edits what is due, and leaves nothing half known.

A try is written down before it is made. When its outcome is not known (the bot died, the reply was lost), the
message is looked for by its key before it is posted again: Slack has no idempotency key of its own.

Two bots that lead one after the other double nothing either. One calls Slack only while its lease outlasts the
longest call (``may_say``), and only when the row is still as it was before it looked: what another one has tried
meanwhile is left alone. What has not been sent by then is left to the other one.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from pydantic import ValidationError

from bot.blocks.notifications import draw
from bot.errors import DependencyError, NotFound
from bot.fleet.notifications.notification import parse
from bot.message import DrawingError, Message
from bot.model import EDITS_APART, Address, Queued
from bot.outgoing.circuit_breaker import Pause
from bot.outgoing.display_names import named
from bot.outgoing.failures import DeliveryFailures
from bot.services import Services
from bot.usecases.outbox_backlog import is_late, leave_out_overtaken

AT_ONCE = 20
# A thread's lines become due one by one: so many follow each other in one pass.
ROUNDS = 10
# Around a try: history may lag, what was given up may be carried out later, and clocks differ (``check`` tells).
SEARCH_MARGIN = timedelta(hours=1)

May = Callable[[], bool]


class OutboxDispatcher:
    """``may_say`` is asked before each message, and again before Slack is. The pause that Slack's troubles ask for is
    kept from one pass to the next."""

    def __init__(self, services: Services, may_say: May) -> None:
        self._services = services
        self._may_say = may_say
        self._pause = Pause()
        self._troubles = DeliveryFailures(services, self._pause)

    async def speak(self) -> int:
        """One pass over what is due, and what becomes due by it; the number of messages posted or edited."""
        said = 0
        for _ in range(ROUNDS):
            news = 0 if self._is_paused() else await self._round(await self._due())
            said += news
            if not news:
                break
        return said

    def _is_paused(self) -> bool:
        return self._pause.is_on(self._services.now())

    async def _due(self) -> Sequence[Queued]:
        """What is to be said now, without what has been overtaken while it waited."""
        now = self._services.now()
        # Those that fail must not be all that is seen.
        limit = AT_ONCE + self._pause.known
        due = await self._services.outbox.due(now, limit)
        if any(is_late(queued, now) for queued in due):
            leaving_out = leave_out_overtaken(self._services)
            if await _unharmed(leaving_out, self._troubles.cannot_be_judged):
                return await self._services.outbox.due(now, limit)
        return due

    async def _round(self, due: Sequence[Queued]) -> int:
        """The number said; a pause leaves what comes behind untried, in its order, but for one that is to show whose
        fault it is."""
        said = 0
        for queued in due:
            if not self._may_say():
                break
            if self._pause.holds(queued.speech.key, self._services.now()):
                continue
            said += await _unharmed(self._say(queued), partial(self._troubles.unexpected, queued))
        return said

    async def _say(self, queued: Queued) -> bool:
        """Whether it has been said; one that has not is due again, or set aside."""
        try:
            message = await named(draw(parse(queued.speech.body)), self._services)
        except (ValidationError, DrawingError) as exc:
            await self._troubles.cannot_be_drawn(queued, exc)
            return False
        return await self._deliver(message, queued)

    async def _deliver(self, message: Message, queued: Queued) -> bool:
        """Looks before it posts again. False as well when it is left to another bot, which has to look first."""
        outbox, now = self._services.outbox, self._services.now
        if queued.address is None and queued.attempted_at is not None:
            try:
                found = await self._look(queued)
            except DependencyError as exc:
                await self._troubles.not_found_out(queued, exc)
                return False
            if found is not None:
                self._pause.end(queued.speech.key)
                # What an earlier try has posted may have been an earlier body.
                return await self._done(queued, found, 1 if queued.revision == 1 else 0)
        begun = await outbox.begin(queued, now())
        if begun is None or not self._may_say():
            return False
        try:
            stands = await self._send(message, queued)
        except NotFound as exc:
            await self._troubles.vanished(begun, exc)
        except DependencyError as exc:
            await self._troubles.not_said(begun, exc)
        else:
            self._pause.said(queued)
            return await self._done(queued, stands, queued.revision)
        return False

    async def _look(self, queued: Queued) -> Address | None:
        """What the latest try without a known outcome has posted, if it has: the look before it ruled out others."""
        assert queued.attempted_at is not None
        since, until = queued.attempted_at - SEARCH_MARGIN, queued.attempted_at + SEARCH_MARGIN
        return await self._services.channel.find(queued.speech.key, since, queued.thread, until)

    async def _send(self, message: Message, queued: Queued) -> Address:
        speech, channel = queued.speech, self._services.channel
        if queued.address is None:
            return await channel.post(message, speech.key, queued.thread, broadcast=speech.broadcast)
        await channel.edit(queued.address, message, speech.key)
        return queued.address

    async def _done(self, queued: Queued, stands: Address, revision: int) -> bool:
        edit_from = self._services.now() + EDITS_APART
        await self._services.outbox.done(queued.speech.key, revision, stands, edit_from)
        return True


async def _unharmed(work: Awaitable[bool], tell: Callable[[Exception], Awaitable[None]]) -> bool:
    """What it comes to; False when it failed in a way that nobody has thought of: no message stops those behind it.
    A store that does not answer ends the pass."""
    try:
        return await work
    except DependencyError:
        raise
    except Exception as exc:  # noqa: BLE001  (the named edge)
        await tell(exc)
        return False

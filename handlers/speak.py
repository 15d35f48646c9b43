"""Says what the outbox holds: posts or edits what is due, and leaves nothing half known.

A try is written down before it is made. When its outcome is not known (the bot died, the reply was lost), the
message is looked for by its key before it is posted again: Slack has no idempotency key of its own.

Two bots that lead one after the other double nothing either. One calls Slack only while its lease outlasts the
longest call (``may_say``): what it has sent has been carried out, or never will be, when the other one sees that
there was a try, and looks. What has not been sent by then is left to the other one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import ValidationError

from bot.blocks.sayings import draw
from bot.errors import NotAdmitted, NotFound, RateLimited, Refused, Unavailable
from bot.fleet.sayings import parse
from bot.message import Message, Undrawable
from bot.model import Address, Queued
from bot.services import Services
from bot.usecases.backlog import is_late, leave_out_overtaken
from handlers.naming import named

AT_ONCE = 20
# A thread's lines become due one by one: so many follow each other in one pass.
ROUNDS = 10
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# A person has to let the bot in again: no message is at fault, and none is given up.
FIRST_WAIT_OUTSIDE = timedelta(minutes=1)
LONGEST_WAIT_OUTSIDE = timedelta(minutes=10)
# Slack's bound for a message that is kept up to date (slack-contract.md §5).
EDITS_APART = timedelta(seconds=3)
# History may lag behind the post that it is searched for, and two clocks may differ.
SEARCH_MARGIN = timedelta(minutes=5)
LONGEST_REASON = 300

May = Callable[[], bool]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Said:
    """Where it stands, and which revision it says there; 0 when nobody knows."""

    address: Address
    revision: int


async def speak(services: Services, may_say: May) -> int:
    """One pass over what is due, and what becomes due by it; the number of messages posted or edited.

    ``may_say`` is asked before each of them, and again before Slack is.
    """
    said = 0
    for _ in range(ROUNDS):
        due = await _due(services)
        news, wait = await _round(due, services, may_say)
        said += news
        if wait or not news:
            break
    return said


async def _due(services: Services) -> Sequence[Queued]:
    """What is to be said now, without what has been overtaken while it waited."""
    now = services.now()
    due = await services.outbox.due(now, AT_ONCE)
    if any(is_late(queued, now) for queued in due) and await leave_out_overtaken(services):
        return await services.outbox.due(now, AT_ONCE)
    return due


async def _round(due: Sequence[Queued], services: Services, may_say: May) -> tuple[int, timedelta | None]:
    """The number said, and the patience that Slack asked for: what is left waits untried, for it would be refused."""
    said = 0
    for number, queued in enumerate(due):
        if not may_say():
            break
        try:
            said += await _say(queued, services, may_say)
        except RateLimited as exc:
            until = services.now() + exc.retry_after
            for waiting in due[number:]:
                await services.outbox.postpone(waiting.speech.key, until, str(exc))
            _log.warning("Slack asks for patience", waiting=len(due) - number, wait_s=exc.retry_after.total_seconds())
            return said, exc.retry_after
    return said, None


async def _say(queued: Queued, services: Services, may_say: May) -> bool:
    """Whether it has been said; one that has not is due again, or set aside. Raises RateLimited."""
    key, tries = queued.speech.key, queued.tries
    try:
        message = await named(draw(parse(queued.speech.body)), services)
        said = await _deliver(message, queued, services, may_say)
    except (ValidationError, Undrawable) as exc:
        told = " ".join(str(exc).split())[:LONGEST_REASON]
        await _set_aside(key, f"cannot be drawn: {told}", services)
    except RateLimited:
        raise
    except Unavailable as exc:
        await _postpone(key, min(FIRST_WAIT * _doubled(tries), LONGEST_WAIT), exc, services)
    except NotAdmitted as exc:
        await _postpone(key, min(FIRST_WAIT_OUTSIDE * _doubled(tries), LONGEST_WAIT_OUTSIDE), exc, services)
    except (Refused, NotFound) as exc:
        await _set_aside(key, str(exc), services)
    else:
        if said is not None:
            await services.outbox.done(key, said.revision, said.address, services.now() + EDITS_APART)
            return True
    return False


async def _deliver(message: Message, queued: Queued, services: Services, may_say: May) -> _Said | None:
    """What is said now; None when it is left to another bot, which has to look for it first."""
    speech = queued.speech
    await services.outbox.begin(speech.key, services.now())
    found = await _find(queued, services)
    if found is not None:
        # What an earlier try has posted may have been an earlier body.
        return _Said(found, 1 if queued.revision == 1 else 0)
    if not may_say():
        return None
    if queued.address is not None:
        await services.channel.edit(queued.address, message, speech.key)
        return _Said(queued.address, queued.revision)
    posted = await services.channel.post(message, speech.key, queued.thread, broadcast=speech.broadcast)
    return _Said(posted, queued.revision)


async def _find(queued: Queued, services: Services) -> Address | None:
    """What an earlier try without a known outcome has posted, if it has; an edit may be made again unseen."""
    if queued.address is not None or queued.attempted_at is None:
        return None
    return await services.channel.find(queued.speech.key, queued.created_at - SEARCH_MARGIN, queued.thread)


async def _postpone(key: str, wait: timedelta, reason: Exception, services: Services) -> None:
    await services.outbox.postpone(key, services.now() + wait, str(reason))
    _log.warning("speech postponed", key=key, reason=str(reason), wait_s=wait.total_seconds())


async def _set_aside(key: str, reason: str, services: Services) -> None:
    await services.outbox.set_aside(key, reason)
    _log.error("speech set aside", key=key, reason=reason)


def _doubled(tries: int) -> int:
    return 1 << min(tries, 10)

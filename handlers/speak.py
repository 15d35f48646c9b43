"""Says what the outbox holds: one pass posts or edits what is due, and leaves nothing half known.

A try is written down before it is made. When its outcome is not known (the bot died, the reply was lost), the
message is looked for by its key before it is posted again: Slack has no idempotency key of its own.
"""

from datetime import timedelta

import structlog

from bot.blocks.sayings import draw
from bot.errors import NotFound, RateLimited, Refused, Unavailable
from bot.fleet.sayings import parse
from bot.model import Address, Queued
from bot.services import Services

AT_ONCE = 20
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# History may lag behind the post that it is searched for, and two clocks may differ.
SEARCH_MARGIN = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


async def speak(services: Services) -> int:
    """One pass over what is due; the number of messages that now say what they should."""
    said = 0
    for queued in await services.outbox.due(services.now(), AT_ONCE):
        said += await _say(queued, services)
    return said


async def _say(queued: Queued, services: Services) -> bool:
    key = queued.speech.key
    try:
        address = await (_edit(queued, services) if queued.address else _post(queued, services))
    except RateLimited as exc:
        await services.outbox.postpone(key, services.now() + exc.retry_after, str(exc))
    except Unavailable as exc:
        await services.outbox.postpone(key, services.now() + _wait(queued.tries), str(exc))
        _log.warning("speech postponed", key=key, reason=str(exc))
    except (Refused, NotFound) as exc:
        await services.outbox.set_aside(key, str(exc))
        _log.error("speech set aside", key=key, reason=str(exc))
    else:
        await services.outbox.done(key, queued.revision, address)
        return True
    return False


async def _post(queued: Queued, services: Services) -> Address:
    speech = queued.speech
    if queued.attempted_at is not None:
        since = queued.created_at - SEARCH_MARGIN
        found = await services.channel.find(speech.key, since, queued.thread)
        if found is not None:
            return found
    await services.outbox.begin(speech.key, services.now())
    message = draw(parse(speech.body))
    return await services.channel.post(message, speech.key, queued.thread, broadcast=speech.broadcast)


async def _edit(queued: Queued, services: Services) -> Address:
    assert queued.address is not None
    await services.channel.edit(queued.address, draw(parse(queued.speech.body)), queued.speech.key)
    return queued.address


def _wait(tries: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(tries, 10)), LONGEST_WAIT)

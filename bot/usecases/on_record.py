"""Records in the audit what was not done: a change that was refused, or that failed.

A change that is done is recorded by its use-case, in one transaction with the change itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.commands import AlertRequest, Request
from bot.errors import BackfillBotError, SystemAnswer, UsageError
from bot.fleet.audited import MAX_WHY, about, about_typed
from bot.fleet.open_alerts import pick
from bot.fleet.secrets import presentable
from bot.model import Actor, AuditOutcome, AuditRecord, Entry, Subject
from bot.services import Services
from bot.usecases.resolve import configured_names

_log = structlog.get_logger(__name__)


async def record_refusal(command: Request, actor: Actor, why: str, services: Services) -> None:
    """Policy said no. A store that is away is logged: it must not turn a refusal into something else."""
    await _record(command, actor, (AuditOutcome.REFUSED, why), services)


@asynccontextmanager
async def failures_on_record(command: Request, actor: Actor, services: Services) -> AsyncIterator[None]:
    """What the block raises on purpose is recorded as why the change failed, and raised on."""
    try:
        yield
    except BackfillBotError as exc:
        why = exc.problem if isinstance(exc, UsageError) else str(exc)
        await _record(command, actor, (AuditOutcome.FAILED, why), services)
        raise


async def _record(command: Request, actor: Actor, came_of_it: tuple[AuditOutcome, str], services: Services) -> None:
    outcome, why = came_of_it
    now = services.now()
    try:
        subject = await _subject(command, services)
        record = AuditRecord(now, actor.user_id, command.word(), subject, outcome, presentable(why, MAX_WHY))
        await services.journal.record(Entry(audit=(record,)), now)
    except SystemAnswer as exc:
        _log.error(
            "not in the audit", command=command.word(), user_id=actor.user_id, outcome=outcome.value, error=str(exc)
        )


async def _subject(command: Request, services: Services) -> Subject:
    """As much as can be told of what the command is about; a button tells of its alert when that is over, too."""
    if not isinstance(command, AlertRequest):
        return Subject()
    if command.episode:
        episode = await services.journal.episode(command.episode)
        return about(episode) if episode else Subject()
    try:
        return about(pick(command.target, await services.journal.open_episodes(), type(command)))
    except UsageError:
        return about_typed(command.target, configured_names(services))

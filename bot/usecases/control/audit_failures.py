"""Records in the audit what was not done: a change that was refused, or that failed.

A change that is done is recorded by its use-case: that of an alert in one transaction with the change itself, one
that is carried out in other systems before and after.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import structlog

from bot.commands import AlertRequest, ControlRequest, Request
from bot.errors import BackfillBotError, DependencyError, NotAllowed, UsageError
from bot.fleet.alerts.lookup import pick
from bot.fleet.audit import MAX_REASON, MAX_WHY, about, about_typed
from bot.model import Actor, AuditOutcome, AuditRecord, Entry, Subject
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.resolve import configured_names

_log = structlog.get_logger(__name__)


class _NotDone(NamedTuple):
    outcome: AuditOutcome
    why: str
    reason: str


async def record_refusal(command: Request, actor: Actor, why: str, services: Services, reason: str = "") -> None:
    """Policy said no; ``reason`` is what the person gave for the change, once that has been asked.

    A store that is away is logged: it must not turn a refusal into something else.
    """
    await _record(command, actor, _NotDone(AuditOutcome.REFUSED, why, reason), services)


@asynccontextmanager
async def recording_failures(
    command: Request, actor: Actor, services: Services, reason: str = ""
) -> AsyncIterator[None]:
    """What the block raises on purpose is recorded as why the change failed, and raised on; a refusal of policy's is
    recorded already."""
    try:
        yield
    except NotAllowed:
        raise
    except BackfillBotError as exc:
        why = exc.problem if isinstance(exc, UsageError) else str(exc)
        await _record(command, actor, _NotDone(AuditOutcome.FAILED, why, reason), services)
        raise


async def _record(command: Request, actor: Actor, not_done: _NotDone, services: Services) -> None:
    now = services.now()
    try:
        record = AuditRecord(
            at=now,
            user_id=actor.user_id,
            command=command.word(),
            subject=await _subject(command, services),
            outcome=not_done.outcome,
            why=redact_line(not_done.why, MAX_WHY),
            reason=redact_line(not_done.reason, MAX_REASON),
        )
        await services.journal.record(Entry(audit=(record,)), now)
    except DependencyError as exc:
        outcome, user_id = not_done.outcome.value, actor.user_id
        _log.error("not in the audit", command=command.word(), user_id=user_id, outcome=outcome, error=str(exc))


async def _subject(command: Request, services: Services) -> Subject:
    """As much as can be told of what the command is about; a button tells of its alert when that is over, too."""
    if isinstance(command, ControlRequest):
        return about_typed(command.target, configured_names(services))
    if not isinstance(command, AlertRequest):
        return Subject()
    if command.episode:
        episode = await services.journal.episode(command.episode)
        return about(episode) if episode else Subject()
    try:
        return about(pick(command.target, await services.journal.open_episodes(), type(command)))
    except UsageError:
        return about_typed(command.target, configured_names(services))

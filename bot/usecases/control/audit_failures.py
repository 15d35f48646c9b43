"""Records in the audit the changes that were refused or that failed.

Changes that succeed are recorded by their use-cases. A change of an alert is recorded in the transaction that makes
it. A change in another system is recorded before it is made, and again afterwards.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import structlog

from bot.commands import AlertRequest, ControlRequest, Request
from bot.errors import BackfillBotError, DependencyError, NotAllowed
from bot.fleet.alerts.lookup import pick
from bot.fleet.audit import MAX_REASON, MAX_WHY, about, about_typed
from bot.fleet.refusals.declined import Declined
from bot.model import Actor, AuditOutcome, AuditRecord, JournalEntry, Subject
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.resolve import configured_names

_log = structlog.get_logger(__name__)


class _Failure(NamedTuple):
    outcome: AuditOutcome
    why: str
    reason: str


async def record_refusal(command: Request, actor: Actor, why: str, services: Services, reason: str = "") -> None:
    """Record that the policy has refused the command. ``reason`` is the person's reason for the change, if already
    given.

    If the store does not answer, this logs the error and raises nothing, so that the person still sees the refusal.
    """
    await _record(command, actor, _Failure(AuditOutcome.REFUSED, why, reason), services)


@asynccontextmanager
async def recording_failures(
    command: Request, actor: Actor, services: Services, reason: str = ""
) -> AsyncIterator[None]:
    """If the block raises a BackfillBotError, record it as the reason why the change failed, and raise it again.
    NotAllowed is left to ``record_refusal``."""
    try:
        yield
    except NotAllowed:
        raise
    except BackfillBotError as exc:
        await record_failure(command, actor, exc, services, reason)
        raise


async def record_failure(
    command: Request, actor: Actor, exc: BackfillBotError, services: Services, reason: str = ""
) -> None:
    """Record the error as the reason why the change failed."""
    why = services.audit_wording.refusal(exc.reason) if isinstance(exc, Declined) else str(exc)
    await _record(command, actor, _Failure(AuditOutcome.FAILED, why, reason), services)


async def _record(command: Request, actor: Actor, failure: _Failure, services: Services) -> None:
    now = services.now()
    try:
        record = AuditRecord(
            at=now,
            user_id=actor.user_id,
            command=command.word(),
            subject=await _subject(command, services),
            outcome=failure.outcome,
            why=redact_line(failure.why, MAX_WHY),
            reason=redact_line(failure.reason, MAX_REASON),
        )
        await services.journal.record(JournalEntry(audit=(record,)), now)
    except DependencyError as exc:
        outcome, user_id = failure.outcome.value, actor.user_id
        _log.error("not in the audit", command=command.word(), user_id=user_id, outcome=outcome, error=str(exc))


async def _subject(command: Request, services: Services) -> Subject:
    """What the command is about, as far as that is known. A click on a button carries the id of the alert, so the
    alert is found even after it has ended. A change of a group of alerts is about the cluster of these alerts."""
    if isinstance(command, ControlRequest):
        return about_typed(command.target, configured_names(services))
    if not isinstance(command, AlertRequest):
        return Subject()
    if command.episode:
        episode = await services.journal.episode(command.episode)
        return about(episode) if episode else Subject()
    if command.group:
        member = await services.journal.episode(command.group)
        return Subject(member.ref.cluster) if member else Subject()
    try:
        return about(pick(command.target, await services.journal.open_episodes(), type(command)))
    except Declined:
        return about_typed(command.target, configured_names(services))

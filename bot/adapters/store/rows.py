"""Converts rows of the journal and the outbox to values, and values to rows."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.model import (
    Address,
    AuditOutcome,
    AuditRecord,
    Episode,
    Failure,
    FailureKind,
    Observation,
    OutboxMessage,
    Queued,
    Ref,
    SeenFailure,
    Subject,
)

_EPISODE = TypeAdapter(Episode)


def of_failure(seen: SeenFailure) -> dict[str, Any]:
    """The row of ``failures`` for this value."""
    return of_ref(seen.ref) | {
        "activity_id": seen.activity_id,
        "attempt": seen.attempt,
        "kind": seen.failure.kind.value,
        "message": seen.failure.message,
        "seen_at": seen.seen_at,
    }


def to_failure(row: Row[Any]) -> SeenFailure:
    """The value of a row of ``failures``."""
    failure = Failure(FailureKind(row.kind), row.message)
    return SeenFailure(to_ref(row), row.activity_id, row.attempt, failure, row.seen_at)


def of_observation(seen: Observation, now: datetime) -> dict[str, Any]:
    """The row of ``observations`` for this value, last updated now."""
    return of_ref(seen.ref) | {
        "activity_id": seen.activity_id,
        "details": seen.details,
        "changed_at": seen.changed_at,
        "touched_at": now,
    }


def to_observation(row: Row[Any]) -> Observation:
    """The value of a row of ``observations``."""
    return Observation(to_ref(row), row.activity_id, row.details, row.changed_at)


def of_episode(episode: Episode) -> dict[str, Any]:
    """The row of ``episodes`` for the next revision of this value: the whole episode as JSON, and columns to search
    by."""
    return of_ref(episode.ref) | {
        "id": episode.id,
        "root_key": episode.root_key,
        "is_open": episode.is_open,
        "opened_at": episode.opened_at,
        "revision": episode.revision + 1,
        "body": _EPISODE.dump_json(episode, exclude={"revision"}).decode(),
    }


def to_episode(row: Row[Any]) -> Episode:
    """The value of a row of ``episodes``."""
    return replace(_EPISODE.validate_json(row.body), revision=row.revision)


def of_audit_record(record: AuditRecord) -> dict[str, Any]:
    """The row of ``audit`` for this value, with the names by which it is searched."""
    return {
        "at": record.at,
        "user_id": record.user_id,
        "command": record.command,
        "cluster": record.subject.cluster,
        "customer": record.subject.customer,
        "workflow_id": record.subject.workflow_id,
        "name": record.subject.name.casefold(),
        "full_name": record.subject.full_name.casefold(),
        "outcome": record.outcome.value,
        "why": record.why,
        "before": record.before,
        "after": record.after,
        "reason": record.reason,
        "plan_digest": record.plan_digest,
        "change": record.change or None,
        "campaign": record.campaign,
    }


def to_audit_record(row: Row[Any]) -> AuditRecord:
    """The value of a row of ``audit``."""
    subject = Subject(row.cluster, row.customer, row.workflow_id)
    return AuditRecord(
        at=row.at,
        user_id=row.user_id,
        command=row.command,
        subject=subject,
        outcome=AuditOutcome(row.outcome),
        why=row.why,
        before=row.before,
        after=row.after,
        reason=row.reason,
        plan_digest=row.plan_digest,
        change=row.change or "",
        campaign=row.campaign,
    )


def to_queued(row: Row[Any]) -> Queued:
    """The value of a row of ``outbox`` that is joined with the address of its thread (``root_channel``,
    ``root_ts``)."""
    return Queued(
        message=OutboxMessage(row.key, row.body, row.thread_key, row.broadcast, row.destination),
        revision=row.revision,
        created_at=row.created_at,
        address=to_address(row.channel, row.ts),
        thread=to_address(row.root_channel, row.root_ts),
        attempted_at=row.attempted_at,
        tries=row.tries,
        threads=row.threads,
    )


def to_address(channel: str | None, ts: str | None) -> Address | None:
    """The address of a message; None if it is not posted."""
    return Address(channel, ts) if channel is not None and ts is not None else None


def of_ref(ref: Ref) -> dict[str, Any]:
    """The columns that identify a run."""
    return {"cluster": ref.cluster, "workflow_id": ref.workflow_id, "run_id": ref.run_id}


def to_ref(row: Row[Any]) -> Ref:
    """The run that these columns identify."""
    return Ref(row.cluster, row.workflow_id, row.run_id)

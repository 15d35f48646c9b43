"""Rows to values and back: the one place that knows which column holds what."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.model import Address, Episode, Failure, FailureKind, Observation, Queued, Ref, SeenFailure, Speech

_EPISODE = TypeAdapter(Episode)


def of_failure(seen: SeenFailure) -> dict[str, Any]:
    """A row of ``failures``."""
    return _of_ref(seen.ref) | {
        "activity_id": seen.activity_id,
        "attempt": seen.attempt,
        "kind": seen.failure.kind.value,
        "message": seen.failure.message,
        "seen_at": seen.seen_at,
    }


def to_failure(row: Row[Any]) -> SeenFailure:
    """From a row of ``failures``."""
    failure = Failure(FailureKind(row.kind), row.message)
    return SeenFailure(_to_ref(row), row.activity_id, row.attempt, failure, row.seen_at)


def of_observation(seen: Observation, now: datetime) -> dict[str, Any]:
    """A row of ``observations``, touched now."""
    return _of_ref(seen.ref) | {
        "activity_id": seen.activity_id,
        "details": seen.details,
        "changed_at": seen.changed_at,
        "touched_at": now,
    }


def to_observation(row: Row[Any]) -> Observation:
    """From a row of ``observations``."""
    return Observation(_to_ref(row), row.activity_id, row.details, row.changed_at)


def of_episode(episode: Episode) -> dict[str, Any]:
    """A row of ``episodes``: the whole of it as JSON, beside what is searched for."""
    return _of_ref(episode.ref) | {
        "id": episode.id,
        "root_key": episode.root_key,
        "is_open": episode.is_open,
        "opened_at": episode.opened_at,
        "body": _EPISODE.dump_json(episode).decode(),
    }


def to_episode(body: str) -> Episode:
    """From the body of a row of ``episodes``."""
    return _EPISODE.validate_json(body)


def to_queued(row: Row[Any]) -> Queued:
    """From a row of ``outbox`` joined with where its thread stands (``root_channel``, ``root_ts``)."""
    return Queued(
        speech=Speech(row.key, row.body, row.thread_key, row.broadcast),
        revision=row.revision,
        created_at=row.created_at,
        address=to_address(row.channel, row.ts),
        thread=to_address(row.root_channel, row.root_ts),
        attempted_at=row.attempted_at,
        tries=row.tries,
    )


def to_address(channel: str | None, ts: str | None) -> Address | None:
    """Where a message stands, if it does."""
    return Address(channel, ts) if channel is not None and ts is not None else None


def _of_ref(ref: Ref) -> dict[str, Any]:
    return {"cluster": ref.cluster, "workflow_id": ref.workflow_id, "run_id": ref.run_id}


def _to_ref(row: Row[Any]) -> Ref:
    return Ref(row.cluster, row.workflow_id, row.run_id)

"""Values for the store's tests; a test names only the fields that matter to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.model import Episode, Failure, FailureKind, Health, Observation, OutboxMessage, Ref, SeenFailure, Window

NOW = datetime(2026, 2, 22, 9, 30, tzinfo=UTC)
HILTON = Ref("voice-prod", "backfill-hilton-2026-01-01-2026-02-21", "run-1")
SPIRIT = Ref("us-east-1-prod", "backfill-spirit-2026-01-01-2026-02-21", "run-2")
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")


def minutes(count: float) -> timedelta:
    """A span to add to ``NOW``."""
    return timedelta(minutes=count)


def episode(name: str, ref: Ref = HILTON, **changes: Any) -> Episode:
    """An open episode with a message of its own."""
    plain = Episode(
        id=name,
        root_key=f"episode:{name}",
        ref=ref,
        customer="hilton",
        window=Window(date(2026, 1, 1), date(2026, 2, 21)),
        link="https://temporal.test/hilton",
        started_at=NOW - minutes(60),
        opened_at=NOW,
        changed_at=NOW,
        attempt=2,
        health=Health.STRUGGLING,
        cancel_requested=False,
        progress='{"day":"2026-01-07"}',
        last_heartbeat_at=NOW - minutes(2),
        last_failure=TIMED_OUT,
    )
    return replace(plain, **changes)


def seen(attempt: int, ref: Ref = HILTON, **changes: Any) -> SeenFailure:
    """A heartbeat timeout of one attempt."""
    return replace(SeenFailure(ref, "copy", attempt, TIMED_OUT, NOW), **changes)


def observation(details: str, ref: Ref = HILTON, activity_id: str = "copy") -> Observation:
    """Heartbeat details, first seen now."""
    return Observation(ref, activity_id, details, NOW)


def message(key: str, body: str = "first", thread: str = "") -> OutboxMessage:
    """A message in the channel, or in the thread of another key."""
    return OutboxMessage(key, body, thread)

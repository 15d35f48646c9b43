"""Episodes with every field filled in, for tests that care about a few of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.fleet.alerts.answers import acknowledge_episodes
from bot.model import Actor, Episode, Failure, FailureKind, Health, OutboxMessage, Ref, Window

STARTED = datetime(2026, 2, 21, 8, 0, tzinfo=UTC)


def episode(customer: str = "hilton", cluster: str = "voice-prod", **facts: Any) -> Episode:
    """An open episode, just recorded, of a full-range run on its second attempt; ``facts`` replace fields."""
    window = Window(datetime(2026, 1, 1, tzinfo=UTC).date(), datetime(2026, 2, 21, tzinfo=UTC).date())
    ref = Ref(cluster, f"backfill-{customer}-{window.start}-{window.end}", f"run-{customer}")
    opened = STARTED + timedelta(hours=3)
    whole = Episode(
        id=f"id-{cluster}-{customer}",
        root_key=f"episode:id-{cluster}-{customer}",
        ref=ref,
        customer=customer,
        window=window,
        link=f"https://temporal.test/{ref.workflow_id}",
        started_at=STARTED,
        opened_at=opened,
        changed_at=opened,
        attempt=2,
        health=Health.STRUGGLING,
        cancel_requested=False,
        progress="day 2026-01-07, 12,345 of 57,300 rows",
        last_heartbeat_at=opened,
        last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout"),
        revision=1,
    )
    return replace(whole, **facts)


def acknowledge_episode(episode: Episode, actor: Actor, now: datetime) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """The episode after a person has acknowledged it, and its messages."""
    (taken,), messages = acknowledge_episodes([episode], actor, now)
    return taken, messages

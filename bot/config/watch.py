"""The [watch] table of backfill.toml: how clusters are watched."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.config.section import Section, Span

CallsPerSecond = Annotated[int, Field(ge=1, le=10_000)]


class Watch(Section):
    """How often the bot looks at clusters, how many calls it makes, how long it waits for an answer, and when a run
    counts as stalled or as waiting for a worker."""

    every: Span = Field(default=timedelta(seconds=15), description="the time between two listings, as 15s")
    slow_round: Span = Field(default=timedelta(minutes=2), description="the longest time without a describe, as 2m")
    stalled_after: Span = Field(default=timedelta(hours=1), description="unchanged heartbeats mean stalled, as 1h")
    no_worker_after: Span = Field(default=timedelta(minutes=10), description="not picked up means waiting, as 10m")
    time_limit: Span = Field(default=timedelta(seconds=3), description="the patience with one cluster, as 3s")
    fresh_for: Span = Field(default=timedelta(seconds=5), description="the age of what an answer need not ask, as 5s")
    describes_at_once: int = Field(default=64, ge=1, le=256, description="a number from 1 to 256")
    calls_per_second: CallsPerSecond = Field(default=100, description="a number from 1 to 10000")
    describes_a_pass: int | None = Field(
        default=None,
        description="nothing: the key has no effect",
        deprecated="calls_per_second now bounds how often the bot asks a cluster by itself",
    )

    @property
    def keys_without_effect(self) -> tuple[str, ...]:
        """A line for each key in the file that no longer has an effect."""
        return tuple(
            f"watch.{name} has no effect any more: {field.deprecation_message}. Remove the key."
            for name, field in type(self).model_fields.items()
            if field.deprecated and name in self.model_fields_set
        )

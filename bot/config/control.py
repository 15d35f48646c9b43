"""The [control] table of backfill.toml: how sequences run windows, and what they do when a window cannot complete."""

from datetime import timedelta

from pydantic import Field

from bot.config.section import Name, Section, Span
from bot.model import OnStuck


class Control(Section):
    """How many windows run at once, when a window is halved, what happens after one that cannot complete, and how
    long the bot waits for cancelled runs."""

    task_queue: Name = Field(default="backfill-bot", description="a task queue that only the bot polls")
    parallel: int = Field(default=1, ge=1, le=50, description="how many windows of a customer at once, from 1 to 50")
    windows_at_once: int = Field(
        default=10,
        ge=1,
        le=5000,
        description="the most windows of all customers of a cluster at once, from 1 to 5000",
    )
    split_after: int = Field(default=2, ge=1, le=100, description="a number of heartbeat timeouts, from 1 to 100")
    on_stuck: OnStuck = Field(default=OnStuck.STOP, description='"stop" or "continue"')
    cancel_patience: Span = Field(
        default=timedelta(minutes=15), description="how long a cancelled run may stay open, as 15m"
    )

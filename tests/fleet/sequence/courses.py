"""Sequences for tests of their decisions: a spec with every field, and runs that have ended."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.model import (
    ExecutionStatus,
    FollowedRun,
    OnStuck,
    Ref,
    RunningWindow,
    SequenceSpec,
    Sizes,
    Window,
)

NOW = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)
START = date(2026, 1, 1)
HOUR = timedelta(hours=1)
FIVE_MINUTES = timedelta(minutes=5)


def days(first: int, count: int = 1) -> Window:
    """``count`` days from the ``first`` day of January on, counted from 1."""
    return Window.of_days(START + timedelta(days=first - 1), count)


def ref(name: str = "w") -> Ref:
    return Ref("voice-prod", name, "r1")


def spec(*ranges: Window, **changes: Any) -> SequenceSpec:
    """A spec for these ranges, with windows of 5 to 10 days that should take 5 hours; ``changes`` replaces fields."""
    defaults: dict[str, Any] = {
        "id": "s1",
        "cluster": "voice-prod",
        "customer": "hilton",
        "asked": "split",
        "clear": (),
        "adopt": (),
        "days": ranges,
        "sizes": Sizes(5, least=1, most=10, target=5 * HOUR),
        "parallel": 1,
        "split_after": 2,
        "on_stuck": OnStuck.STOP,
        "cancel_patience": timedelta(minutes=15),
        "started_by": "U0OLIVIA",
        "started_at": NOW,
        "reason": "it times out",
        "plan_digest": "d1",
        "thread_key": "sequence:s1",
    }
    return SequenceSpec(**(defaults | changes))


def followed(
    status: ExecutionStatus = ExecutionStatus.COMPLETED, took: timedelta = 5 * HOUR, **changes: Any
) -> FollowedRun:
    """A closed run; ``changes`` replaces fields."""
    defaults: dict[str, Any] = {
        "ref": ref(),
        "status": status,
        "started_at": NOW,
        "seen_at": NOW + took,
        "timeouts": 0,
        "heartbeat_timeout": FIVE_MINUTES,
        "closed_at": NOW + took,
    }
    return FollowedRun(**(defaults | changes))


def running(window: Window, number: int = 1) -> RunningWindow:
    return RunningWindow(number, window, NOW, ref())

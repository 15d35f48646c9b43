"""Hand-made sequences: hilton's 11 windows of 5 days, begun by Olivia a day ago, unless a test says otherwise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.model import (
    EndedWindow,
    ExecutionStatus,
    OnStuck,
    Phase,
    Ref,
    RunningWindow,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    Sizes,
    Window,
    WindowEnd,
)
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, execution

BEGUN = NOW - 24 * HOUR


def spec(customer: str = "hilton", cluster: str = "voice-prod", **changes: Any) -> SequenceSpec:
    """The whole campaign, one window at a time."""
    whole = SequenceSpec(
        id=f"seq-{customer}",
        cluster=cluster,
        customer=customer,
        asked="split",
        clear=(),
        adopt=(),
        days=(CAMPAIGN,),
        sizes=Sizes(days=5, least=1, most=5, target=3 * HOUR),
        parallel=1,
        split_after=2,
        on_stuck=OnStuck.STOP,
        cancel_patience=timedelta(minutes=15),
        started_by="U0OLIVIA",
        started_at=BEGUN,
        reason="it times out",
        plan_digest="abc",
        thread_key=f"sequence:seq-{customer}",
    )
    return replace(whole, **changes)


def running(number: int, days: Window, customer: str = "hilton", cluster: str = "voice-prod") -> RunningWindow:
    """A window that its sequence has begun an hour ago."""
    return RunningWindow(number, days, NOW - HOUR, execution(customer, days, cluster).ref)


def ended(days: Window, end: WindowEnd, note: str = "") -> EndedWindow:
    """A window that is over after an hour."""
    return EndedWindow(1, days, end, HOUR, note=note)


def progress(*windows: RunningWindow, of: SequenceSpec | None = None, **changes: Any) -> SequenceProgress:
    """Two windows are over, what is left of eleven is queued."""
    default = SequenceProgress(
        spec=of or spec(),
        phase=Phase.RUNNING,
        running=windows,
        closed=2,
        queued=9 - len(windows),
        queued_days=41 - 5 * len(windows),
        complete_days=10,
        size=5,
    )
    return replace(default, **changes)


def standing(shown: SequenceProgress | None = None, **changes: Any) -> SequenceStanding:
    """An open one, as its cluster knows it."""
    of = shown.spec if shown else spec()
    known = SequenceStanding(
        ref=Ref(of.cluster, f"backfill-bot-sequence-{of.customer}", "run-1"),
        customer=of.customer,
        id=of.id,
        status=ExecutionStatus.RUNNING,
        started_by=of.started_by,
        started_at=of.started_at,
        reason=of.reason,
        thread_key=of.thread_key,
        progress=shown,
    )
    return replace(known, **changes)

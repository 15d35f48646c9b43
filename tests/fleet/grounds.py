"""The context of proposals for hilton: ordinary, unless a test says otherwise."""

from datetime import timedelta
from typing import Any

from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.throughput import Volumes
from bot.fleet.proposals.context import ProposalContext, SequenceSettings, StartContext, Workers
from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, OnStuck, SequenceStanding, Window
from tests.fakes.services import config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, execution, run
from tests.fleet.sizes import PER_DAY, RULES, volumes

TERMS = SequenceSettings(CAMPAIGN, RULES, 1, 2, OnStuck.STOP, timedelta(minutes=15))
TARGET = Target("voice-prod", "hilton")


def complete(days: Window, **changes: Any) -> Run:
    """Completed in a second, which is too short to measure."""
    return run(closed(ExecutionStatus.COMPLETED, "hilton", days, took=timedelta(seconds=1), **changes), days)


def failed(days: Window) -> Run:
    """Failed an hour ago."""
    return run(closed(ExecutionStatus.FAILED, "hilton", days), days)


def healthy(days: Window, **changes: Any) -> Run:
    """On attempt 1 for 22 hours."""
    return run(execution("hilton", days, started_at=NOW - 22 * HOUR), days, activity(), **changes)


def struggling(days: Window = CAMPAIGN, **changes: Any) -> Run:
    """On attempt 3 for 22 hours."""
    hopeless = activity(attempt=3, last_failure=TIMED_OUT)
    return run(execution("hilton", days, started_at=NOW - 22 * HOUR), days, hopeless, **changes)


def context(*runs: Run, sequence: SequenceStanding | None = None, **changes: Any) -> ProposalContext:
    """A customer with these runs, and a sequence that Olivia began if one is given."""
    begun_by = "Olivia" if sequence else ""
    return ProposalContext(TARGET, NOW, runs, TERMS, sequence, begun_by, **changes)


def start_context(
    *runs: Run, known: Volumes | None = None, pollers: int = 2, was_seen: bool = True, **changes: Any
) -> StartContext:
    """With workers, and the volume of docs/operations-log.md."""
    by_customer = known or volumes(hilton=PER_DAY["hilton"])
    facts = PlanInputs(TARGET, CAMPAIGN, {"hilton": list(runs)}, by_customer, "", expected=True, at=NOW)
    workflow = config({"voice-prod": ("hilton",)}).filling_workflow("voice-prod")
    workers = Workers(workflow, pollers, was_seen)
    return StartContext(context(*runs, **changes), facts, workers)

"""The values everything else is said in: windows, executions, failures, counts, people. No behaviour with I/O."""

from bot.model.audit import AuditOutcome, AuditRecord, AuditTrail, Subject
from bot.model.counts import DayCount, TableSpec
from bot.model.duration import duration_text, parse_duration
from bot.model.episode import Episode, Observation, Quiet, Standing
from bot.model.execution import (
    Activity,
    ActivityState,
    Description,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Ref,
    SeenFailure,
)
from bot.model.journal import Address, Entry, Memory, Queued, Speech
from bot.model.people import CLOCK, Actor, Person
from bot.model.sizing import Baseline, SizingRules, Tier
from bot.model.state import Ending, Health, State
from bot.model.window import Window

__all__ = [
    "CLOCK",
    "Activity",
    "ActivityState",
    "Actor",
    "Address",
    "AuditOutcome",
    "AuditRecord",
    "AuditTrail",
    "Baseline",
    "DayCount",
    "Description",
    "Ending",
    "Entry",
    "Episode",
    "Execution",
    "ExecutionStatus",
    "Failure",
    "FailureKind",
    "Health",
    "Memory",
    "Observation",
    "Person",
    "Queued",
    "Quiet",
    "Ref",
    "SeenFailure",
    "SizingRules",
    "Speech",
    "Standing",
    "State",
    "Subject",
    "TableSpec",
    "Tier",
    "Window",
    "duration_text",
    "parse_duration",
]

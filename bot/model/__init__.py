"""The values everything else is said in: windows, executions, failures, counts, people. No behaviour with I/O."""

from bot.model.audit import AuditOutcome, AuditRecord, AuditTrail, Subject
from bot.model.counts import DayCount, TableSpec, WarehouseCheck, column_of, place_of
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
from bot.model.instruction import Instruction, Order
from bot.model.journal import EDITS_APART, LONGEST_WAIT, Address, Entry, Memory, Opened, Queued, Speech
from bot.model.ledger import Portion, Reading, Recalled
from bot.model.moment import CLOCKS_APART, has_come, in_utc
from bot.model.namespace import Namespace
from bot.model.people import CLOCK, Actor, Installation, Person
from bot.model.sequence import (
    PROGRESS_QUERY,
    WORKFLOW_TYPE,
    EndedWindow,
    Held,
    OnStuck,
    Overtaken,
    Phase,
    RunningWindow,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    SequenceState,
    Sizes,
    WindowEnd,
)
from bot.model.sizing import Baseline, SizingRules, Tier
from bot.model.state import Ending, Health, State
from bot.model.steps import Count, Counted, Followed, Started, StartOrder
from bot.model.window import Window

__all__ = [
    "CLOCK",
    "CLOCKS_APART",
    "EDITS_APART",
    "LONGEST_WAIT",
    "PROGRESS_QUERY",
    "WORKFLOW_TYPE",
    "Activity",
    "ActivityState",
    "Actor",
    "Address",
    "AuditOutcome",
    "AuditRecord",
    "AuditTrail",
    "Baseline",
    "Count",
    "Counted",
    "DayCount",
    "Description",
    "EndedWindow",
    "Ending",
    "Entry",
    "Episode",
    "Execution",
    "ExecutionStatus",
    "Failure",
    "FailureKind",
    "Followed",
    "Health",
    "Held",
    "Installation",
    "Instruction",
    "Memory",
    "Namespace",
    "Observation",
    "OnStuck",
    "Opened",
    "Order",
    "Overtaken",
    "Person",
    "Phase",
    "Portion",
    "Queued",
    "Quiet",
    "Reading",
    "Recalled",
    "Ref",
    "RunningWindow",
    "SeenFailure",
    "SequenceEnd",
    "SequenceProgress",
    "SequenceSpec",
    "SequenceStanding",
    "SequenceState",
    "Sizes",
    "SizingRules",
    "Speech",
    "Standing",
    "StartOrder",
    "Started",
    "State",
    "Subject",
    "TableSpec",
    "Tier",
    "WarehouseCheck",
    "Window",
    "WindowEnd",
    "column_of",
    "duration_text",
    "has_come",
    "in_utc",
    "parse_duration",
    "place_of",
]

"""The values that every other package uses: windows, executions, failures, counts, people. No I/O."""

from bot.model.alert_facts import AlertFacts
from bot.model.audit import AuditOutcome, AuditRecord, AuditTrail, Subject
from bot.model.campaign import CampaignDefinition, CampaignProblem, CampaignRecord, CampaignScope, KnownCampaign
from bot.model.children import Child, TroubledChildren
from bot.model.closing import Cause, CloseEvent
from bot.model.counts import DayCount, ExpectedDay, TableSpec, WarehouseCheck, place_of, unquoted_name
from bot.model.doubt import Doubt, DoubtfulDays, DoubtReason
from bot.model.duration import duration_text, parse_duration
from bot.model.episode import ActiveSnooze, AttemptProgress, DescribedState, Episode, MoreTime, Observation
from bot.model.execution import (
    Activity,
    ActivityState,
    Description,
    Execution,
    ExecutionStatus,
    Pause,
    PendingChild,
    Ref,
    SeenFailure,
    TaskKind,
)
from bot.model.failure import Failure, FailureKind
from bot.model.instruction import Instruction, Order
from bot.model.journal import (
    LONGEST_WAIT,
    MIN_EDIT_INTERVAL,
    Address,
    ClusterRecord,
    JournalEntry,
    KnownReason,
    Opened,
    OutboxMessage,
    Queued,
)
from bot.model.lease import FLEET_LEASE, LeaseHolders, bot_lease, cluster_lease
from bot.model.moment import MAX_CLOCK_SKEW, in_utc, is_past_within_skew
from bot.model.namespace import Namespace
from bot.model.operations import PendingOperation
from bot.model.page import WEBHOOK, PageAction, PageCall
from bot.model.people import CLOCK, Actor, Installation, Person
from bot.model.picture import AttemptBar, AttemptsChart, Calendar, Chart, DayState, ProgressChart, ProgressPoint
from bot.model.route import TO_TEAM, EscalationStep, QuietHours, Route, RoutingRule, announcement_channel, route_of
from bot.model.run_history import Portion, Reading, RecordedRuns
from bot.model.sequence import (
    PROGRESS_QUERY,
    WORKFLOW_TYPE,
    EndedWindow,
    OnStuck,
    OpenRun,
    Overtaken,
    Phase,
    RunningWindow,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    SequenceState,
    Sizes,
    WindowEnd,
)
from bot.model.sequence_standing import SequenceStanding
from bot.model.sizing import Baseline, SizingRules, Tier
from bot.model.state import AlertReason, Ending, Health, State
from bot.model.steps import Count, FollowedRun, StartOrder, StartResult, TableCount, followers_queue
from bot.model.subscription import Subscription
from bot.model.window import Window

__all__ = [
    "CLOCK",
    "FLEET_LEASE",
    "LONGEST_WAIT",
    "MAX_CLOCK_SKEW",
    "MIN_EDIT_INTERVAL",
    "PROGRESS_QUERY",
    "TO_TEAM",
    "WEBHOOK",
    "WORKFLOW_TYPE",
    "ActiveSnooze",
    "Activity",
    "ActivityState",
    "Actor",
    "Address",
    "AlertFacts",
    "AlertReason",
    "AttemptBar",
    "AttemptProgress",
    "AttemptsChart",
    "AuditOutcome",
    "AuditRecord",
    "AuditTrail",
    "Baseline",
    "Calendar",
    "CampaignDefinition",
    "CampaignProblem",
    "CampaignRecord",
    "CampaignScope",
    "Cause",
    "Chart",
    "Child",
    "CloseEvent",
    "ClusterRecord",
    "Count",
    "DayCount",
    "DayState",
    "DescribedState",
    "Description",
    "Doubt",
    "DoubtReason",
    "DoubtfulDays",
    "EndedWindow",
    "Ending",
    "Episode",
    "EscalationStep",
    "Execution",
    "ExecutionStatus",
    "ExpectedDay",
    "Failure",
    "FailureKind",
    "FollowedRun",
    "Health",
    "Installation",
    "Instruction",
    "JournalEntry",
    "KnownCampaign",
    "KnownReason",
    "LeaseHolders",
    "MoreTime",
    "Namespace",
    "Observation",
    "OnStuck",
    "OpenRun",
    "Opened",
    "Order",
    "OutboxMessage",
    "Overtaken",
    "PageAction",
    "PageCall",
    "Pause",
    "PendingChild",
    "PendingOperation",
    "Person",
    "Phase",
    "Portion",
    "ProgressChart",
    "ProgressPoint",
    "Queued",
    "QuietHours",
    "Reading",
    "RecordedRuns",
    "Ref",
    "Route",
    "RoutingRule",
    "RunningWindow",
    "SeenFailure",
    "SequenceEnd",
    "SequenceProgress",
    "SequenceSpec",
    "SequenceStanding",
    "SequenceState",
    "Sizes",
    "SizingRules",
    "StartOrder",
    "StartResult",
    "State",
    "Subject",
    "Subscription",
    "TableCount",
    "TableSpec",
    "TaskKind",
    "Tier",
    "TroubledChildren",
    "WarehouseCheck",
    "Window",
    "WindowEnd",
    "announcement_channel",
    "bot_lease",
    "cluster_lease",
    "duration_text",
    "followers_queue",
    "in_utc",
    "is_past_within_skew",
    "parse_duration",
    "place_of",
    "route_of",
    "unquoted_name",
]

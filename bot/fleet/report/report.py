"""The operations log of a span, as values: what was done, how each cluster stood, who struggled, what was left.

The outbox stores a report as JSON until it is posted. So fields keep their names, and a new one needs a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.fleet.name_lookup import Target
from bot.fleet.planning.sizing import Size
from bot.fleet.planning.throughput import Pace
from bot.fleet.report.left import Remaining
from bot.fleet.report.span import Span
from bot.fleet.status.eta import WindowCount
from bot.model import (
    ActiveSnooze,
    AlertReason,
    AuditRecord,
    Baseline,
    Ending,
    ExecutionStatus,
    Failure,
    Health,
    State,
    Window,
)


@dataclass(frozen=True, slots=True)
class Happened:
    """How many runs began in the span (``started``), and how many ended in it. ``completed`` counts those that
    completed, and ``windows`` those of them that were shorter than the campaign. ``ended`` counts the runs that ended
    without completing."""

    started: int = 0
    completed: int = 0
    windows: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class TimeTaken:
    """How long runs took: the shortest and the longest of ``count``."""

    count: int
    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class RanAsWindows:
    """A complete customer that ``windows`` windows have filled, most of them of ``days`` days."""

    customer: str
    windows: int
    days: int


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The state of a cluster. ``share`` is a text such as ``14/17``, ``≥14/17`` or ``unknown``. ``silent`` says why
    the cluster did not answer, and ``half_known`` why some of its past runs are unknown. ``slowest`` is the complete
    customer whose longest run took the most time. ``queued`` are customers that have never run and wait in the queue;
    reports of earlier versions count them as ``not_started``."""

    cluster: str
    customers: int
    share: str
    complete: tuple[str, ...] = ()
    open: int = 0
    in_doubt: int = 0
    unknown: int = 0
    not_started: tuple[str, ...] = ()
    as_windows: tuple[RanAsWindows, ...] = ()
    slowest: str = ""
    slowest_took: timedelta = timedelta(0)
    silent: str = ""
    half_known: str = ""
    queued: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRunFacts:
    """An open run of a customer. ``health`` is None if the run was not described, as in a report about the past;
    ``reached`` is its last heartbeat."""

    window: Window
    is_full_range: bool
    age: timedelta
    attempt: int
    health: Health | None
    reached: str = ""


@dataclass(frozen=True, slots=True)
class OpenCustomer:
    """A customer whose days are not all complete, although work has begun. ``last_end`` is how its latest run with
    missing days ended; None if there is no such run, or while any run is open. ``paused_by`` is the user who paused
    its sequence."""

    target: Target
    state: State
    missing: tuple[Window, ...]
    runs: tuple[OpenRunFacts, ...] = ()
    windows: WindowCount | None = None
    window_took: TimeTaken | None = None
    last_end: ExecutionStatus | None = None
    paused_by: str = ""


@dataclass(frozen=True, slots=True)
class SizeFacts:
    """The size of a customer's windows, and its basis. ``used`` is the size in days of the windows that have run, 0
    if none has; ``size`` is the size that the bot would choose now."""

    target: Target
    per_day: float | None
    size: Size
    pace: Pace | None
    used: int = 0
    window_took: TimeTaken | None = None


@dataclass(frozen=True, slots=True)
class Struggled:
    """A customer that struggled. ``rows`` is its volume in the campaign. ``tables`` has pairs of a table's name and
    the number of the customer's rows in the table's source; the number is None if the source did not answer. The
    table that has the name of the volume is left out.

    ``attempts`` is the highest attempt of its runs; 0 if none is open and no attempt was seen to fail. ``full_range``
    is how the run over all days ended; None if there was none or it is open. ``acts`` is what people did about the
    customer, oldest first. ``sequence_by`` is the user who began the open sequence; "" if none is open.
    """

    target: Target
    attempts: int
    failure: Failure | None
    full_range: ExecutionStatus | None
    rows: int | None = None
    tables: tuple[tuple[str, int | None], ...] = ()
    sizes: SizeFacts | None = None
    acts: tuple[AuditRecord, ...] = ()
    sequence_by: str = ""
    sequence_reason: str = ""


@dataclass(frozen=True, slots=True)
class ReportedAlert:
    """An alert that was open in the span; ``ended_at`` and ``ending`` are None while it is open."""

    cluster: str
    name: str
    reason: AlertReason
    opened_at: datetime
    attempt: int
    acked_by: str = ""
    snooze: ActiveSnooze | None = None
    reminders: int = 0
    has_sequence: bool = False
    ended_at: datetime | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class CountedCluster:
    """The days of a cluster that are complete or were counted, summed over its customers. A count no longer says
    anything about days that were run again after it. ``matched`` is the number of days that a count has proven.
    ``differing`` lists the days that differ, by customer. ``uncounted`` is the number of all other complete days.
    ``counted`` is the number of customers with a count. ``latest`` is when the latest count began."""

    cluster: str
    counted: int
    matched: int
    uncounted: int
    differing: tuple[tuple[str, tuple[Window, ...]], ...] = ()
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole operations log. ``at`` is the time for which the states are told: the end of the span, or, if the
    span had not ended yet, the time at which the facts were gathered. ``is_past``: the states were derived from the
    run history, so health and sequences of that time are not known. ``people`` maps user ids to names. ``day`` is
    None if the span is no calendar day. ``campaign`` is "" while a single one is known. ``volume`` is the word for
    the source rows that are counted as volume. ``slots`` is how many windows run at once on each cluster; empty in
    reports of earlier versions."""

    span: Span
    at: datetime
    is_past: bool
    range: Window
    happened: Happened
    clusters: tuple[ClusterResult, ...]
    open: tuple[OpenCustomer, ...] = ()
    struggled: tuple[Struggled, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    overrides: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[ReportedAlert, ...] = ()
    counted: tuple[CountedCluster, ...] = ()
    remaining: tuple[Remaining, ...] = ()
    changes: tuple[AuditRecord, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None
    campaign: str = ""
    volume: str = "rows"
    slots: Mapping[str, int] = field(default_factory=dict)

    @property
    def going_on(self) -> tuple[Remaining, ...]:
        """The customers for which something runs."""
        return tuple(each for each in self.remaining if each.goes_on)

    @property
    def stopped(self) -> tuple[Remaining, ...]:
        """The customers for which nothing happens until a person acts."""
        return tuple(each for each in self.remaining if each.is_stopped)

    @property
    def complete(self) -> int:
        """How many customers are known to be complete."""
        return sum(len(cluster.complete) for cluster in self.clusters)

    @property
    def customers(self) -> int:
        """How many customers have something to backfill, including those of clusters that did not answer."""
        return sum(cluster.customers for cluster in self.clusters)

    @property
    def unknown(self) -> int:
        """The number of customers of whom it is not known whether they are complete."""
        return sum(cluster.unknown for cluster in self.clusters)

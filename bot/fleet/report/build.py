"""Builds the operations log from what the use-case has gathered. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan
from bot.fleet.report import facts
from bot.fleet.report.counted import counted_cluster
from bot.fleet.report.left import Remaining
from bot.fleet.report.remaining import remaining
from bot.fleet.report.report import (
    ClusterResult,
    CountedCluster,
    Happened,
    RanAsWindows,
    Report,
    ReportedAlert,
    SizeFacts,
    Struggled,
)
from bot.fleet.report.span import Span
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow, Silent
from bot.fleet.status.urgency import worst_first
from bot.model import AuditRecord, Episode, SizingRules, State, Window

# For each customer that struggled, the report shows at most this many acts, the latest ones. The list of changes has
# all acts of the span.
ACTS = 10


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What one cluster answered: its row, and the plans of customers that struggled or are open. If there are very
    many customers, only the first ones have a plan.

    ``tables`` is about the customers that struggled, and only about the first ones if very many did. For each of
    them, it has pairs of a table's name and the number of the customer's rows in the table's source; the number is
    None if the source did not answer. The table that has the name of the volume is left out, because it would repeat
    the volume.
    """

    row: ClusterRow
    plans: Mapping[str, Plan] = field(default_factory=dict)
    tables: Mapping[str, tuple[tuple[str, int | None], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """What the journal has about the span: the alerts that were open in it, and the changes that people made. For
    each customer that struggled, ``acts`` has all changes up to the end of the span, oldest first."""

    episodes: tuple[Episode, ...]
    changes: tuple[AuditRecord, ...]
    acts: Mapping[Target, tuple[AuditRecord, ...]]


@dataclass(frozen=True, slots=True)
class Setting:
    """The ``span`` of the report, and the ``rules`` of the configuration. ``at`` is the time for which the report
    tells the states of clusters and customers. ``day`` and ``slots`` as in ``Report``."""

    span: Span
    at: datetime
    is_past: bool
    whole: Window
    rules: SizingRules
    day: date | None = None
    slots: Mapping[str, int] = field(default_factory=dict)


def build(
    answers: Sequence[ClusterFacts | Silent], records: Records, setting: Setting, people: Mapping[str, str]
) -> Report:
    """The report. Clusters keep their order; open customers come worst first."""
    answered = [answer for answer in answers if isinstance(answer, ClusterFacts)]
    plans = {facts.target_of(b): answer.plans.get(b.customer) for answer in answered for b in answer.row.customers}
    open_ones = worst_first([b for answer in answered for b in answer.row.customers if facts.is_open(b)])
    at = {answer.row.cluster: answer.row.at or setting.at for answer in answered}
    return Report(
        span=setting.span,
        at=setting.at,
        is_past=setting.is_past,
        range=setting.whole,
        happened=_happened(answered, setting.span),
        clusters=tuple(_result(answer, setting.at) for answer in answers),
        open=tuple(facts.open_customer(b, at[b.cluster]) for b in open_ones),
        struggled=tuple(_struggled(answered, records, setting)),
        baselines=setting.rules.baselines,
        overrides=setting.rules.overrides,
        alerts=tuple(_alert(episode, setting.at) for episode in records.episodes),
        counted=tuple(_counted(answered, setting.at)),
        remaining=tuple(_remaining(open_ones, plans, at)),
        changes=records.changes,
        people=people,
        day=setting.day,
        slots=setting.slots,
    )


def struggled_in(row: ClusterRow, span: Span, names: frozenset[str]) -> list[Backfill]:
    """The customers of the cluster that struggled in the span; ``names`` are those that had an alert."""
    everybody = (*row.customers, *row.extras)
    return [b for b in everybody if b.customer in names or facts.has_struggled(b, span)]


def _happened(answered: Sequence[ClusterFacts], span: Span) -> Happened:
    backfills = [b for answer in answered for b in (*answer.row.customers, *answer.row.extras)]
    runs = [(run, b.whole) for b in backfills for run in b.runs]
    ended = [(run, whole) for run, whole in runs if run.execution.closed_at in span]
    completed = [(run, whole) for run, whole in ended if run.is_completed]
    return Happened(
        started=sum(run.started_at in span for run, _ in runs),
        completed=len(completed),
        windows=sum(run.window is not None and not run.window.contains(whole) for run, whole in completed),
        ended=len(ended) - len(completed),
    )


def _result(answer: ClusterFacts | Silent, now: datetime) -> ClusterResult:
    if isinstance(answer, Silent):
        unknown = answer.customers
        return ClusterResult(answer.cluster, unknown, State.UNKNOWN.value, unknown=unknown, silent=answer.why)
    row = answer.row
    complete = [b for b in row.customers if b.state is State.COMPLETE]
    queued = tuple(b.customer for b in row.customers if b.state is State.NOT_STARTED and b.place)
    slowest, took = _slowest(complete, row.at or now)
    return ClusterResult(
        cluster=row.cluster,
        customers=row.expected,
        share=row.share if row.is_applicable else State.NOT_APPLICABLE.value,
        complete=tuple(b.customer for b in complete),
        open=len(row.open) - row.in_doubt - len(row.not_started) - len(queued),
        in_doubt=row.in_doubt,
        unknown=len(row.unknown),
        not_started=tuple(b.customer for b in row.not_started),
        queued=queued,
        as_windows=tuple(_as_windows(complete)),
        slowest=slowest,
        slowest_took=took,
        half_known=row.history_silent,
    )


def _slowest(complete: Sequence[Backfill], now: datetime) -> tuple[str, timedelta]:
    """The customer whose longest run took the most time, and that time; ("", 0) without a measured run."""
    taken = {b.customer: took.longest for b in complete if (took := facts.time_taken(b.runs, now))}
    slowest = max(taken, key=lambda customer: taken[customer], default="")
    return slowest, taken.get(slowest, timedelta(0))


def _as_windows(complete: Sequence[Backfill]) -> Iterator[RanAsWindows]:
    for backfill in complete:
        windows = {run.window: run for run in facts.windows_of(backfill)}
        if windows:
            yield RanAsWindows(backfill.customer, len(windows), facts.usual_days(list(windows.values())))


def _struggled(answered: Sequence[ClusterFacts], records: Records, setting: Setting) -> Iterator[Struggled]:
    for answer in answered:
        alerted = frozenset(e.customer for e in records.episodes if e.ref.cluster == answer.row.cluster)
        for backfill in worst_first(struggled_in(answer.row, setting.span, alerted)):
            target, sequence = facts.target_of(backfill), backfill.sequence
            plan = answer.plans.get(backfill.customer)
            yield Struggled(
                target=target,
                attempts=facts.attempts_seen(backfill),
                failure=facts.last_failure(backfill),
                full_range=facts.full_range_end(backfill),
                rows=plan.rows if plan else None,
                tables=answer.tables.get(backfill.customer, ()),
                sizes=_sizes(backfill, plan, answer.row.at or setting.at) if plan else None,
                acts=records.acts.get(target, ())[-ACTS:],
                sequence_by=sequence.started_by if sequence else "",
                sequence_reason=sequence.reason if sequence else "",
            )


def _sizes(backfill: Backfill, plan: Plan, now: datetime) -> SizeFacts:
    windows = facts.windows_of(backfill)
    running = [run for run in backfill.open_runs if run.window and not run.window.contains(backfill.whole)]
    return SizeFacts(
        target=plan.target,
        per_day=plan.per_day,
        size=plan.size,
        pace=plan.pace,
        used=facts.usual_days(windows or running),
        window_took=facts.time_taken(windows, now),
    )


def _alert(episode: Episode, at: datetime) -> ReportedAlert:
    has_ended = episode.ended_at is not None and episode.ended_at < at
    return ReportedAlert(
        cluster=episode.ref.cluster,
        name=episode.name,
        reason=episode.alert_reason,
        opened_at=episode.opened_at,
        attempt=episode.attempt,
        acked_by=episode.acked_by,
        snooze=episode.quiet,
        reminders=episode.reminders,
        has_sequence=episode.sequence is not None,
        ended_at=episode.ended_at if has_ended else None,
        ending=episode.ending if has_ended else None,
    )


def _counted(answered: Sequence[ClusterFacts], at: datetime) -> Iterator[CountedCluster]:
    for answer in answered:
        counted = counted_cluster(answer.row.cluster, answer.row.customers, at)
        if counted:
            yield counted


def _remaining(
    open_ones: Sequence[Backfill], plans: Mapping[Target, Plan | None], at: Mapping[str, datetime]
) -> Iterator[Remaining]:
    for backfill in open_ones:
        yield remaining(backfill, plans.get(facts.target_of(backfill)), at[backfill.cluster])

"""Gathers the operations log of a day, or of the time between two digests (docs/commands.md#report)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.commands import Report as ReportCommand
from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.report.build import ClusterFacts, Records, Setting, build, struggled_in
from bot.fleet.report.facts import is_open
from bot.fleet.report.report import Report
from bot.fleet.report.rewinding import rewound
from bot.fleet.report.span import Span
from bot.fleet.runs.day_start import first_moment
from bot.fleet.status.backfill import Backfill, with_failures
from bot.fleet.status.board import ClusterRow, Silent
from bot.model import AuditRecord, Episode, TableSpec, Window
from bot.ports import Warehouse
from bot.services import Services
from bot.usecases.board import row_in_view
from bot.usecases.display_names import names_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe
from bot.usecases.observe.recalled import recall_failures
from bot.usecases.planned import plans_of
from bot.usecases.queue.standing import standing, with_queue_of

ONE_DAY = timedelta(days=1)
# If a span ended less than this ago, the report shows the present states.
RECENT = timedelta(minutes=5)
# The rows in the source are counted for at most this many customers, with a statement for each table.
COUNTED_IN_SOURCE = 20
# At most this many audit records are read for each customer that struggled.
ACTS_READ = 50

_log = structlog.get_logger(__name__)


async def report(command: ReportCommand, services: Services) -> Report:
    """The report of the typed day, or of today, from midnight to midnight in the campaign's time zone."""
    zone = ZoneInfo(services.config.campaign.timezone)
    day = command.day or services.now().astimezone(zone).date()
    span = Span(first_moment(day, zone), first_moment(day + ONE_DAY, zone))
    return await report_of(span, services, day)


async def report_of(span: Span, services: Services, day: date | None = None) -> Report:
    """The report of this time; ``day`` is set if it is a calendar day. Clusters that do not answer are named in it.
    Raises DependencyError if the journal does not answer."""
    now, config = services.now(), services.config
    is_past = now - span.until > RECENT
    at, whole = span.until if is_past else now, config.campaign.window
    setting = Setting(span, at, is_past, whole, config.sizing.rules, day, config.slots)
    episodes, changes = await asyncio.gather(
        services.journal.episodes_between(span.since, span.until), services.journal.changes(span.since, span.until)
    )
    watched = (episode for episode in episodes if episode.ref.cluster in config.clusters)
    episodes = tuple(episode for episode in watched if services.is_about(episode))
    name = services.view.campaign.name if services.view else ""
    changes = tuple(change for change in changes if not name or change.campaign in {"", name})

    async def ask(cluster: str) -> ClusterFacts:
        return await _facts_of(cluster, setting, episodes, services)

    answers = await ask_all(ask, tuple(config.clusters), services)
    records = Records(episodes, changes, await _acts(answers, setting, episodes, services))
    people = await names_of(_people(answers, records), services)
    built = await compute(build, answers, records, setting, people)
    return replace(built, campaign=name, volume=config.volume.name)


async def _facts_of(cluster: str, setting: Setting, episodes: Sequence[Episode], services: Services) -> ClusterFacts:
    config, clock = services.config, asyncio.get_running_loop().time
    until = clock() + config.watch.time_limit.total_seconds()
    view, queue = await asyncio.gather(observe(cluster, services), standing(cluster, services))
    if setting.is_past:
        # Who was queued then is not known.
        queue = None
        view = await compute(rewound, view, setting.at, services.conditions)
    row = await row_in_view(view, config.clusters[cluster].customers, setting.whole, until, services)
    row = await _with_failures(with_queue_of(row, queue, services), setting, services)
    struggled = struggled_in(row, setting.span, _alerted(cluster, episodes))
    planned = [backfill for backfill in (*struggled, *row.customers) if backfill in struggled or is_open(backfill)]
    plans, tables = await asyncio.gather(
        plans_of([backfill.customer for backfill in planned], view, services),
        _tables(struggled, setting.whole, services),
    )
    return ClusterFacts(row, plans, tables)


def _alerted(cluster: str, episodes: Sequence[Episode]) -> frozenset[str]:
    return frozenset(episode.customer for episode in episodes if episode.ref.cluster == cluster)


async def _with_failures(row: ClusterRow, setting: Setting, services: Services) -> ClusterRow:
    """The cluster's row with the recorded failures of two kinds of runs: those that are not complete, and those that
    ended in the span."""
    everybody = (*row.customers, *row.extras)
    runs = [run for b in everybody for run in b.runs]
    wanted = [run for run in runs if not run.is_complete or run.execution.closed_at in setting.span]
    failures = await recall_failures([ref for run in wanted for ref in run.refs], services)
    until = {
        ref: kept for ref, seen in failures.items() if (kept := tuple(s for s in seen if s.seen_at < setting.at))
    }
    customers, extras = (tuple(with_failures(b, until) for b in part) for part in (row.customers, row.extras))
    return replace(row, customers=customers, extras=extras)


async def _tables(
    struggled: Sequence[Backfill], whole: Window, services: Services
) -> Mapping[str, tuple[tuple[str, int | None], ...]]:
    """The number of rows of each table in the source, for the first ``COUNTED_IN_SOURCE`` customers."""
    specs = [table.spec for table in services.config.verify.tables]
    # A table with the name of the volume would only repeat it.
    volume = services.config.volume.name.casefold()
    wanted = [spec for spec in specs if spec.expected is not None and spec.name.casefold() != volume]
    few = struggled[:COUNTED_IN_SOURCE] if wanted else ()
    limit = services.config.watch.time_limit.total_seconds()

    async def count(backfill: Backfill) -> tuple[tuple[str, int | None], ...]:
        warehouse = services.clusters[backfill.cluster].warehouse
        counts = (_source_rows(spec, backfill.customer, whole, warehouse, limit) for spec in wanted)
        return tuple(zip((spec.name for spec in wanted), await asyncio.gather(*counts), strict=True))

    counted = await asyncio.gather(*map(count, few))
    return {backfill.customer: rows for backfill, rows in zip(few, counted, strict=True)}


async def _source_rows(
    spec: TableSpec, customer: str, whole: Window, warehouse: Warehouse, limit: float
) -> int | None:
    try:
        async with asyncio.timeout(limit):
            days = await warehouse.expected(spec, customer, whole)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("source not asked", customer=customer, table=spec.name, reason=str(exc) or "no answer in time")
        return None
    return sum(day.rows for day in days.values())


async def _acts(
    answers: Sequence[ClusterFacts | Silent], setting: Setting, episodes: Sequence[Episode], services: Services
) -> Mapping[Target, tuple[AuditRecord, ...]]:
    """What people did about each customer that struggled, up to the end of the span, oldest first."""
    acts: dict[Target, tuple[AuditRecord, ...]] = {}
    for answer in answers:
        if isinstance(answer, Silent):
            continue
        alerted = _alerted(answer.row.cluster, episodes)
        for backfill in struggled_in(answer.row, setting.span, alerted):
            target = Target(backfill.cluster, backfill.customer)
            trail = await services.journal.audit(str(target), ACTS_READ)
            acts[target] = tuple(record for record in reversed(trail.records) if record.at < setting.span.until)
    return acts


def _people(answers: Sequence[ClusterFacts | Silent], records: Records) -> Collection[str]:
    rows = [answer.row for answer in answers if isinstance(answer, ClusterFacts)]
    sequences = [b.sequence for row in rows for b in (*row.customers, *row.extras) if b.sequence]
    acts = [record for of_customer in records.acts.values() for record in of_customer]
    named = [
        *(standing.started_by for standing in sequences),
        *(standing.progress.paused_by for standing in sequences if standing.progress),
        *(episode.acked_by for episode in records.episodes),
        *(episode.quiet.by for episode in records.episodes if episode.quiet),
        *(record.user_id for record in (*acts, *records.changes)),
    ]
    return {user for user in named if user}

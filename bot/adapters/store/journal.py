"""SqlJournal: bot.ports.Journal on the database. One transaction records a decision and the messages it causes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import journal_queries as queries
from bot.adapters.store import rows
from bot.adapters.store.campaign_rows import record_campaigns, recorded_campaigns
from bot.adapters.store.cluster_rows import (
    last_sightings,
    record_known_reasons,
    record_sightings,
    recorded_reasons,
)
from bot.adapters.store.database import SYSTEM, Database
from bot.adapters.store.joined_reads import JoinedReads
from bot.adapters.store.migrate import prove_writable, schema_revision
from bot.adapters.store.outbox import enqueue
from bot.adapters.store.tables import audit, episodes, failures, observations, outbox, snapshots
from bot.adapters.store.upsert import insert, keep, replace
from bot.errors import Conflict
from bot.model import (
    AuditRecord,
    AuditTrail,
    CampaignRecord,
    ClusterRecord,
    Episode,
    JournalEntry,
    KnownReason,
    Observation,
    Opened,
    Ref,
    SeenFailure,
)

SNAPSHOTS_KEPT = 10
# SQLite takes at most 32,766 values in a statement, and a ref takes four.
_REFS_AT_ONCE = 1_000
_Key = TypeVar("_Key", Ref, str)


class SqlJournal:
    """See ``bot.ports.Journal``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._episodes_by_cluster: JoinedReads[str, tuple[Episode, ...]] = JoinedReads()
        self._campaigns: JoinedReads[str, tuple[CampaignRecord, ...]] = JoinedReads()

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        """See ``bot.ports.Journal``. The entry is recorded even if the caller is cancelled."""

        async def record(connection: AsyncConnection) -> None:
            await keep(connection, failures, [rows.of_failure(seen) for seen in entry.failures])
            await replace(connection, observations, [rows.of_observation(seen, now) for seen in entry.observations])
            if entry.opened:
                await _require_known(connection, entry.opened)
            for episode in entry.episodes:
                await _record_episode(connection, episode)
            await enqueue(connection, entry.messages, now)
            await record_sightings(connection, entry.seen)
            await record_known_reasons(connection, entry.known)
            await _record_snapshot(connection, entry.snapshot, now)
            await record_campaigns(connection, entry.campaigns)
            await replace(
                connection, audit, [rows.of_audit_record(record) for record in entry.audit], [audit.c.change]
            )
            if entry.observations:
                await queries.prune_observations(connection, now)

        await self._database.write(record)

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        """See ``bot.ports.Journal``."""
        if not refs and since is None:
            read = partial(self._needed_by_pass, cluster)
            return ClusterRecord(await self._episodes_by_cluster.get(cluster, read), ())
        seen: list[Observation] = []
        async with self._database.reading() as connection:
            remembered = await _episodes(connection, queries.needed_by_pass(cluster, since))
            for batch in _batches(refs):
                seen += await _observations(connection, batch)
        return ClusterRecord(remembered, tuple(seen))

    async def _needed_by_pass(self, cluster: str) -> tuple[Episode, ...]:
        async with self._database.reading() as connection:
            return await _episodes(connection, queries.needed_by_pass(cluster, None))

    async def open_episodes(self) -> tuple[Episode, ...]:
        """All open episodes, oldest first."""
        async with self._database.reading() as connection:
            return await _episodes(connection, episodes.c.is_open)

    async def episode(self, episode_id: str) -> Episode | None:
        """One episode, open or ended."""
        async with self._database.reading() as connection:
            matching = await _episodes(connection, episodes.c.id == episode_id)
            return matching[0] if matching else None

    async def latest_episode(self, cluster: str, workflow_id: str) -> Episode | None:
        """See ``bot.ports.Journal``."""
        about = and_(episodes.c.cluster == cluster, episodes.c.workflow_id == workflow_id)
        async with self._database.reading() as connection:
            matching = await _episodes(connection, about)
            return matching[-1] if matching else None

    async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
        """The episodes with these ids, by id."""
        matching: list[Episode] = []
        async with self._database.reading() as connection:
            for batch in _batches(episode_ids):
                matching += await _episodes(connection, episodes.c.id.in_(batch))
        return {episode.id: episode for episode in matching}

    async def messages(self, keys: Collection[str]) -> Mapping[str, str]:
        """The latest bodies of these messages, by key."""
        bodies: dict[str, str] = {}
        async with self._database.reading() as connection:
            for batch in _batches(keys):
                result = await connection.execute(select(outbox.c.key, outbox.c.body).where(outbox.c.key.in_(batch)))
                bodies |= {row.key: row.body for row in result}
        return bodies

    async def failures(self, refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        """The recorded failures of these runs, ordered by attempt."""
        seen: dict[Ref, list[SeenFailure]] = {}
        async with self._database.reading() as connection:
            for batch in _batches(refs):
                for failure in await _failures(connection, batch):
                    seen.setdefault(failure.ref, []).append(failure)
        return {ref: tuple(failures_of_run) for ref, failures_of_run in seen.items()}

    async def last_seen(self) -> Mapping[str, datetime]:
        """The time at which each cluster last answered."""
        async with self._database.reading() as connection:
            return await last_sightings(connection)

    async def known_reasons(self) -> tuple[KnownReason, ...]:
        """See ``bot.ports.Journal``."""
        async with self._database.reading() as connection:
            return await recorded_reasons(connection)

    async def snapshot(self) -> str:
        """The state of all clusters at the last digest; "" if there was no digest yet."""
        async with self._database.reading() as connection:
            latest = select(snapshots.c.body).order_by(snapshots.c.id.desc()).limit(1)
            return (await connection.scalar(latest)) or ""

    async def campaigns(self) -> tuple[CampaignRecord, ...]:
        """See ``bot.ports.Journal``."""
        return await self._campaigns.get("", self._recorded_campaigns)

    async def _recorded_campaigns(self) -> tuple[CampaignRecord, ...]:
        async with self._database.reading() as connection:
            return await recorded_campaigns(connection)

    async def audit(self, name: str, limit: int, campaign: str = "") -> AuditTrail:
        """The latest records, the last recorded first. They are not sorted by time, because their times come from
        several bots, whose clocks may differ."""
        about = queries.matches_campaign(campaign, queries.matches_name(name.casefold()))
        latest = select(audit).where(about).order_by(audit.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            records = tuple(rows.to_audit_record(row) for row in await connection.execute(latest))
            total = await connection.scalar(select(func.count()).select_from(audit).where(about))
            return AuditTrail(records, total or 0)

    async def latest_acts(self, names: Collection[str], commands: Collection[str]) -> tuple[AuditRecord, ...]:
        wanted = set(names)
        async with self._database.reading() as connection:
            found = [rows.to_audit_record(row) async for row in queries.latest_of_each(names, commands, connection)]
        return tuple(act for act in found if act.subject.full_name in wanted)

    async def changes(self, since: datetime, until: datetime) -> tuple[AuditRecord, ...]:
        """The audit records with a time from ``since`` on and before ``until``, in the order recorded."""
        of_span = and_(audit.c.at >= since, audit.c.at < until)
        async with self._database.reading() as connection:
            result = await connection.execute(select(audit).where(of_span).order_by(audit.c.id))
            return tuple(rows.to_audit_record(row) for row in result)

    async def episodes_between(self, since: datetime, until: datetime) -> tuple[Episode, ...]:
        """The episodes that were open at any time between ``since`` and ``until``. The end of an episode is in its
        body, so rows are filtered after they are read."""
        async with self._database.reading() as connection:
            opened = await _episodes(connection, episodes.c.opened_at < until)
        return tuple(e for e in opened if e.is_open or (e.ended_at is not None and e.ended_at >= since))

    async def check(self) -> str:
        """One line that describes the store. Raises Refused when the store cannot be written to."""

        async def describe(connection: AsyncConnection) -> str:
            await prove_writable(connection)
            revision = await connection.run_sync(schema_revision)
            count = await connection.scalar(select(func.count()).where(episodes.c.is_open))
            return f"{self._database.url}, schema {revision}, open episodes: {count}"

        return await self._database.write(describe)


async def _episodes(connection: AsyncConnection, where: ColumnElement[bool]) -> tuple[Episode, ...]:
    statement = select(episodes).where(where).order_by(episodes.c.opened_at, episodes.c.id)
    return tuple(rows.to_episode(row) for row in await connection.execute(statement))


def _batches(keys: Collection[_Key]) -> Iterator[Sequence[_Key]]:
    distinct = list(dict.fromkeys(keys))
    return (distinct[start : start + _REFS_AT_ONCE] for start in range(0, len(distinct), _REFS_AT_ONCE))


async def _observations(connection: AsyncConnection, refs: Sequence[Ref]) -> list[Observation]:
    result = await connection.execute(queries.OBSERVATIONS, queries.about(refs))
    return [rows.to_observation(row) for row in result]


async def _failures(connection: AsyncConnection, refs: Sequence[Ref]) -> list[SeenFailure]:
    result = await connection.execute(queries.FAILURES, queries.about(refs))
    return [rows.to_failure(row) for row in result]


async def _require_known(connection: AsyncConnection, opened: Opened) -> None:
    """Raise Conflict if the cluster has an episode, opened since ``opened.since``, that the caller does not know:
    another bot has opened it. Only one bot writes at a time. So if two bots open alerts at once, the second one sees
    the alerts of the first."""
    since = and_(episodes.c.cluster == opened.cluster, episodes.c.opened_at >= opened.since)
    ids = await connection.scalars(select(episodes.c.id).where(since))
    if set(ids) - opened.ids:
        raise Conflict(SYSTEM, f"somebody else has opened alerts on {opened.cluster} meanwhile")


async def _record_episode(connection: AsyncConnection, episode: Episode) -> None:
    """Insert a new episode (revision 0), or update a recorded one. Raises Conflict if another bot has recorded or
    changed the episode meanwhile."""
    row = rows.of_episode(episode)
    as_read = update(episodes).where(episodes.c.id == episode.id, episodes.c.revision == episode.revision).values(row)
    unknown = insert(connection, episodes).values(row).on_conflict_do_nothing()
    statement = (as_read if episode.revision else unknown).returning(episodes.c.id)
    if await connection.scalar(statement) is None:
        raise Conflict(SYSTEM, f"somebody else changed the alert about {episode.name} meanwhile")


async def _record_snapshot(connection: AsyncConnection, body: str, now: datetime) -> None:
    if not body:
        return
    await connection.execute(snapshots.insert().values(taken_at=now, body=body))
    latest = select(snapshots.c.id).order_by(snapshots.c.id.desc()).limit(SNAPSHOTS_KEPT)
    await connection.execute(delete(snapshots).where(snapshots.c.id.not_in(latest)))

"""FakeJournal: a journal in memory, tested against the contract of ``bot.ports.Journal``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import Conflict, DependencyError
from bot.model import (
    AlertReason,
    AuditOutcome,
    AuditRecord,
    AuditTrail,
    CampaignRecord,
    ClusterRecord,
    Episode,
    FailureKind,
    JournalEntry,
    KnownReason,
    Observation,
    Ref,
    SeenFailure,
    Subject,
)
from tests.fakes.outbox import FakeOutbox

LONGEST_OVERLAP = timedelta(minutes=5)


@dataclass
class FakeJournal:
    """Hands messages to ``outbox``; ``away`` is raised by every call while it is set."""

    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    seen: dict[tuple[Ref, str, int, FailureKind], SeenFailure] = field(default_factory=dict)
    observations: dict[tuple[Ref, str], Observation] = field(default_factory=dict)
    episodes: dict[str, Episode] = field(default_factory=dict)
    sightings: dict[str, datetime] = field(default_factory=dict)
    known: dict[tuple[str, AlertReason], KnownReason] = field(default_factory=dict)
    latest_snapshot: str = ""
    recorded_campaigns: dict[str, CampaignRecord] = field(default_factory=dict)
    audited: list[AuditRecord] = field(default_factory=list)
    away: DependencyError | None = None

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        self._answer()
        recent = {
            episode.id
            for episode in self.episodes.values()
            if entry.opened
            and episode.ref.cluster == entry.opened.cluster
            and episode.opened_at >= entry.opened.since
        }
        if entry.opened and recent - entry.opened.ids:
            raise Conflict("store", f"somebody else has opened alerts on {entry.opened.cluster} meanwhile")
        episodes = self._with_changes(entry.episodes)
        for campaign in entry.campaigns:
            earlier = self.recorded_campaigns.get(campaign.name)
            if campaign.revision != (earlier.revision if earlier else 0):
                raise Conflict("store", f"somebody else changed the campaign {campaign.name} meanwhile")
        for failure in entry.failures:
            self.seen.setdefault((failure.ref, failure.activity_id, failure.attempt, failure.failure.kind), failure)
        self.observations |= {(seen.ref, seen.activity_id): seen for seen in entry.observations}
        self.episodes = episodes
        for message in entry.messages:
            self.outbox.enqueue(message, now)
        for cluster, at in entry.seen.items():
            before = self.sightings.get(cluster, at)
            self.sightings[cluster] = at if before > at + LONGEST_OVERLAP else max(at, before)
        for known in entry.known:
            self.known.setdefault((known.cluster, known.reason), known)
        self.latest_snapshot = entry.snapshot or self.latest_snapshot
        for campaign in entry.campaigns:
            self.recorded_campaigns[campaign.name] = replace(campaign, revision=campaign.revision + 1)
        for record in entry.audit:
            self._audit(record)

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        self._answer()
        shared = {episode.root_key for episode in self.episodes.values() if episode.is_open}
        ours = (episode for episode in self._oldest_first() if episode.ref.cluster == cluster)
        return ClusterRecord(
            episodes=tuple(episode for episode in ours if episode.root_key in shared or _is_since(episode, since)),
            observations=tuple(seen for (ref, _), seen in sorted(self.observations.items()) if ref in refs),
        )

    async def open_episodes(self) -> tuple[Episode, ...]:
        self._answer()
        return tuple(episode for episode in self._oldest_first() if episode.is_open)

    async def episode(self, episode_id: str) -> Episode | None:
        self._answer()
        return self.episodes.get(episode_id)

    async def latest_episode(self, cluster: str, workflow_id: str) -> Episode | None:
        self._answer()
        about = [e for e in self._oldest_first() if (e.ref.cluster, e.ref.workflow_id) == (cluster, workflow_id)]
        return about[-1] if about else None

    async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
        self._answer()
        return {episode_id: self.episodes[episode_id] for episode_id in set(episode_ids) & self.episodes.keys()}

    async def messages(self, keys: Collection[str]) -> Mapping[str, str]:
        self._answer()
        rows = self.outbox.messages
        return {key: rows[key].message.body for key in keys if key in rows}

    async def failures(self, refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        self._answer()
        wanted = set(refs)
        failures: dict[Ref, list[SeenFailure]] = {}
        for seen in self._by_attempt():
            if seen.ref in wanted:
                failures.setdefault(seen.ref, []).append(seen)
        return {ref: tuple(of_run) for ref, of_run in failures.items()}

    async def last_seen(self) -> Mapping[str, datetime]:
        self._answer()
        return dict(self.sightings)

    async def known_reasons(self) -> tuple[KnownReason, ...]:
        self._answer()
        return tuple(self.known.values())

    async def snapshot(self) -> str:
        self._answer()
        return self.latest_snapshot

    async def campaigns(self) -> tuple[CampaignRecord, ...]:
        self._answer()
        return tuple(self.recorded_campaigns[name] for name in sorted(self.recorded_campaigns))

    async def audit(self, name: str, limit: int, campaign: str = "") -> AuditTrail:
        self._answer()
        wanted = name.casefold()
        about = [record for record in reversed(self.audited) if not name or wanted in _names(record.subject)]
        about = [record for record in about if not campaign or record.campaign in {"", campaign}]
        return AuditTrail(tuple(about[:limit]), len(about))

    async def latest_acts(self, names: Collection[str], commands: Collection[str]) -> tuple[AuditRecord, ...]:
        self._answer()
        acts = [each for each in self.audited if each.subject.full_name in names]
        done = [each for each in acts if each.command in commands and each.outcome is AuditOutcome.DONE]
        return tuple({(each.subject.cluster, each.subject.customer): each for each in done}.values())

    async def changes(self, since: datetime, until: datetime) -> tuple[AuditRecord, ...]:
        self._answer()
        return tuple(record for record in self.audited if since <= record.at < until)

    async def episodes_between(self, since: datetime, until: datetime) -> tuple[Episode, ...]:
        self._answer()
        opened = (episode for episode in self._oldest_first() if episode.opened_at < until)
        return tuple(e for e in opened if e.is_open or (e.ended_at is not None and e.ended_at >= since))

    async def check(self) -> str:
        self._answer()
        return "in memory"

    def _with_changes(self, changed: Collection[Episode]) -> dict[str, Episode]:
        """All episodes, with these changes. Raises Conflict."""
        episodes = dict(self.episodes)
        for episode in changed:
            known = episodes.get(episode.id)
            if episode.revision != (known.revision if known else 0):
                raise Conflict("store", f"somebody else changed the alert about {episode.name} meanwhile")
            episodes[episode.id] = replace(episode, revision=episode.revision + 1)
        return episodes

    def _audit(self, record: AuditRecord) -> None:
        """Append a record, or replace the earlier record of the same change."""
        changes = [known.change for known in self.audited]
        if record.change and record.change in changes:
            self.audited[changes.index(record.change)] = record
        else:
            self.audited.append(record)

    def _oldest_first(self) -> list[Episode]:
        return sorted(self.episodes.values(), key=lambda episode: (episode.opened_at, episode.id))

    def _by_attempt(self) -> list[SeenFailure]:
        return sorted(
            self.seen.values(), key=lambda seen: (seen.attempt, seen.seen_at, seen.activity_id, seen.failure.kind)
        )

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away


def _is_since(episode: Episode, since: datetime | None) -> bool:
    return since is not None and episode.opened_at >= since


def _names(subject: Subject) -> set[str]:
    """The names by which a record is found."""
    return {name.casefold() for name in (subject.name, subject.full_name, subject.cluster) if name}

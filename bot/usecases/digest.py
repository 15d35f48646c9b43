"""Makes the digest: at once for a person who asks, and as scheduled, once for each time of its cron line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.commands import Digest as DigestCommand
from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.notifications.notification import DigestCard, ReportCard, dump
from bot.fleet.report.span import Span
from bot.fleet.status.board import Board
from bot.fleet.status.digest import Digest, digest_of, older_failures, snapshot_of
from bot.fleet.status.progress import progress_of
from bot.fleet.status.snapshot import (
    News,
    Snapshot,
    compare,
    dump_snapshot,
    last_posted,
    latest_early_slot,
    parse_snapshot,
)
from bot.model import JournalEntry, OutboxMessage, channels_of, is_past_within_skew
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.planned import planned_board
from bot.usecases.report import report_of

ONE_DAY = timedelta(days=1)
# A report covers a weekend without digests, but not much more.
LONGEST_REPORT = timedelta(days=7)

_log = structlog.get_logger(__name__)


async def digest(_command: DigestCommand, services: Services) -> Digest:
    """Compares all clusters as they are now with the last scheduled digest that was posted. The next digest is not
    compared with this one."""
    board = await planned_board(services)
    before = parse_snapshot(await services.journal.snapshot())
    posted = _of(await _last_posted(before, services), services)
    now = snapshot_of(board, services.now(), _of(before, services))
    return await _digest_of(board, compare(posted, now), services)


def _of(snapshot: Snapshot | None, services: Services) -> Snapshot | None:
    """The part of the snapshot that is about the campaign of these services."""
    return snapshot.of_campaign(services.view.key) if snapshot and services.view else snapshot


async def announce(slot: datetime, services: Services, seen_since: datetime | None = None) -> bool:
    """Queue the digests for ``slot``, which is a time that the cron line names. Each open campaign has one digest for
    the team's channel, and one for each channel of a route. Returns False if no digest is queued. The messages and
    the snapshot are recorded in one transaction, so after a crash no digest is posted twice.

    ``seen_since`` is when a cluster first answered, as far as the caller knows; None if the caller knows of no
    answer. The store alone does not tell: it keeps only the time of each cluster's latest answer, which may be after
    the slot.

    If the previous digest is not posted yet, it may still be dropped as stale, so the new digest repeats the news of
    the previous one. If there was no digest yet and no cluster answered before the slot, as at the bot's first start,
    the slot is skipped.
    """
    before = parse_snapshot(await services.journal.snapshot())
    now = services.now()
    if before is not None and before.slot >= slot and is_past_within_skew(before.slot, now):
        return False
    sightings = [*(await services.journal.last_seen()).values(), *filter(None, [seen_since])]
    if before is None and not any(seen < slot for seen in sightings):
        _log.debug("digest left to the next time", slot=slot.isoformat())
        return False
    posted = await _last_posted(before, services)
    early = latest_early_slot(before, slot, now)
    if early:
        _log.warning("a digest was posted before its time: a clock was ahead", slot=early.isoformat())
    after = replace(before or Snapshot(slot), slot=slot, said=posted, early=early)
    messages: list[OutboxMessage] = []
    book = await campaign_book(services)
    for campaign in book.open:
        own = in_campaign(campaign, book, services)
        board = await planned_board(own)
        after = _with_marks(after, snapshot_of(board, slot, _of(before, own)), own)
        result = await _digest_of(board, compare(_of(posted, own), _of(after, own) or after), own)
        key = f"{after.key}:{campaign.name}" if messages else after.key
        messages += [OutboxMessage(key, dump(DigestCard(result))), *await _report(key, posted, own)]
        channels = channels_of(own.config.clusters, campaign.name, own.config.routing)
        messages += await _parts(key, channels, board, (_of(posted, own), _of(after, own) or after), own)
    entry = JournalEntry(messages=tuple(messages), snapshot=dump_snapshot(after))
    await services.journal.record(entry, services.now())
    return True


async def _parts(
    key: str,
    channels: Mapping[str, frozenset[str]],
    board: Board,
    snapshots: tuple[Snapshot | None, Snapshot],
    services: Services,
) -> list[OutboxMessage]:
    """The digests for the channels of the routes. The digest in each channel is about the clusters that ``channels``
    names for that channel."""
    before, after = snapshots
    messages: list[OutboxMessage] = []
    for channel, clusters in channels.items():
        news = compare(before.of_clusters(clusters) if before else None, after.of_clusters(clusters))
        made = await _digest_of(board.of_clusters(clusters), news, services)
        # Only the digest in the team's channel has the number of old failures, which is not divided by clusters.
        only = tuple(name for name in services.config.clusters if name in clusters)
        part = replace(made, only=only, older_failures=0)
        messages.append(OutboxMessage(f"{key}@{channel}", dump(DigestCard(part)), destination=channel))
    return messages


def _with_marks(after: Snapshot, own: Snapshot, services: Services) -> Snapshot:
    """``after``, but with the marks (each customer's state) from ``own`` for the campaign of these services. The
    marks of other campaigns stay."""
    if services.view is None or not services.view.key:
        return replace(after, marks=own.marks)
    return replace(after, others={**after.others, services.view.key: own.marks})


async def _report(key: str, posted: Snapshot | None, services: Services) -> tuple[OutboxMessage, ...]:
    """The operations log for the thread of this digest. It begins at the last posted digest, but at most
    LONGEST_REPORT ago, or one day ago if no digest was posted. Empty if ``[digest] report`` is off, or if the journal
    does not answer, because the digest does not wait for the log."""
    if not services.config.digest.report:
        return ()
    until = services.now()
    since = min(posted.slot, until) if posted else until - ONE_DAY
    try:
        report = await report_of(Span(max(since, until - LONGEST_REPORT), until), services)
    except DependencyError as exc:
        _log.warning("digest without its report", reason=str(exc))
        return ()
    return (OutboxMessage(f"report:{key}", dump(ReportCard(report)), thread_key=key),)


async def _last_posted(before: Snapshot | None, services: Services) -> Snapshot | None:
    is_posted = before is not None and await services.outbox.address(before.key) is not None
    return last_posted(before, is_posted=is_posted)


async def _digest_of(board: Board, news: News, services: Services) -> Digest:
    all_open = await services.journal.open_episodes()
    # The bot no longer watches clusters that were removed from the configuration.
    shown = {row.cluster for row in board.rows}
    watched = [episode for episode in all_open if episode.ref.cluster in shown]
    episodes = [episode for episode in watched if services.is_about(episode)]
    # Each key once: alerts of one group share a thread, and so do a sequence and the alert that it has taken over.
    keys = dict.fromkeys([*(e.root_key for e in episodes), *(standing.thread_key for standing in board.sequences)])
    threads = {key: await _thread(key, services) for key in keys if key}
    is_first = services.view is None or services.view.is_first
    older = older_failures(await services.journal.known_reasons(), news) if is_first else 0
    progress = await compute(progress_of, board)
    name = services.view.campaign.name if services.view else ""
    made = digest_of(board, news, episodes, threads)
    return replace(made, older_failures=older, progress=progress, campaign=name)


async def _thread(root_key: str, services: Services) -> str:
    """The link to the thread below this message; "" if it is not posted, or if Slack does not answer."""
    address = await services.outbox.address(root_key)
    if address is None:
        return ""
    try:
        return await services.channel.permalink(address)
    except DependencyError as exc:
        _log.warning("no link to the thread", root_key=root_key, reason=str(exc))
        return ""

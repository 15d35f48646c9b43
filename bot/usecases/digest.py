"""Makes the digest: at once for a person who asks, and as scheduled, once for each time of its cron line."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.commands import Digest as DigestCommand
from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.notifications.notification import DigestCard, ReportCard, dump
from bot.fleet.report.report import Span
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
from bot.model import JournalEntry, OutboxMessage, is_past_within_skew
from bot.services import Services
from bot.usecases.board import board_of_fleet
from bot.usecases.report import report_of

ONE_DAY = timedelta(days=1)
# A report covers a weekend without digests, but not much more.
LONGEST_REPORT = timedelta(days=7)

_log = structlog.get_logger(__name__)


async def digest(_command: DigestCommand, services: Services) -> Digest:
    """Compares the fleet now with the last scheduled digest. The next digest is not compared with this one."""
    board = await board_of_fleet(services)
    before = parse_snapshot(await services.journal.snapshot())
    posted = await _last_posted(before, services)
    return await _digest_of(board, compare(posted, snapshot_of(board, services.now(), before)), services)


async def announce(slot: datetime, services: Services, seen_since: datetime | None = None) -> bool:
    """Queue the digest of this slot; returns False if there is none to queue. The message and the snapshot are
    recorded in one transaction, so a crash does not double the message. ``seen_since`` is the earliest time at which
    the caller knows that the fleet was seen. The store has only the latest time of each cluster, which may be after
    the slot.

    If the previous digest is not posted yet, this one repeats its news, because the previous one may still be dropped
    as stale. A bot that had not seen the fleet before the slot (at its first start) skips the slot.
    """
    before = parse_snapshot(await services.journal.snapshot())
    now = services.now()
    if before is not None and before.slot >= slot and is_past_within_skew(before.slot, now):
        return False
    sightings = [*(await services.journal.last_seen()).values(), *filter(None, [seen_since])]
    if before is None and not any(seen < slot for seen in sightings):
        _log.debug("digest left to the next time", slot=slot.isoformat())
        return False
    board = await board_of_fleet(services)
    posted = await _last_posted(before, services)
    early = latest_early_slot(before, slot, now)
    if early:
        _log.warning("a digest was posted before its time: a clock was ahead", slot=early.isoformat())
    after = replace(snapshot_of(board, slot, before), said=posted, early=early)
    result = await _digest_of(board, compare(posted, after), services)
    card = OutboxMessage(after.key, dump(DigestCard(result)))
    messages = (card, *await _report(after, services)) if services.config.digest.report else (card,)
    await services.journal.record(JournalEntry(messages=messages, snapshot=dump_snapshot(after)), services.now())
    return True


async def _report(digest: Snapshot, services: Services) -> tuple[OutboxMessage, ...]:
    """The operations log for the thread of this digest: since the last posted one, or of a day. None if the journal
    does not answer, because the digest does not wait for it."""
    until = services.now()
    since = min(digest.said.slot, until) if digest.said else until - ONE_DAY
    try:
        report = await report_of(Span(max(since, until - LONGEST_REPORT), until), services)
    except DependencyError as exc:
        _log.warning("digest without its report", reason=str(exc))
        return ()
    return (OutboxMessage(f"report:{digest.key}", dump(ReportCard(report)), thread_key=digest.key),)


async def _last_posted(before: Snapshot | None, services: Services) -> Snapshot | None:
    is_posted = before is not None and await services.outbox.address(before.key) is not None
    return last_posted(before, is_posted=is_posted)


async def _digest_of(board: Board, news: News, services: Services) -> Digest:
    all_open = await services.journal.open_episodes()
    # The bot no longer watches clusters that were removed from the configuration.
    episodes = [episode for episode in all_open if episode.ref.cluster in services.config.clusters]
    # Each key once: alerts of one group share a thread, and so do a sequence and the alert that it has taken over.
    keys = dict.fromkeys([*(e.root_key for e in episodes), *(standing.thread_key for standing in board.sequences)])
    threads = {key: await _thread(key, services) for key in keys if key}
    older = older_failures(await services.journal.known_reasons(), news)
    progress = await compute(progress_of, board)
    return replace(digest_of(board, news, episodes, threads), older_failures=older, progress=progress)


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

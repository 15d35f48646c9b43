"""The digest: asked for by a person, or announced by the clock, once for each time of its cron."""

from dataclasses import replace
from datetime import datetime

import structlog

from bot.commands import Digest as DigestCommand
from bot.errors import DependencyError
from bot.fleet.notifications.notification import DigestCard, dump
from bot.fleet.status.board import Board
from bot.fleet.status.digest import Digest, digest_of, snapshot_of
from bot.fleet.status.snapshot import (
    News,
    Snapshot,
    compare,
    dump_snapshot,
    last_posted,
    latest_early_slot,
    parse_snapshot,
)
from bot.model import Entry, OutboxMessage, has_come
from bot.services import Services
from bot.usecases.board import board_of_fleet

_log = structlog.get_logger(__name__)


async def digest(_command: DigestCommand, services: Services) -> Digest:
    """How the fleet stands now against the last announced digest, which stays the one to compare with."""
    board = await board_of_fleet(services)
    before = parse_snapshot(await services.journal.snapshot())
    said = await _last_said(before, services)
    return await _told(board, compare(said, snapshot_of(board, services.now(), before)), services)


async def announce(slot: datetime, services: Services) -> bool:
    """Post the digest of this slot, unless it has been; speech and snapshot are one step, so a crash doubles nothing.

    While the one before does not stand in the channel, it may be left out: then this one has its news to tell too.
    A bot that had not yet seen the fleet when the slot came (its first start) leaves it to the next one.
    """
    before = parse_snapshot(await services.journal.snapshot())
    now = services.now()
    if before is not None and before.slot >= slot and has_come(before.slot, now):
        return False
    if not any(seen < slot for seen in (await services.journal.last_seen()).values()) and before is None:
        _log.debug("digest left to the next time", slot=slot.isoformat())
        return False
    board = await board_of_fleet(services)
    said = await _last_said(before, services)
    early = latest_early_slot(before, slot, now)
    if early:
        _log.warning("a digest was posted before its time: a clock was ahead", slot=early.isoformat())
    after = replace(snapshot_of(board, slot, before), said=said, early=early)
    told = await _told(board, compare(said, after), services)
    speech = OutboxMessage(after.key, dump(DigestCard(told)))
    await services.journal.record(Entry(messages=(speech,), snapshot=dump_snapshot(after)), services.now())
    return True


async def _last_said(before: Snapshot | None, services: Services) -> Snapshot | None:
    stands = before is not None and await services.outbox.address(before.key) is not None
    return last_posted(before, stands=stands)


async def _told(board: Board, news: News, services: Services) -> Digest:
    known = await services.journal.open_episodes()
    # Of a cluster that was taken out of the configuration nobody can tell any more how it does.
    episodes = [episode for episode in known if episode.ref.cluster in services.config.clusters]
    # Those of a storm share one thread; so do a sequence and the alert that it has taken over.
    keys = dict.fromkeys([*(e.root_key for e in episodes), *(one.thread_key for one in board.sequences)])
    threads = {key: await _thread(key, services) for key in keys if key}
    return digest_of(board, news, episodes, threads)


async def _thread(root_key: str, services: Services) -> str:
    """The link to the thread of an alert, storm or sequence; "" while it does not stand, or Slack does not say."""
    address = await services.outbox.address(root_key)
    if address is None:
        return ""
    try:
        return await services.channel.permalink(address)
    except DependencyError as exc:
        _log.warning("no link to the thread", root_key=root_key, reason=str(exc))
        return ""

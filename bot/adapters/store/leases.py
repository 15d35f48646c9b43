"""SqlLeases: bot.ports.Leases on the database, with a row for each lease.

The rows hold times of the store's clock. Somebody may set that clock: a lease taken while it was hours ahead would
end hours from now. So every bot also watches the rows of the other bots on its own monotonic clock. A bot that is
alive renews its rows before the time of its leases is over. If a row stays unchanged for longer, that bot is gone,
whatever time the row holds (as in https://pkg.go.dev/k8s.io/client-go/tools/leaderelection).

Bots of earlier versions know a single lease, whose holder does everything. When a bot of this version renews its own
leases, it renews the single lease too, under a name that all bots of this version share. So a bot of an earlier
version gets the single lease only after the leases of all bots of this version have expired. While a bot of an
earlier version holds the single lease, bots of this version take no lease (docs/decisions/replicas.md).
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database
from bot.adapters.store.tables import leases
from bot.adapters.store.upsert import replace
from bot.errors import Refused
from bot.model import MAX_CLOCK_SKEW, LeaseHolders, duration_text, in_utc

# The name of the single lease of earlier versions, and its holder while bots of this version have it. Both are
# stored.
SINGLE = "leader"
TOGETHER = "several bots together"
# Added to the time for which a lease is asked, because a renewal may still be on its way to the store.
MARGIN = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A stored lease."""

    holder: str
    until: datetime


Rows = Mapping[str, LeaseRow]
"""Leases by name."""


@dataclass(frozen=True, slots=True)
class _Renewal:
    """The outcome of a renewal of leases, at the time ``at`` of the store's clock.

    ``skew`` is how far this machine's clock is ahead of the store's. ``gone`` are the rows of leases that had
    expired, which the renewal removed or took over. ``rows`` are the leases that are held after it.
    """

    at: datetime
    skew: timedelta
    gone: Rows
    rows: Rows


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())


@dataclass(slots=True)
class _Logged:
    """What has been logged, so that each condition is logged once."""

    is_skewed: bool = False
    too_long: frozenset[str] = field(default_factory=frozenset)


class SqlLeases:
    """The leases of all bots. ``elapsed`` reads a monotonic clock."""

    def __init__(self, database: Database, elapsed: Callable[[], timedelta] = _monotonic) -> None:
        self._database = database
        self._elapsed = elapsed
        # The rows as read last, each with the time since which it is unchanged.
        self._unchanged_since: dict[str, tuple[LeaseRow, timedelta]] = {}
        self._logged = _Logged()

    async def hold(self, holder: str, names: Collection[str], now: datetime, until: datetime) -> LeaseHolders:
        """Take or renew these leases, except those that another bot holds. Take none while a bot of an earlier
        version holds ``SINGLE``, the only lease that such a bot knows. Returns who holds which lease afterwards."""
        span, asked_at = until - now, self._elapsed()

        async def renew(connection: AsyncConnection) -> _Renewal:
            # Nobody else writes during this transaction, so the rows stay as they are read here until its end.
            at = await shared_clock(connection, now)
            skew = now + (self._elapsed() - asked_at) - at
            stored = await _read(connection)
            gone = {name: row for name, row in stored.items() if self._is_gone(name, row, at, span)}
            rows = {name: row for name, row in stored.items() if name not in gone}
            if _single_holder(rows):
                return _Renewal(at, skew, {}, rows)
            own = {name: LeaseRow(holder, at + span) for name in names if _is_free(rows.get(name), holder)}
            own[SINGLE] = LeaseRow(TOGETHER, _latest_end(rows.get(SINGLE), at + span))
            await _write(connection, own, gone.keys() - own.keys())
            return _Renewal(at, skew, gone, rows | own)

        renewal = await self._database.write(renew)
        self._note(renewal, renewal.at + span)
        return _holders(renewal.rows)

    def _is_gone(self, name: str, row: LeaseRow, at: datetime, span: timedelta) -> bool:
        """Whether the lease has expired: its time is over, or its holder has not renewed it for too long."""
        before, since = self._unchanged_since.get(name, (None, timedelta(0)))
        return row.until <= at or (row == before and self._elapsed() - since >= span + MARGIN)

    def _note(self, renewal: _Renewal, longest: datetime) -> None:
        """Remember which rows have changed, and log which clocks are wrong."""
        now, before = self._elapsed(), self._unchanged_since
        self._unchanged_since = {
            name: before[name] if name in before and before[name][0] == row else (row, now)
            for name, row in renewal.rows.items()
        }
        for held_by, until in _latest_by_holder(renewal.gone.values(), renewal.at).items():
            _log.warning("leases taken from a bot that is gone, whose clock was ahead", held_by=held_by, until=until)
        too_long = _latest_by_holder(renewal.rows.values(), longest + MARGIN)
        for held_by in too_long.keys() - self._logged.too_long:
            event = "lease held for longer than any bot can ask: a clock was set"
            _log.warning(event, held_by=held_by, until=too_long[held_by])
        is_skewed = abs(renewal.skew) > MAX_CLOCK_SKEW
        if is_skewed and not self._logged.is_skewed:
            ahead_by = round(renewal.skew.total_seconds())
            _log.warning("this machine's clock differs from the store's", ahead_by_s=ahead_by)
        self._logged = _Logged(is_skewed, frozenset(too_long))

    async def give_back(self, holder: str, names: Collection[str] | None = None) -> None:
        """Release these leases of the holder, or all its leases if ``names`` is None. The caller has already stopped
        using them, so it does no harm if the store deletes their rows only later."""
        of_holder = delete(leases).where(leases.c.holder == holder)
        released = of_holder if names is None else of_holder.where(leases.c.name.in_(names))

        async def delete_rows(connection: AsyncConnection) -> None:
            await connection.execute(released)

        await self._database.write(delete_rows)

    async def holders(self, now: datetime) -> LeaseHolders:
        """Who holds which lease, by the store's clock."""
        async with self._database.reading() as connection:
            at = await shared_clock(connection, now)
            rows = await _read(connection)
        return _holders({name: row for name, row in rows.items() if row.until > at})

    async def check_clock(self, now: Callable[[], datetime]) -> str:
        """Returns one line when this machine's clock agrees with the store's and the ends of all leases are
        plausible. Raises Refused otherwise."""
        async with self._database.reading() as connection:
            here = now()
            at = await shared_clock(connection, here)
            rows = await _read(connection)
        if abs(here - at) > MAX_CLOCK_SKEW:
            side = "ahead of" if here > at else "behind"
            raise Refused(
                "store", f"this machine's clock is {abs(here - at).total_seconds():.0f} s {side} the store's"
            )
        for held_by, until in _latest_by_holder(rows.values(), at + MAX_CLOCK_SKEW).items():
            ends = f"until {in_utc(until)}, {duration_text(until - at)} from now"
            raise Refused("store", f"a clock was set: {held_by} has leases {ends}. A bot that runs takes them over.")
        return f"within {MAX_CLOCK_SKEW.seconds} s of the store's"


def _is_free(row: LeaseRow | None, holder: str) -> bool:
    return row is None or row.holder == holder


def _latest_end(shared: LeaseRow | None, until: datetime) -> datetime:
    """The new end of the single lease that the bots of this version share: ``until``, or the recorded end if that is
    later. Bots may write their renewals in another order than they computed the ends, and no renewal may shorten
    the lease. A recorded end more than ``MARGIN`` after ``until`` comes from a wrong clock, and is ignored."""
    return max(until, shared.until) if shared and shared.until <= until + MARGIN else until


def _single_holder(rows: Rows) -> str:
    """The bot of an earlier version that holds the single lease; "" if none does."""
    single = rows.get(SINGLE)
    return single.holder if single and single.holder != TOGETHER else ""


def _holders(rows: Rows) -> LeaseHolders:
    return LeaseHolders({name: row.holder for name, row in rows.items() if name != SINGLE}, _single_holder(rows))


def _latest_by_holder(rows: Iterable[LeaseRow], after: datetime) -> dict[str, datetime]:
    """For each holder of a lease that ends after this time, the end of the holder's last lease."""
    latest: dict[str, datetime] = {}
    for row in rows:
        if row.until > max(after, latest.get(row.holder, after)):
            latest[row.holder] = row.until
    return latest


async def _read(connection: AsyncConnection) -> dict[str, LeaseRow]:
    result = await connection.execute(select(leases.c.name, leases.c.holder, leases.c.until))
    return {row.name: LeaseRow(row.holder, row.until) for row in result}


async def _write(connection: AsyncConnection, own: Rows, expired: Collection[str]) -> None:
    if expired:
        await connection.execute(delete(leases).where(leases.c.name.in_(expired)))
    rows = [{"name": name, "holder": row.holder, "until": row.until} for name, row in own.items()]
    await replace(connection, leases, rows)

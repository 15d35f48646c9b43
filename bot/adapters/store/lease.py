"""SqlLease: bot.ports.Lease on the database, as one row that is compared and set in one statement.

The row holds times of the store's clock. Somebody may set that clock: a lease taken while it was hours ahead would
end hours from now. So every bot that wants the lease also watches the row on its own monotonic clock. A live
leader renews the row before the time of its lease is over. If the row stays unchanged for longer, that bot is gone,
whatever time the row holds (as in https://pkg.go.dev/k8s.io/client-go/tools/leaderelection).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database
from bot.adapters.store.tables import leases
from bot.adapters.store.upsert import insert
from bot.errors import Refused
from bot.model import MAX_CLOCK_SKEW, duration_text, in_utc

_LEADER = "leader"
# Added to the time for which a lease is asked, because a renewal may still be on its way to the store.
MARGIN = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Row:
    """The stored lease."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Taking:
    """The result of trying to take the lease, at the time ``at`` of the store's clock.

    ``skew`` is how far this machine's clock is ahead of the store's. ``expired`` is the row of a bot that is gone,
    from which the lease may be taken. ``row`` is the row of another bot that holds the lease now.
    """

    at: datetime
    skew: timedelta
    expired: _Row | None
    is_mine: bool
    row: _Row | None


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())


class SqlLease:
    """The lease of the leader. ``elapsed`` reads a monotonic clock."""

    def __init__(self, database: Database, elapsed: Callable[[], timedelta] = _monotonic) -> None:
        self._database = database
        self._elapsed = elapsed
        self._last_row: _Row | None = None
        self._last_row_since = timedelta(0)
        # Whether each condition is logged already, so that it is logged once.
        self._was_skewed = self._was_too_long = False

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew the lease. Returns False while another bot holds it."""
        span, asked_at = until - now, self._elapsed()

        async def take(connection: AsyncConnection) -> _Taking:
            at = await shared_clock(connection, now)
            skew = now + (self._elapsed() - asked_at) - at
            expired = self._last_row if self._elapsed() - self._last_row_since >= span + MARGIN else None
            is_mine = await _take(connection, _Row(holder, at + span), _is_free(holder, at, expired))
            return _Taking(at, skew, expired, is_mine, None if is_mine else await _read(connection))

        return self._record_taking(await self._database.write(take), span)

    def _record_taking(self, taking: _Taking, span: timedelta) -> bool:
        at, expired, is_mine = taking.at, taking.expired, taking.is_mine
        self._log_clock_skew(taking.skew)
        if is_mine and expired and expired.until > at:
            _log.warning(
                "lead taken from a bot that is gone, whose clock was ahead",
                held_by=expired.holder,
                until=expired.until,
            )
        self._watch(taking.row, at + span)
        return is_mine

    def _watch(self, row: _Row | None, longest: datetime) -> None:
        if row == self._last_row:
            return
        self._last_row, self._last_row_since = row, self._elapsed()
        is_too_long = row is not None and row.until > longest + MARGIN
        if row and is_too_long and not self._was_too_long:
            _log.warning(
                "lead held for longer than any bot can ask: a clock was set", held_by=row.holder, until=row.until
            )
        self._was_too_long = is_too_long

    def _log_clock_skew(self, skew: timedelta) -> None:
        is_skewed = abs(skew) > MAX_CLOCK_SKEW
        if is_skewed and not self._was_skewed:
            _log.warning("this machine's clock differs from the store's", ahead_by_s=round(skew.total_seconds()))
        self._was_skewed = is_skewed

    async def give_back(self, holder: str) -> None:
        """Release the lease at once. The caller has already stopped leading, so it does no harm if this is written
        late."""

        async def delete_row(connection: AsyncConnection) -> None:
            await connection.execute(delete(leases).where(leases.c.name == _LEADER, leases.c.holder == holder))

        await self._database.write(delete_row)

    async def holder(self) -> str:
        """The bot that last took the lease and has not released it, or ""."""
        async with self._database.reading() as connection:
            row = await _read(connection)
        return row.holder if row else ""

    async def check_clock(self, now: Callable[[], datetime]) -> str:
        """Returns one line when this machine's clock agrees with the store's and the lease's end is plausible. Raises
        Refused otherwise."""
        async with self._database.reading() as connection:
            here = now()
            at = await shared_clock(connection, here)
            row = await _read(connection)
        if abs(here - at) > MAX_CLOCK_SKEW:
            side = "ahead of" if here > at else "behind"
            raise Refused(
                "store", f"this machine's clock is {abs(here - at).total_seconds():.0f} s {side} the store's"
            )
        if row and row.until > at + MAX_CLOCK_SKEW:
            ends = f"until {in_utc(row.until)}, {duration_text(row.until - at)} from now"
            raise Refused(
                "store", f"a clock was set: {row.holder} has the lead {ends}. A bot that runs takes it over."
            )
        return f"within {MAX_CLOCK_SKEW.seconds} s of the store's"


def _is_free(holder: str, at: datetime, expired: _Row | None) -> ColumnElement[bool]:
    free = or_(leases.c.holder == holder, leases.c.until <= at)
    return or_(free, and_(leases.c.holder == expired.holder, leases.c.until == expired.until)) if expired else free


async def _take(connection: AsyncConnection, row: _Row, is_free: ColumnElement[bool]) -> bool:
    mine = insert(connection, leases).values(name=_LEADER, holder=row.holder, until=row.until)
    taken = mine.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": mine.excluded.holder, "until": mine.excluded.until},
        where=is_free,
    )
    return await connection.scalar(taken.returning(leases.c.name)) is not None


async def _read(connection: AsyncConnection) -> _Row | None:
    result = await connection.execute(select(leases.c.holder, leases.c.until).where(leases.c.name == _LEADER))
    row = result.one_or_none()
    return _Row(row.holder, row.until) if row else None

"""The activities of all the sandbox's workflows. They copy days, send heartbeats, and go silent where the scenario
says so."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from sandbox.scenario.model import Campaign, Customer
from sandbox.scenario.pace import WorldPace
from sandbox.worker.contract import ActivityPace, Backfill, Piece, Progress
from sandbox.worker.copy_plan import CopyPlan, copy_plan
from sandbox.worker.steps import ACTIVITY_PACE, COPY_DAYS, COPY_PIECE
from sandbox.worker.tables import ClickHouseFailed, Tables

Details = Callable[[Progress], Sequence[Any]]


def as_a_table(progress: Progress) -> Sequence[Any]:
    """Heartbeat details `{"day", "rows", "total"}`."""
    return [asdict(progress)]


def no_details(_progress: Progress) -> Sequence[Any]:
    """No heartbeat details: the heartbeat shows only that the attempt is alive."""
    return []


@dataclass(frozen=True)
class ClusterWork:
    """What a worker has to know about its cluster."""

    campaign: Campaign
    customers: dict[str, Customer]
    pace: WorldPace
    speed: float


class Heart:
    """Sends the latest progress as heartbeats until it is stopped."""

    def __init__(self, every_seconds: float, details: Details, progress: Progress) -> None:
        self._every_seconds = every_seconds
        self._details = details
        self.progress = progress

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        beats = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beats.cancel()

    def beat(self, progress: Progress) -> None:
        self.progress = progress
        activity.heartbeat(*self._details(progress))

    async def _beat(self) -> None:
        while True:
            self.beat(self.progress)
            await asyncio.sleep(self._every_seconds)


class CopyActivities:
    """The activities of one cluster. `details` turns a progress into heartbeat details."""

    def __init__(self, work: ClusterWork, tables: Tables, details: Details = as_a_table) -> None:
        self._work = work
        self._tables = tables
        self._details = details

    @property
    def all(self) -> list[Callable[..., Any]]:
        return [self.activity_pace, self.copy_days, self.copy_piece]

    @property
    def heartbeat_every(self) -> timedelta:
        return self._work.pace.heartbeat_every

    @activity.defn(name=ACTIVITY_PACE)
    async def activity_pace(self) -> ActivityPace:
        pace = self._work.pace
        return ActivityPace(pace.heartbeat_timeout.total_seconds(), pace.retry_after.total_seconds())

    @activity.defn(name=COPY_DAYS)
    async def copy_days(self, backfill: Backfill) -> Progress:
        return await self.copy_piece(Piece.whole(backfill))

    @activity.defn(name=COPY_PIECE)
    async def copy_piece(self, piece: Piece) -> Progress:
        """Copies the days, and returns the final progress. Every attempt starts from the first day, and repeats what
        earlier attempts have copied. If the plan has a silent step, the attempt ends there: it sends no more
        heartbeats, and raises ApplicationError once Temporal has timed it out."""
        planned = self._plan(piece)
        try:
            every = self._work.pace.heartbeat_every.total_seconds()
            heart = Heart(every, self._details, Progress(piece.start, 0, 0))
            async with heart.beating():
                await self._copy(heart, piece, planned)
        except ClickHouseFailed as error:
            raise ApplicationError(str(error), type="ClickHouseFailed") from error
        except WentSilent:
            await self._outlast_the_timeout()
            raise ApplicationError("nobody waits for this attempt any more", type="WentSilent") from None
        return heart.progress

    def _plan(self, piece: Piece) -> CopyPlan:
        customer = self._work.customers.get(piece.customer)
        if customer is None:
            raise ApplicationError(f"there is no customer {piece.customer!r} here", non_retryable=True)
        try:
            return copy_plan(customer, self._work.campaign, piece, self._work.speed)
        except ValueError as error:
            raise ApplicationError(f"start and end are ISO dates: {error}", non_retryable=True) from error

    async def _copy(self, heart: Heart, piece: Piece, planned: CopyPlan) -> None:
        customer = piece.customer
        total = await self._tables.count(customer, planned.first_days(planned.days))
        done = _days_before_story(piece, planned)
        rows = await self._tables.copy(customer, planned.first_days(done)) if done else 0
        heart.beat(Progress(str(planned.day(done)), rows, total))
        for step in planned.steps(done):
            heart.beat(Progress(str(step.day), rows, total))
            await asyncio.sleep(step.seconds)
            if step.silent:
                raise WentSilent
            rows += await self._tables.copy(customer, step.span)
        heart.beat(Progress(str(planned.day(planned.days)), rows, total))

    async def _outlast_the_timeout(self) -> None:
        """Hangs as a stuck process does, but returns soon after Temporal has timed the attempt out. Then the worker
        can use the slot for another activity."""
        await asyncio.sleep(self._work.pace.heartbeat_timeout.total_seconds() * 1.5 + 1)


class WentSilent(Exception):
    """The run is too long for its customer, so the attempt sends no more heartbeats."""


def _days_before_story(piece: Piece, planned: CopyPlan) -> int:
    """How many of the piece's first days this attempt copies without waiting, as if the worker had copied them before
    the sandbox started. If these days are the whole piece, the result is the same for every attempt. If they are only
    a part of it, the result is 0 for all attempts after the first, which copy every day at the usual pace."""
    earlier = (planned.start - date.fromisoformat(piece.run_start)).days
    done = min(max(piece.days_before_story - earlier, 0), planned.days)
    return done if done == planned.days or activity.info().attempt == 1 else 0

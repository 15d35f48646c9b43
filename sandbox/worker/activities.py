"""The activities of CustomerBackfill on one cluster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date

from temporalio import activity
from temporalio.exceptions import ApplicationError

from sandbox.scenario.model import Campaign, Customer
from sandbox.scenario.pace import WorldPace
from sandbox.worker.contract import ActivityPace, Backfill, Progress
from sandbox.worker.copy_plan import CopyPlan, copy_plan
from sandbox.worker.tables import ClickHouseFailed, Tables
from sandbox.worker.workflow import ACTIVITY_PACE, COPY_DAYS


@dataclass(frozen=True)
class ClusterWork:
    """What a worker has to know of its cluster."""

    campaign: Campaign
    customers: dict[str, Customer]
    pace: WorldPace
    speed: float


class Heart:
    """Beats the latest progress until it is stopped."""

    def __init__(self, every_seconds: float, progress: Progress) -> None:
        self._every_seconds = every_seconds
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
        activity.heartbeat(asdict(progress))

    async def _beat(self) -> None:
        while True:
            self.beat(self.progress)
            await asyncio.sleep(self._every_seconds)


class CopyActivities:
    def __init__(self, work: ClusterWork, tables: Tables) -> None:
        self._work = work
        self._tables = tables

    @activity.defn(name=ACTIVITY_PACE)
    async def activity_pace(self) -> ActivityPace:
        pace = self._work.pace
        return ActivityPace(pace.heartbeat_timeout.total_seconds(), pace.retry_after.total_seconds())

    @activity.defn(name=COPY_DAYS)
    async def copy_days(self, backfill: Backfill) -> Progress:
        """Copy the days. Every attempt starts from the first day, and copies rows again that an earlier attempt has
        copied."""
        planned = self._course(backfill)
        try:
            heart = Heart(self._work.pace.heartbeat_every.total_seconds(), Progress(backfill.start, 0, 0))
            async with heart.beating():
                await self._copy(heart, backfill, planned)
        except ClickHouseFailed as error:
            raise ApplicationError(str(error), type="ClickHouseFailed") from error
        except WentSilent:
            await self._outlast_the_timeout()
            raise ApplicationError("nobody waits for this attempt any more", type="WentSilent") from None
        return heart.progress

    def _course(self, backfill: Backfill) -> CopyPlan:
        try:
            start, end = date.fromisoformat(backfill.start), date.fromisoformat(backfill.end)
        except ValueError as error:
            raise ApplicationError(f"start and end are ISO dates: {error}", non_retryable=True) from error
        if start >= end:
            raise ApplicationError(f"{start}..{end} is no range, end is excluded", non_retryable=True)
        customer = self._work.customers.get(backfill.customer)
        if customer is None:
            raise ApplicationError(f"there is no customer {backfill.customer!r} here", non_retryable=True)
        return copy_plan(customer, self._work.campaign, start, end, self._work.speed)

    async def _copy(self, heart: Heart, backfill: Backfill, planned: CopyPlan) -> None:
        customer = backfill.customer
        total = await self._tables.count(customer, planned.first_days(planned.days))
        done = _days_before_story(backfill, planned)
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
        """Hang as a stuck process does, but give the worker its slot back soon after Temporal gave up."""
        await asyncio.sleep(self._work.pace.heartbeat_timeout.total_seconds() * 1.5 + 1)


class WentSilent(Exception):
    """The run was too long for its cluster."""


def _days_before_story(backfill: Backfill, planned: CopyPlan) -> int:
    """The number of days to copy at once. A run that is not over gets them in its first attempt only, because later
    attempts start from scratch."""
    done = min(backfill.days_before_story, planned.days)
    return done if done == planned.days or activity.info().attempt == 1 else 0

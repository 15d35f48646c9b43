"""The activities of one cluster's sequences: each hands over to its use-case in ``bot.usecases.drive``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from temporalio import activity

from bot.errors import Unavailable
from bot.fleet.runs.identity import Identity
from bot.model import Count, Followed, Ref, Started
from bot.sequences.messages import CancelAsked, CountAsked, FollowAsked, StartAsked
from bot.services import Services
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.drive.completed_elsewhere import find_completed_run
from bot.usecases.drive.count_window import count_window
from bot.usecases.drive.follow import BEAT_EVERY, follow
from bot.usecases.drive.publish import SequenceReport, tell
from bot.usecases.drive.start_window import start_window

# Asked again so often, half a minute apart (``calls.AGAIN``): about half an hour.
MOST_ATTEMPTS = 60


class Activities:
    """Whatever they raise is tried again without end; what a person has to know of is in what they return."""

    def __init__(self, cluster: str, services: Services) -> None:
        self._cluster = cluster
        self._services = services

    @activity.defn
    async def start_window(self, asked: StartAsked) -> Started:
        """See ``bot.usecases.drive``: ``find_completed_run``, else ``start_window``. While it is not known whether
        somebody else has run the days they are not run; when it stays so a person has to look."""
        if asked.since and asked.until:
            days = Identity(asked.customer, asked.window)
            try:
                found = await find_completed_run(self._cluster, days, (asked.since, asked.until), self._services)
            except Unavailable as exc:
                if activity.info().attempt < MOST_ATTEMPTS:
                    raise
                return Started(None, f"{exc}. Asked {MOST_ATTEMPTS} times, so nothing was started")
            if found:
                return Started(found, is_found=True)
        return await start_window(self._cluster, asked.customer, asked.window, asked.token, self._services)

    @activity.defn
    async def follow(self, asked: FollowAsked) -> Followed:
        """See ``bot.usecases.drive.follow``; what it has learned survives the worker as heartbeat details."""
        return await follow(self._here(asked.ref), asked.limit, self._services, _beat, _last_beat())

    @activity.defn
    async def cancel_run(self, asked: CancelAsked) -> timedelta:
        """See ``bot.usecases.drive.cancel_run``."""
        return await cancel_run(self._here(asked.ref), asked.reason, self._services)

    @activity.defn
    async def count_window(self, asked: CountAsked) -> Count:
        """See ``bot.usecases.drive.count_window``; the warehouse may take its time."""
        async with _beating():
            return await count_window(self._cluster, asked.customer, asked.window, self._services)

    @activity.defn
    async def tell(self, telling: SequenceReport) -> None:
        """See ``bot.usecases.drive.publish``."""
        await tell(telling, self._services)

    def _here(self, ref: Ref) -> Ref:
        """A sequence's runs are where it runs itself, which may have been called otherwise when it was begun."""
        return replace(ref, cluster=self._cluster)


def _beat(heartbeat_timeout: timedelta) -> None:
    activity.heartbeat(heartbeat_timeout.total_seconds())


def _last_beat() -> timedelta:
    """What the attempt before this one told last, zero when there was none."""
    details = activity.info().heartbeat_details
    return timedelta(seconds=details[0]) if details else timedelta(0)


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Heartbeats while the block runs."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_EVERY.total_seconds())

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)

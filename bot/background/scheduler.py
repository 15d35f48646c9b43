"""The clock: what is done how often, and when a digest is due; each job is one function of one pass.

Every bot has one, and one bot at a time leads: the others' passes are not made.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.adapters.slack import TIME_LIMIT_SECONDS
from bot.background.leader_election import CLAIM_EVERY, LeaderElection, new_holder
from bot.background.periodic import Job, run_periodically
from bot.config import DigestConfig, read_cron
from bot.fleet.cron_times import latest_slot
from bot.in_flight import InFlight
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.services import Services
from bot.usecases.digest import announce
from bot.usecases.watch.watch import Rounds, watch

SPEAK_EVERY = timedelta(seconds=1)
# How soon after its time a digest is begun, whenever the clock was set to that time.
DIGEST_EVERY = timedelta(seconds=1)
# How long a call to Slack may take.
LONGEST_CALL = timedelta(seconds=TIME_LIMIT_SECONDS)
# A digest whose time came while no bot was running, or no store answered, is still posted this much later, and not
# after that; it is tried this often.
LATE_DIGEST = timedelta(minutes=30)
DIGEST_AGAIN = timedelta(minutes=1)
# For how long what is under way may go on when the bot is asked to stop.
LAST_PATIENCE = timedelta(seconds=10)


class Watching:
    """Passes over one cluster, each beginning with what the one before learned of when to look again."""

    def __init__(self, cluster: str, services: Services) -> None:
        self._cluster = cluster
        self._services = services
        self._rounds = Rounds()

    async def tick(self) -> None:
        """One pass."""
        self._rounds = await watch(self._cluster, self._rounds, self._services)


@asynccontextmanager
async def running_jobs(services: Services, under_way: InFlight) -> AsyncIterator[None]:
    """Every job of the bot, running until the block is left. Then nothing is begun any more, all that is under way
    is finished, answers too, and another bot may lead at once."""
    leading = LeaderElection(new_holder(), services.lease, services.now, _has_run)
    await leading.claim()
    async with run_periodically(_jobs(leading, under_way, services)) as jobs:
        try:
            yield
        finally:
            jobs.stop()
            leading.retire()
            await under_way.end(LAST_PATIENCE)
    await leading.give_back()


class Slots:
    """The times at which the cron asks for a digest. They are looked for once a minute, though asked for every
    second: nothing but the minute decides."""

    def __init__(self, config: DigestConfig) -> None:
        self._line = read_cron(config.cron)
        self._zone = ZoneInfo(config.timezone)
        self._minute: datetime | None = None
        self._slot: datetime | None = None

    def latest(self, now: datetime) -> datetime | None:
        """The latest one within ``LATE_DIGEST`` before now, in UTC."""
        at = now.astimezone(UTC)
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._slot = latest_slot(self._line, self._zone, minute - LATE_DIGEST, minute)
            self._minute = minute
        return self._slot if self._slot and at - self._slot <= LATE_DIGEST else None


class Digests:
    """Sees whether a digest is due, all the time, for the clock may be set to any; each one's time has its tries."""

    def __init__(self, services: Services, run: Callable[[], timedelta]) -> None:
        self._services = services
        self._slots = Slots(services.config.digest)
        self._run = run
        self._tried: datetime | None = None
        self._next_try = run()

    async def tick(self) -> None:
        """Announce the one that is due, now and again while it may still be posted."""
        slot = self._slots.latest(self._services.now())
        if slot is None or (slot == self._tried and self._run() < self._next_try):
            return
        self._tried, self._next_try = slot, self._run() + DIGEST_AGAIN
        await announce(slot, self._services)


def _jobs(leading: LeaderElection, under_way: InFlight, services: Services) -> list[Job]:
    config = services.config
    led = partial(_led, leading, under_way)
    speaker = OutboxDispatcher(services, partial(leading.leads, LONGEST_CALL))
    passes = [
        Job(f"watch {cluster}", config.watch.every, partial(led, Watching(cluster, services).tick))
        for cluster in config.clusters
    ]
    return [
        Job("claim the lead", CLAIM_EVERY, partial(_counted, under_way, leading.claim)),
        *passes,
        Job("speak", SPEAK_EVERY, partial(led, partial(_speak, speaker))),
        Job("digest", DIGEST_EVERY, partial(led, Digests(services, _has_run).tick)),
    ]


def _has_run() -> timedelta:
    """For how long, by a clock that nobody sets."""
    return timedelta(seconds=time.monotonic())


async def _led(leading: LeaderElection, under_way: InFlight, job: Callable[[], Awaitable[None]]) -> None:
    """A pass of the one that leads. It may end after its lead, which doubles nothing: the store takes a change only
    of what is still as it was read, and a speech only once."""
    if leading.leads():
        await _counted(under_way, job)


async def _counted(under_way: InFlight, job: Callable[[], Awaitable[None]]) -> None:
    with under_way.counted():
        await job()


async def _speak(speaker: OutboxDispatcher) -> None:
    await speaker.speak()

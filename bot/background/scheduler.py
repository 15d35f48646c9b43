"""The scheduler: runs the bot's jobs (watching, dispatching, digests, renewing leases) at their intervals.

Every bot has a scheduler, which renews the bot's leases. The scheduler starts the other jobs on every bot, too. But
the jobs of a cluster do work only on the bot that watches the cluster, and the jobs for all clusters only on the
leader. On the other bots they return at once.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

from bot.adapters.slack import LONGEST_CALL
from bot.background.cluster_watcher import ClusterWatcher, watch_jobs
from bot.background.held_leases import RENEW_EVERY, HeldLeases, new_holder
from bot.background.periodic import Alarm, Job, run_periodically
from bot.config import DigestConfig, read_cron
from bot.errors import DependencyError
from bot.fleet.cron_times import latest_slot
from bot.in_flight import InFlight
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.pages import LONGEST_PAGE, PageDispatcher
from bot.services import Services
from bot.usecases.digest import announce
from bot.usecases.escalate import escalate
from bot.usecases.watch.subscribers import tell_alerts

# Half of the second that Slack wants between two posts in a channel.
DISPATCH_EVERY = timedelta(milliseconds=500)
# Often enough that a digest starts within a second of its time, even after the wall clock was set to it.
DIGEST_EVERY = timedelta(seconds=1)
# A digest that could not be posted at its time (no bot was running, or no store answered) is tried again every
# DIGEST_AGAIN, until it is LATE_DIGEST late.
LATE_DIGEST = timedelta(minutes=30)
DIGEST_AGAIN = timedelta(minutes=1)
# People are called at most this much later than their routes say.
ESCALATE_EVERY = timedelta(seconds=5)
# People who have asked for a direct message hear of an alert at most this much later.
NOTIFY_EVERY = timedelta(seconds=5)
# How often the bot looks for pages to send again; it sends a new page at once.
PAGE_EVERY = timedelta(seconds=2)
# How often the bot looks for pictures to draw or to show. It draws one picture at a time.
DRAW_EVERY = timedelta(seconds=1)
# How long work in flight may go on when the bot is asked to stop.
LAST_PATIENCE = timedelta(seconds=10)


@asynccontextmanager
async def running_jobs(services: Services, in_flight: InFlight) -> AsyncIterator[None]:
    """Run all jobs while the ``async with`` block runs. When it ends, start nothing new, wait up to ``LAST_PATIENCE``
    for what is in flight (answers too), and give the leases back, so that other bots have them at once."""
    speak_alarm = Alarm()
    watchers = {cluster: ClusterWatcher(cluster, services, speak_alarm.ring) for cluster in services.config.clusters}
    held = HeldLeases(new_holder(), services.leases, watchers, services.now, _monotonic)
    await held.renew()
    watching = (watch_jobs(name, watcher, held, in_flight, services) for name, watcher in watchers.items())
    renewing = Job("renew the leases", RENEW_EVERY, partial(_run_tracked, in_flight, held.renew))
    jobs = [renewing, *chain(*watching), *_jobs_of_leader(held, in_flight, services, speak_alarm)]
    async with run_periodically(jobs) as running:
        try:
            yield
        finally:
            running.stop()
            held.step_down()
            await in_flight.end(LAST_PATIENCE)
            await running.end()
            # Not after this block: after an error in it, the leases would have to run out by themselves.
            await held.give_back()


class DigestSchedule:
    """The times at which the cron line asks for a digest. ``latest`` may be called every second: it evaluates the
    cron line once a minute, because cron has no smaller unit."""

    def __init__(self, config: DigestConfig) -> None:
        self._line = read_cron(config.cron)
        self._zone = ZoneInfo(config.timezone)
        self._minute: datetime | None = None
        self._slot: datetime | None = None

    def latest(self, now: datetime) -> datetime | None:
        """The latest time of a digest, in UTC, that is at most ``LATE_DIGEST`` before ``now``; None if there is
        none."""
        now = now.astimezone(UTC)
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._slot = latest_slot(self._line, self._zone, minute - LATE_DIGEST, minute)
            self._minute = minute
        return self._slot if self._slot and now - self._slot <= LATE_DIGEST else None


class DigestJob:
    """Announces each digest that is due. It checks on every tick, because the wall clock may be set to any time; the
    waits between tries go by ``monotonic``."""

    def __init__(self, services: Services, monotonic: Callable[[], timedelta]) -> None:
        self._services = services
        self._schedule = DigestSchedule(services.config.digest)
        self._monotonic = monotonic
        self._tried: datetime | None = None
        self._next_try = monotonic()
        self._seen_since: datetime | None = None

    async def tick(self) -> None:
        """Announce the digest that is due, if there is one and its next try has come."""
        await self._note_first_sighting()
        slot = self._schedule.latest(self._services.now())
        if slot is None or (slot == self._tried and self._monotonic() < self._next_try):
            return
        self._tried, self._next_try = slot, self._monotonic() + DIGEST_AGAIN
        await announce(slot, self._services, self._seen_since)

    async def _note_first_sighting(self) -> None:
        """Remember the earliest time at which any cluster has answered, as far as the store tells. The store keeps
        only each cluster's latest answer, so a late look would miss the first one. So each tick looks, until it has
        found an answer."""
        if self._seen_since is None:
            with suppress(DependencyError):
                self._seen_since = min((await self._services.journal.last_seen()).values(), default=None)


def _jobs_of_leader(held: HeldLeases, in_flight: InFlight, services: Services, speak_alarm: Alarm) -> list[Job]:
    if_leader = partial(_run_if_leader, held, in_flight)
    dispatcher = OutboxDispatcher(services, partial(held.is_leader, LONGEST_CALL))
    pages = PageDispatcher(services, partial(held.is_leader, LONGEST_PAGE))
    page = Job("page", PAGE_EVERY, partial(if_leader, pages.dispatch))
    return [
        Job("speak", DISPATCH_EVERY, partial(if_leader, partial(_dispatch, dispatcher)), speak_alarm),
        page,
        Job("draw", DRAW_EVERY, partial(if_leader, dispatcher.pictures.step)),
        Job("escalate", ESCALATE_EVERY, partial(if_leader, partial(_escalate, services, (speak_alarm, page.alarm)))),
        Job("notify", NOTIFY_EVERY, partial(if_leader, partial(_notify, services, speak_alarm))),
        Job("digest", DIGEST_EVERY, partial(if_leader, DigestJob(services, _monotonic).tick)),
    ]


def _monotonic() -> timedelta:
    """The time on the monotonic clock. Only the difference of two such times means something."""
    return timedelta(seconds=time.monotonic())


async def _run_if_leader(held: HeldLeases, in_flight: InFlight, job: Callable[[], Awaitable[None]]) -> None:
    """Run the job if this bot leads. A job that is still running when the lead is lost causes no duplicates: the
    store records each message once."""
    if held.is_leader():
        await _run_tracked(in_flight, job)


async def _run_tracked(in_flight: InFlight, job: Callable[[], Awaitable[None]]) -> None:
    with in_flight.track():
        await job()


async def _escalate(services: Services, alarms: Sequence[Alarm]) -> None:
    if await escalate(services):
        for alarm in alarms:
            alarm.ring()


async def _notify(services: Services, alarm: Alarm) -> None:
    if await tell_alerts(services):
        alarm.ring()


async def _dispatch(dispatcher: OutboxDispatcher) -> None:
    await dispatcher.dispatch()

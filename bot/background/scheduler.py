"""The scheduler: runs the bot's jobs (watching, dispatching, digests, the lease) at their intervals.

Every bot has one. Only the jobs of the leading process do any work; those of the other processes return at once.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.adapters.slack import LONGEST_CALL
from bot.background.leader_election import RENEW_EVERY, LeaderElection, new_holder
from bot.background.periodic import Alarm, Job, run_periodically
from bot.config import DigestConfig, read_cron
from bot.errors import DependencyError
from bot.fleet.cron_times import latest_slot
from bot.fleet.status.completion import Completions
from bot.in_flight import InFlight
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.pages import LONGEST_PAGE, PageDispatcher
from bot.services import Services
from bot.usecases.digest import announce
from bot.usecases.escalate import escalate
from bot.usecases.watch.completed_counts import count_completed
from bot.usecases.watch.listing import list_runs, update_history
from bot.usecases.watch.state import RECORDED_WITHIN, WatchState
from bot.usecases.watch.subscribers import tell_alerts
from bot.usecases.watch.watch import conclude, describe_due

# Half of the time in which Slack allows the next post.
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
# How often pages that have failed are looked for; new ones are sent at once.
PAGE_EVERY = timedelta(seconds=2)
# How long work in flight may go on when the bot is asked to stop.
LAST_PATIENCE = timedelta(seconds=10)


class ClusterWatcher:
    """The jobs that watch one cluster: they list its runs, describe them, conclude from what was described, and count
    what has completed.
    ``describing`` and ``concluding`` wake the last two, and ``on_messages`` is called when there is something to
    post. ``completions`` is shared by all clusters."""

    def __init__(
        self, cluster: str, services: Services, on_messages: Callable[[], None], completions: Completions
    ) -> None:
        self.describing, self.concluding = Alarm(), Alarm()
        self._services = services
        self._state = WatchState(cluster, services.clusters[cluster].budget, on_messages, completions)

    async def list_runs(self) -> None:
        """Find out which runs there are, and have those described that are due."""
        await list_runs(self._state, self._services)
        self.describing.ring()
        self.concluding.ring_within(RECORDED_WITHIN)
        await update_history(self._state, self._services)

    async def describe_due(self) -> None:
        """Describe runs that are due, and wake up when the next one is."""
        await describe_due(self._state, self._services)
        self._set_alarms()

    async def conclude(self) -> None:
        """Decide about what was described and record it. The runs have other times then."""
        await conclude(self._state, self._services)
        self._set_alarms()

    async def count_completed(self) -> None:
        """Count what completed runs have written."""
        await count_completed(self._state, self._services)

    def _set_alarms(self) -> None:
        if self._state.described:
            self.concluding.ring_within(self._state.record_in)
        next_describe = self._state.next_describe_in(self._services.now())
        if next_describe is not None:
            self.describing.ring_in(min(next_describe, self._services.config.watch.every))


@asynccontextmanager
async def running_jobs(services: Services, in_flight: InFlight) -> AsyncIterator[None]:
    """Run all jobs until the block is left. Then start nothing new, finish what is in flight (answers too), and give
    the lease back, so that another bot may lead at once."""
    election = LeaderElection(new_holder(), services.lease, services.now, _monotonic)
    await election.renew()
    async with run_periodically(_jobs(election, in_flight, services)) as jobs:
        try:
            yield
        finally:
            jobs.stop()
            election.step_down()
            await in_flight.end(LAST_PATIENCE)
    await election.give_back()


class DigestSchedule:
    """The times at which the cron line asks for a digest. ``latest`` may be called every second: it evaluates the
    cron line once a minute, as cron knows nothing smaller."""

    def __init__(self, config: DigestConfig) -> None:
        self._line = read_cron(config.cron)
        self._zone = ZoneInfo(config.timezone)
        self._minute: datetime | None = None
        self._slot: datetime | None = None

    def latest(self, now: datetime) -> datetime | None:
        """The latest digest time in the ``LATE_DIGEST`` up to now, in UTC."""
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
        """Remember when the fleet was first seen. While the store does not answer, ``announce`` says so."""
        if self._seen_since is None:
            with suppress(DependencyError):
                self._seen_since = min((await self._services.journal.last_seen()).values(), default=None)


def _jobs(election: LeaderElection, in_flight: InFlight, services: Services) -> list[Job]:
    config = services.config
    if_leader = partial(_run_if_leader, election, in_flight)
    dispatcher = OutboxDispatcher(services, partial(election.is_leader, LONGEST_CALL))
    speak = Job("speak", DISPATCH_EVERY, partial(if_leader, partial(_dispatch, dispatcher)))
    pages = PageDispatcher(services, partial(election.is_leader, LONGEST_PAGE))
    page = Job("page", PAGE_EVERY, partial(if_leader, pages.dispatch))
    completions = Completions()
    watchers = {
        cluster: ClusterWatcher(cluster, services, speak.alarm.ring, completions) for cluster in config.clusters
    }
    every = config.watch.every
    return [
        Job("claim the lead", RENEW_EVERY, partial(_run_tracked, in_flight, election.renew)),
        *(Job(f"list {name}", every, partial(if_leader, watcher.list_runs)) for name, watcher in watchers.items()),
        *(
            Job(f"describe {name}", every, partial(if_leader, watcher.describe_due), watcher.describing)
            for name, watcher in watchers.items()
        ),
        *(
            Job(f"conclude {name}", every, partial(if_leader, watcher.conclude), watcher.concluding)
            for name, watcher in watchers.items()
        ),
        *(
            Job(f"count {name}", config.watch.slow_round, partial(if_leader, watcher.count_completed))
            for name, watcher in watchers.items()
        ),
        speak,
        page,
        Job("escalate", ESCALATE_EVERY, partial(if_leader, partial(_escalate, services, (speak.alarm, page.alarm)))),
        Job("notify", NOTIFY_EVERY, partial(if_leader, partial(_notify, services, speak.alarm))),
        Job("digest", DIGEST_EVERY, partial(if_leader, DigestJob(services, _monotonic).tick)),
    ]


def _monotonic() -> timedelta:
    """The reading of the monotonic clock, which starts anywhere."""
    return timedelta(seconds=time.monotonic())


async def _run_if_leader(election: LeaderElection, in_flight: InFlight, job: Callable[[], Awaitable[None]]) -> None:
    """Run the job if this bot leads. A job that is still running when the lead is lost causes no duplicates: the
    store rejects a change whose basis has changed, and records each message once."""
    if election.is_leader():
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
